"""The nodes: four roles from one builder, told apart by data."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.compute.node_groups import ROLES, AmiFamily, Nodes, NodesSettings, ami_type
from tests.components import examples
from tests.components.recording import Recording, build

_GENERAL = {"instance_types": ["m7i.large"], "min_size": 3, "max_size": 6}
_ALL = {
    "general": _GENERAL,
    "spot": {"instance_types": ["m7i.large", "m6i.large"], "min_size": 0, "max_size": 9},
    "gpu": {"instance_types": ["g6.xlarge"], "min_size": 0, "max_size": 2},
    "storage": {"instance_types": ["i7i.large"], "min_size": 1, "max_size": 3},
}


def _built(**values: Any) -> Recording:
    settings = examples.parsed(NodesSettings, **{**_ALL, **values})
    return build(
        lambda: Nodes(
            "nodes",
            settings,
            account=examples.account(),
            network=examples.network(),
            keys=examples.keys(),
            cluster=examples.cluster(),
        )
    )


def _groups(**values: Any) -> dict[str, dict[str, Any]]:
    return {made.name: made.inputs for made in _built(**values).of("aws:eks/nodeGroup:NodeGroup")}


def test_a_group_is_made_for_each_role_that_is_named() -> None:
    assert sorted(_groups()) == ["nodes-general", "nodes-gpu", "nodes-spot", "nodes-storage"]
    assert sorted(_groups(gpu=None, storage=None)) == ["nodes-general", "nodes-spot"]


def test_every_node_is_labelled_with_its_role() -> None:
    assert {name: group["labels"] for name, group in _groups().items()} == {
        f"nodes-{role}": {"node-role": role} for role in ROLES
    }


def test_every_role_but_general_keeps_other_pods_away() -> None:
    taints = {
        name: [(taint["key"], taint["value"], taint["effect"]) for taint in group.get("taints") or []]
        for name, group in _groups().items()
    }

    assert taints == {
        "nodes-general": [],
        "nodes-spot": [("node-role", "spot", "NO_SCHEDULE")],
        "nodes-gpu": [("nvidia.com/gpu", "present", "NO_SCHEDULE")],
        "nodes-storage": [("node-role", "storage", "NO_SCHEDULE")],
    }


def test_only_spot_nodes_may_be_taken_back() -> None:
    assert {name: group["capacityType"] for name, group in _groups().items()} == {
        "nodes-general": "ON_DEMAND",
        "nodes-spot": "SPOT",
        "nodes-gpu": "ON_DEMAND",
        "nodes-storage": "ON_DEMAND",
    }


def test_nodes_live_in_the_node_subnets_at_the_clusters_version() -> None:
    group = _groups()["nodes-general"]

    assert group["subnetIds"] == ["subnet-node-a", "subnet-node-b"]
    assert (group["clusterName"], group["version"]) == ("platform-test", "1.36")


def test_the_autoscaler_owns_the_number_of_nodes_between_the_bounds() -> None:
    made = _built().one("aws:eks/nodeGroup:NodeGroup", "nodes-general")

    assert made.inputs["scalingConfig"] == {"minSize": 3, "maxSize": 6, "desiredSize": 3}
    assert made.ignore_changes == ("scalingConfig.desiredSize",)


def test_a_group_waits_for_the_permissions_its_nodes_need_to_join() -> None:
    recording = _built()

    permissions = {made.name for made in recording.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")}
    assert len(permissions) == 3
    assert permissions <= set(recording.one("aws:eks/nodeGroup:NodeGroup", "nodes-gpu").dependencies)


@pytest.mark.parametrize("role", ROLES)
def test_a_machines_metadata_is_out_of_reach_for_its_pods(role: str) -> None:
    options = _built().one("aws:ec2/launchTemplate:LaunchTemplate", f"nodes-{role}").inputs["metadataOptions"]

    assert (options["httpTokens"], options["httpPutResponseHopLimit"]) == ("required", 1)


@pytest.mark.parametrize(
    ("family", "disks"),
    [("bottlerocket", [("/dev/xvda", 4), ("/dev/xvdb", 100)]), ("al2023", [("/dev/xvda", 100)])],
)
def test_every_disk_is_encrypted_gp3(family: str, disks: list[tuple[str, int]]) -> None:
    recording = _built(ami_family=family)

    mappings = recording.one("aws:ec2/launchTemplate:LaunchTemplate", "nodes-general").inputs["blockDeviceMappings"]
    assert [(mapping["deviceName"], mapping["ebs"]["volumeSize"]) for mapping in mappings] == disks
    for mapping in mappings:
        assert mapping["ebs"]["volumeType"] == "gp3"
        assert (mapping["ebs"]["encrypted"], mapping["ebs"]["kmsKeyId"]) == ("true", "arn:key/volumes")


def test_a_group_uses_its_own_template() -> None:
    assert _groups()["nodes-storage"]["launchTemplate"] == {"id": "<nodes-storage.id>", "version": "1"}


@pytest.mark.parametrize(
    ("family", "architecture", "gpu", "expected"),
    [
        ("bottlerocket", "x86_64", False, "BOTTLEROCKET_x86_64"),
        ("bottlerocket", "arm64", True, "BOTTLEROCKET_ARM_64_NVIDIA"),
        ("al2023", "x86_64", True, "AL2023_x86_64_NVIDIA"),
        ("al2023", "arm64", False, "AL2023_ARM_64_STANDARD"),
    ],
)
def test_the_ami_follows_from_family_chip_and_device(family: str, architecture: str, gpu: bool, expected: str) -> None:  # noqa: FBT001 - the row's value
    assert ami_type(AmiFamily(family), architecture, gpu=gpu) == expected


def test_only_the_gpu_group_carries_the_driver() -> None:
    assert {name: group["amiType"] for name, group in _groups().items()} == {
        "nodes-general": "BOTTLEROCKET_x86_64",
        "nodes-spot": "BOTTLEROCKET_x86_64",
        "nodes-gpu": "BOTTLEROCKET_x86_64_NVIDIA",
        "nodes-storage": "BOTTLEROCKET_x86_64",
    }


def test_an_update_takes_a_third_of_a_group_at_a_time() -> None:
    assert {group["updateConfig"]["maxUnavailablePercentage"] for group in _groups().values()} == {33}


def test_an_arm_group_runs_an_arm_ami() -> None:
    groups = _groups(general={**_GENERAL, "instance_types": ["m7g.large", "m8g.large"]})

    assert groups["nodes-general"]["amiType"] == "BOTTLEROCKET_ARM_64"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"general": None}, "general"),
        ({"general": {**_GENERAL, "instance_types": ["m7i.lrge"]}}, "did you mean m7i.large"),
        ({"general": {**_GENERAL, "instance_types": []}}, "at least 1"),
        ({"general": {**_GENERAL, "instance_types": ["m7i.large", "m7g.large"]}}, "m7g.large is arm64"),
        ({"general": {**_GENERAL, "min_size": 7}}, "min_size 7 is greater than max_size 6"),
        ({"general": {**_GENERAL, "min_size": -1}}, "greater than or equal to 0"),
        ({"general": {**_GENERAL, "max_size": 451}}, "less than or equal to 450"),
        ({"general": {**_GENERAL, "instance_types": ["g6.xlarge"]}}, "drivers only the gpu group"),
        ({"gpu": _GENERAL}, "m7i.large has no NVIDIA device"),
        ({"storage": _GENERAL}, "m7i.large has no local NVMe disk"),
        ({"ami_family": "ubuntu"}, "bottlerocket"),
        ({"generl": _GENERAL}, "Extra inputs"),
    ],
    ids=str,
)
def test_impossible_nodes_are_refused(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        examples.parsed(NodesSettings, **{**_ALL, **values})
