"""Karpenter in a whole platform: who it is, what it may do, and in which order things come and go."""

import json
from functools import cache
from typing import Any

import pytest

from components.assembly import Platform
from components.capacity import karpenter
from components.capacity.karpenter import Karpenter
from settings.load import blocks_of, parse
from tests.components.capacity.stage import POOLS, RELEASE, refuse_wrong_values
from tests.components.recording import Recorded, Recording, build
from tests.environments import PROJECT
from tests.identities import associations, trust

_POOL = "kubernetes:karpenter.sh/v1:NodePool"
_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"


@cache
def _platform() -> Recording:
    """Assemble dev with Karpenter in place of the Cluster Autoscaler; read-only, for it is made once."""
    data = blocks_of(PROJECT / "Pulumi.dev.yaml")
    data["nodes"] = {"general": {"instance_types": ["m7i.large"], "min_size": 3, "max_size": 3}}
    data["capacity"] = {"autoscaler": "karpenter", "karpenter": POOLS}
    settings = parse(data, stack="dev")
    return build(lambda: Platform(settings))


def _release(name: str) -> Recorded:
    return _platform().one(RELEASE, f"karpenter-{name}")


def _statements() -> dict[str, dict[str, Any]]:
    policy = _platform().one("aws:iam/rolePolicy:RolePolicy", "karpenter-controller")
    return {statement["Sid"]: statement for statement in json.loads(policy.inputs["policy"])["Statement"]}


def test_there_is_one_autoscaler() -> None:
    charts = [release.inputs["chart"].rpartition("/")[2] for release in _platform().of(RELEASE)]

    assert "karpenter" in charts
    assert "cluster-autoscaler" not in charts


def test_every_pool_of_the_settings_is_made() -> None:
    pools = {made.inputs["metadata"]["name"] for made in _platform().of(_POOL)}

    assert pools == {made.inputs["metadata"]["name"] for made in _platform().of(_CLASS)} == set(POOLS)


@pytest.mark.parametrize("kind", [_POOL, _CLASS])
def test_what_the_controller_finalises_goes_before_it(kind: str) -> None:
    """A pool is gone when its nodes are; without its controller it would never be."""
    for made in _platform().of(kind):
        before = _platform().before(made.name)
        assert {"karpenter-karpenter", "karpenter-karpenter-crd", "karpenter-controller"} <= before


def test_the_last_node_goes_before_what_nodes_need() -> None:
    """Instances that outlive their controller hold the subnets, and the VPC cannot be deleted."""
    recording = _platform()
    ways_out = {made.name for made in recording.of("aws:ec2/route:Route")}

    for pool in recording.of(_POOL):
        assert ways_out <= recording.before(pool.name)
        assert {"karpenter-node", "cilium-cilium"} <= recording.before(pool.name)


def test_the_definitions_come_before_the_controller() -> None:
    assert "karpenter-karpenter-crd" in _release("karpenter").dependencies
    assert _release("karpenter").inputs["version"] == _release("karpenter-crd").inputs["version"]


def test_its_service_account_takes_the_role_that_trusts_it() -> None:
    (association,) = [each for each in associations(_platform()) if each.maker == "karpenter-controller"]
    values = _release("karpenter").inputs["values"]

    assert (association.namespace, association.service_account) == (
        _release("karpenter").inputs["namespace"],
        values["serviceAccount"]["name"],
    )
    (statement,) = trust(_platform(), "karpenter-controller")
    assert statement["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-service-account"] == ["karpenter"]


def test_it_listens_to_the_queue_that_is_filled() -> None:
    settings = _release("karpenter").inputs["values"]["settings"]

    assert settings["interruptionQueue"] == "<karpenter-interruptions.name>"
    assert _statements()["HearInterruptions"]["Resource"] == ["<karpenter-interruptions.arn>"]


@pytest.mark.parametrize("action", ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"])
def test_it_ends_only_what_it_has_launched_for_this_cluster(action: str) -> None:
    (statement,) = [each for each in _statements().values() if action in each["Action"]]

    assert statement["Condition"] == {
        "StringEquals": {"aws:ResourceTag/kubernetes.io/cluster/platform-dev": ["owned"]},
        "StringLike": {"aws:ResourceTag/karpenter.sh/nodepool": ["*"]},
    }


def test_what_it_makes_bears_the_tags_by_which_it_may_end_it() -> None:
    for sid in ("LaunchTagged", "TagWhatIsLaunched"):
        condition = _statements()[sid]["Condition"]
        assert condition["StringEquals"]["aws:RequestTag/kubernetes.io/cluster/platform-dev"] == ["owned"]
        assert condition["StringLike"] == {"aws:RequestTag/karpenter.sh/nodepool": ["*"]}


def test_it_gives_nodes_no_role_but_their_own_and_makes_none() -> None:
    statements = _statements()

    assert statements["GiveNodesTheirRole"]["Resource"] == ["<nodes-node.arn>"]
    iam = {action for each in statements.values() for action in each["Action"] if action.startswith("iam:")}
    assert iam == {"iam:PassRole", "iam:GetInstanceProfile", "iam:ListInstanceProfiles"}
    profile = _platform().one("aws:iam/instanceProfile:InstanceProfile", "karpenter-node")
    assert profile.inputs["role"] == "<nodes-node.name>"


def test_its_policy_fits_into_a_role() -> None:
    """IAM counts 10,240 characters for all inline policies of a role, white space left out."""
    policy = _platform().one("aws:iam/rolePolicy:RolePolicy", "karpenter-controller").inputs["policy"]

    assert len("".join(policy.split())) < 10_240


def test_without_a_way_out_it_does_not_ask_for_prices() -> None:
    given: dict[str, Any] = {"cluster_name": "platform-test", "queue": "queue"}

    assert karpenter.values(**given, isolated=True)["settings"]["isolatedVPC"] is True
    assert "isolatedVPC" not in karpenter.values(**given, isolated=False)["settings"]


def test_the_chart_knows_every_value() -> None:
    refuse_wrong_values("karpenter", karpenter.values(cluster_name="platform-test", queue="queue", isolated=True))


def test_the_guard_knows_of_it() -> None:
    guard = _platform().one("platform:resilience:DestroyGuard", "destroy-guard")

    layer = _platform().one(Karpenter.kind, "karpenter").name
    made = {made.name for made in _platform().resources if made.parent == layer}
    assert made
    assert made <= set(guard.dependencies)
