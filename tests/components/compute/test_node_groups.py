"""The nodes: four roles from one builder, told apart by data."""

from typing import Any

import pytest

from tests.components.nodes import ALL, FABRIC, GENERAL, GPU, GROUP, TEMPLATE, built, groups

_NAMES = ["nodes-general", "nodes-gpu", "nodes-spot", "nodes-storage-a", "nodes-storage-b"]


_STARTUP = ("node.cilium.io/agent-not-ready", "true", "NO_EXECUTE")


def _taints(group: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(taint["key"], taint["value"], taint["effect"]) for taint in group["taints"]]


def test_a_group_is_made_for_each_role_that_is_named_and_each_zone_of_storage() -> None:
    assert sorted(groups()) == _NAMES
    assert sorted(groups(gpu=None, storage=None)) == ["nodes-general", "nodes-spot"]


def test_every_node_is_labelled_with_its_role_and_generation() -> None:
    made = groups(general={**GENERAL, "generation": 2})

    assert made["nodes-general-g2"]["labels"] == {"node-role": "general", "node-generation": "2"}
    assert made["nodes-storage-b"]["labels"] == {"node-role": "storage", "node-generation": "1"}
    assert {group["labels"]["node-role"] for group in made.values()} == set(ALL)


def test_every_role_but_general_keeps_other_pods_away() -> None:
    assert {name: _taints(group)[:-1] for name, group in groups().items()} == {
        "nodes-general": [],
        "nodes-spot": [("node-role", "spot", "NO_SCHEDULE")],
        "nodes-gpu": [("nvidia.com/gpu", "present", "NO_SCHEDULE")],
        "nodes-storage-a": [("node-role", "storage", "NO_SCHEDULE")],
        "nodes-storage-b": [("node-role", "storage", "NO_SCHEDULE")],
    }


def test_every_node_is_closed_until_cilium_serves_it() -> None:
    assert {_taints(group)[-1] for group in groups().values()} == {_STARTUP}


def test_only_spot_nodes_may_be_taken_back() -> None:
    assert {name: group["capacityType"] for name, group in groups().items()} == {
        name: "SPOT" if name == "nodes-spot" else "ON_DEMAND" for name in _NAMES
    }


def test_nodes_live_in_the_node_subnets_at_the_clusters_version() -> None:
    group = groups()["nodes-general"]

    assert group["subnetIds"] == ["subnet-node-a", "subnet-node-b"]
    assert (group["clusterName"], group["version"]) == ("platform-test", "1.36")


def test_nodes_of_a_zone_live_in_that_zones_subnet_alone() -> None:
    made = groups(gpu=FABRIC)

    assert made["nodes-storage-a"]["subnetIds"] == ["subnet-node-a"]
    assert made["nodes-storage-b"]["subnetIds"] == ["subnet-node-b"]
    assert made["nodes-gpu"]["subnetIds"] == ["subnet-node-b"]


def test_the_autoscaler_owns_the_number_of_nodes_between_the_bounds() -> None:
    made = built().one(GROUP, "nodes-general")

    assert made.inputs["scalingConfig"] == {"minSize": 3, "maxSize": 6, "desiredSize": 3}
    assert made.ignore_changes == ("scalingConfig.desiredSize",)


def test_a_zones_group_has_its_share_of_the_nodes() -> None:
    made = groups()

    assert made["nodes-storage-a"]["scalingConfig"] == {"minSize": 2, "maxSize": 3, "desiredSize": 2}
    assert made["nodes-storage-b"]["scalingConfig"] == {"minSize": 1, "maxSize": 2, "desiredSize": 1}


def test_a_group_waits_for_the_permissions_its_nodes_need_to_join() -> None:
    recording = built()

    permissions = {made.name for made in recording.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")}
    assert permissions == {"nodes-node-worker", "nodes-node-images"}
    for group in recording.of(GROUP):
        assert permissions <= set(group.dependencies)


@pytest.mark.parametrize("name", _NAMES)
def test_a_group_uses_its_own_template(name: str) -> None:
    assert groups()[name]["launchTemplate"] == {"id": f"<{name}.id>", "version": "1"}


def test_only_the_gpu_group_carries_the_driver() -> None:
    assert {name: group["amiType"] for name, group in groups().items()} == {
        name: "BOTTLEROCKET_x86_64_NVIDIA" if name == "nodes-gpu" else "BOTTLEROCKET_x86_64" for name in _NAMES
    }


def test_an_update_takes_a_third_of_a_group_at_a_time_unless_said_otherwise() -> None:
    made = groups(general={**GENERAL, "max_unavailable_percent": 10})

    assert made["nodes-general"]["updateConfig"] == {"maxUnavailablePercentage": 10}
    assert made["nodes-spot"]["updateConfig"] == {"maxUnavailablePercentage": 33}


def test_unhealthy_nodes_are_repaired_unless_said_otherwise() -> None:
    made = groups(gpu={**GPU, "repair": False})

    assert made["nodes-general"]["nodeRepairConfig"] == {"enabled": True}
    assert made["nodes-gpu"]["nodeRepairConfig"] == {"enabled": False}


def test_an_arm_group_runs_an_arm_ami() -> None:
    made = groups(general={**GENERAL, "instance_types": ["m7g.large", "m8g.large"]})

    assert made["nodes-general"]["amiType"] == "BOTTLEROCKET_ARM_64"


def test_a_new_generation_leaves_the_old_one_as_it_was_but_for_new_pods() -> None:
    before = built()
    after = built(general={**GENERAL, "instance_types": ["m8i.large"], "generation": 2}, retiring={"general": GENERAL})

    was, now = (recording.one(GROUP, "nodes-general").inputs for recording in (before, after))
    assert _taints(now) == [("node-retiring", "true", "NO_SCHEDULE"), _STARTUP]
    assert _taints(was) == [_STARTUP]
    now.pop("taints")
    assert now == {key: value for key, value in was.items() if key != "taints"}
    assert after.one(TEMPLATE, "nodes-general").inputs == before.one(TEMPLATE, "nodes-general").inputs
    assert after.one(GROUP, "nodes-general-g2").inputs["instanceTypes"] == ["m8i.large"]


def test_a_new_generation_makes_resources_and_removes_none_until_the_old_one_is_struck_out() -> None:
    def names(**values: object) -> set[str]:
        return {made.name for made in built(**values).resources}  # type: ignore[arg-type]  # settings by name

    new = {**GENERAL, "generation": 2}
    first, both, last = names(), names(general=new, retiring={"general": GENERAL}), names(general=new)
    assert both - first == {"nodes-general-g2"}
    assert first - both == set()
    assert both - last == {"nodes-general"}


def test_no_pool_of_nodes_waits_for_another() -> None:
    """A role whose machines AWS has none of must not keep the others from coming up."""
    recording = built()

    names = {group.name for group in recording.of(GROUP)}
    for group in recording.of(GROUP):
        # Its own name is that of its template as well.
        assert names & set(group.dependencies) == {group.name}
