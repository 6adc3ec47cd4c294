"""What must hold in every environment, whatever its settings."""

import base64
import re

import pytest

from components.compute.address_budget import max_pods
from components.compute.instance_types import table
from components.compute.network_plugin import Routing
from components.resilience.destroy_guard import DestroyGuard
from policies.evaluate import evaluate
from tests.components.recording import Recorded
from tests.environments import EVERY, assembled, content_of
from tests.policies.recorded import entries, rules_in_force

# What a lost environment could not bring back.
_HOLDS_STATE = {"aws:ec2/vpc:Vpc", "aws:kms/key:Key", "aws:s3/bucket:Bucket", "aws:eks/cluster:Cluster"}

pytestmark = pytest.mark.parametrize("stack", EVERY)


def _custom(stack: str) -> list[Recorded]:
    return [made for made in assembled(stack).resources if made.custom and not made.type.startswith("pulumi:")]


def test_every_resource_uses_the_stacks_own_provider(stack: str) -> None:
    expected = {"aws": "aws", "kubernetes": "cluster-api"}

    strays = [made.name for made in _custom(stack) if made.provider != expected[made.type.partition(":")[0]]]

    assert strays == []


def test_every_resource_belongs_to_a_layer(stack: str) -> None:
    layers = {made.name for made in assembled(stack).resources if made.type.startswith("platform:")}

    assert [made.name for made in _custom(stack) if made.parent not in layers] == []


def test_no_two_resources_of_a_type_share_a_name(stack: str) -> None:
    names = [(made.type, made.name) for made in _custom(stack)]

    assert len(set(names)) == len(names)


def test_what_holds_state_is_protected_as_one(stack: str) -> None:
    guard = assembled(stack).one(DestroyGuard.kind, "destroy-guard")

    assert {made.protect for made in _custom(stack) if made.type in _HOLDS_STATE} == {guard.protect}
    assert {made.type for made in _custom(stack)} >= _HOLDS_STATE


def test_the_guard_must_go_before_anything_else(stack: str) -> None:
    guard = assembled(stack).one(DestroyGuard.kind, "destroy-guard")

    assert {made.name for made in _custom(stack)} <= set(guard.dependencies)


def test_nothing_in_the_cluster_is_made_before_the_deployer_is_let_in(stack: str) -> None:
    provider = assembled(stack).one("pulumi:providers:kubernetes", "cluster-api")

    assert "cluster-deployer" in provider.dependencies


def test_the_control_planes_logs_outlive_the_cluster(stack: str) -> None:
    """A group deleted before its cluster would be made again by EKS, without key and without end."""
    recording = assembled(stack)

    (cluster,) = recording.of("aws:eks/cluster:Cluster")
    (logs,) = [made for made in recording.of("aws:cloudwatch/logGroup:LogGroup") if made.name == "cluster-logs"]
    assert logs.name in cluster.dependencies
    assert logs.inputs["name"] == f"/aws/eks/{cluster.inputs['name']}/cluster"


def test_no_policy_objects(stack: str) -> None:
    assert evaluate(rules_in_force(stack), entries(stack)) == []


def test_nodes_live_only_while_they_have_a_way_out(stack: str) -> None:
    """What a node depends on is there before it and is destroyed after it."""
    recording = assembled(stack)

    ways_out = {made.name for made in recording.of("aws:ec2/route:Route")}
    associations = {made.name for made in recording.of("aws:ec2/routeTableAssociation:RouteTableAssociation")}
    assert ways_out
    for group in recording.of("aws:eks/nodeGroup:NodeGroup"):
        assert ways_out | associations <= set(group.dependencies)


def test_no_node_takes_more_pods_than_it_has_addresses_for(stack: str) -> None:
    recording = assembled(stack)

    for group in recording.of("aws:eks/nodeGroup:NodeGroup"):
        template = recording.one("aws:ec2/launchTemplate:LaunchTemplate", group.name)
        told = base64.b64decode(template.inputs["userData"]).decode()
        kinds = [table()[name] for name in group.inputs["instanceTypes"]]
        # As Bottlerocket's TOML and AL2023's JSON write it.
        (most,) = re.findall(r"\bmax(?:-p|P)ods\W+(\d+)", told)
        assert int(most) == min(max_pods(kind, Routing.ENI) for kind in kinds)


def test_nothing_can_fall_back_to_the_shells_own_account_or_cluster(stack: str) -> None:
    assert content_of(stack)["config"]["pulumi:disable-default-providers"] == ["*"]


def test_every_wire_is_connected(stack: str) -> None:
    """A missing output would leave an input empty, which no provider notices before it is too late."""
    empty = [
        (made.name, key)
        for made in _custom(stack)
        for key, value in made.inputs.items()
        if value is None or (value == [] and key.endswith(("Ids", "Arns")))
    ]

    assert empty == []
