"""What AWS itself says of a resource: whether it is still there, and which one a killed engine has made."""

import pytest

from rehearsal.aws.rows import ROWS
from rehearsal.providers.standin import Properties, Resource
from tests.rehearsal.aws.inputs import ADDON, CLUSTER, GOOD_ADDON, VPC
from tests.rehearsal.aws.world import World


def _inputs(world: World, name: str) -> tuple[Resource, str, Properties]:
    resource, identifier, _ = world.made[name]
    entry = world.aws.ledger.find(resource.type, identifier)
    assert entry is not None
    return resource, identifier, entry.inputs


def test_what_is_there_is_read_with_all_its_outputs(world: World) -> None:
    for name, (resource, identifier, outputs) in world.made.items():
        found = world.aws.read(resource, identifier, {}, {})
        assert found is not None, name
        assert found[0] == outputs, name


def test_what_a_killed_engine_made_is_found_by_its_inputs(world: World) -> None:
    tables = "ec2/routeTable:RouteTable"  # without tags these are all the same
    for name in world.made:
        resource, identifier, inputs = _inputs(world, name)
        if resource.type != f"aws:{tables}":
            assert world.aws.search(resource, inputs) == (identifier,), name


def test_tags_tell_apart_what_is_else_the_same(empty: World) -> None:
    made = {name: empty.make(VPC, name, cidrBlock="10.0.0.0/16", tags={"Name": name}) for name in ("red", "blue")}

    for name, identifier in made.items():
        resource, _, inputs = _inputs(empty, name)
        assert empty.aws.search(resource, inputs) == (identifier,)


@pytest.mark.parametrize(
    ("token", "inputs", "service", "operation", "member"),
    [
        (VPC, {"cidrBlock": "10.0.0.0/16"}, "ec2", "DeleteVpc", "VpcId"),
        ("ec2/eip:Eip", {"domain": "vpc"}, "ec2", "ReleaseAddress", "AllocationId"),
        ("cloudwatch/logGroup:LogGroup", {"name": "gone"}, "logs", "DeleteLogGroup", "logGroupName"),
    ],
    ids=["VPC", "address", "log group"],
)
def test_what_was_deleted_behind_the_engine_is_gone(
    empty: World, token: str, inputs: Properties, service: str, operation: str, member: str
) -> None:
    identifier = empty.make(token, "thing", **inputs)
    resource, _, outputs = empty.made["thing"]
    empty.aws._emulator.call(service, operation, {member: identifier})

    assert empty.aws.read(resource, identifier, outputs, inputs) is None
    empty.aws.delete(resource, identifier, outputs)


def test_what_belongs_to_a_cluster_ends_with_it(empty: World) -> None:
    empty.build()
    (name,) = [name for name, (resource, *_) in empty.made.items() if resource.type == f"aws:{CLUSTER}"]
    cluster = empty.made[name][1]
    empty.make(ADDON, "addon", **{**GOOD_ADDON, "clusterName": cluster})
    resource, identifier, outputs = empty.made["addon"]
    assert empty.aws.read(resource, identifier, outputs, {}) is not None

    for group in empty.aws._emulator.call("eks", "ListNodegroups", {"clusterName": cluster})["nodegroups"]:
        empty.aws._emulator.call("eks", "DeleteNodegroup", {"clusterName": cluster, "nodegroupName": group})
    empty.aws._emulator.call("eks", "DeleteCluster", {"name": cluster})

    assert ROWS[resource.type].emulated is False
    assert empty.aws.read(resource, identifier, outputs, {}) is None
