"""Every type of the tables is made and deleted, and nothing is left in AWS."""

import json
from typing import Any

import pytest

from rehearsal.aws.presence import Presence
from rehearsal.aws.provider import _declared
from rehearsal.aws.rows import ROWS
from rehearsal.providers.standin import Change
from tests.rehearsal.aws.everything import everything
from tests.rehearsal.aws.inputs import KEY, LOG_GROUP, TEMPLATE
from tests.rehearsal.aws.world import ASSOCIATION, World


def test_every_type_of_the_tables_is_made_and_deleted_and_nothing_is_left(empty: World) -> None:
    everything(empty)

    made = {resource.type for resource, _, _ in empty.made.values()}
    assert made == set(ROWS), "a type of the tables is not exercised"
    summary = empty.aws.summary()
    assert summary.emulated + summary.modelled == len(empty.made)
    assert set(summary.modelled_types) == {token for token, row in ROWS.items() if not row.emulated}
    assert summary.invented == ()
    assert len(empty.aws.left_in_aws()) > 20

    empty.delete_all()

    assert empty.aws.left_in_aws() == ()
    left = empty.aws.summary().left
    assert len(left) == 4, left
    assert all(line.startswith("aws:kms/") and "pending deletion" in line for line in left)


def test_a_type_without_a_row_is_made_of_inventions_and_listed(empty: World) -> None:
    identifier = empty.make("sns/topic:Topic", "alarms", name="alarms")

    assert empty.outputs("alarms")["arn"] == "<alarms.arn>"
    assert empty.aws.summary().invented == ("aws:sns/topic:Topic",)
    assert empty.aws.summary().left == (f"aws:sns/topic:Topic {identifier}",)

    empty.delete("alarms")

    assert empty.aws.summary().left == ()


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_a_bucket_is_made_in_every_region(empty: World, region: str) -> None:
    empty.configure(region=region)
    empty.make("s3/bucket:Bucket", "state")

    assert empty.outputs("state")["bucketRegion"] == region
    empty.delete("state")


def _update(world: World, name: str, /, **inputs: Any) -> dict[str, Any]:
    resource, identifier, outputs = world.made[name]
    return world.aws.update(resource, identifier, outputs, inputs)


def test_an_update_reaches_aws(empty: World) -> None:
    vpc = empty.make("ec2/vpc:Vpc", "vpc", cidrBlock="10.0.0.0/16", enableDnsHostnames=True)
    asked = {"VpcId": vpc, "Attribute": "enableDnsHostnames"}
    emulator = empty.aws._emulator
    assert emulator.call("ec2", "DescribeVpcAttribute", asked)["EnableDnsHostnames"] == {"Value": True}

    outputs = _update(empty, "vpc", cidrBlock="10.0.0.0/16", enableDnsHostnames=False)

    assert outputs["enableDnsHostnames"] is False
    assert outputs["arn"].endswith(vpc)
    assert emulator.call("ec2", "DescribeVpcAttribute", asked)["EnableDnsHostnames"] == {"Value": False}


def test_an_update_of_a_launch_template_makes_a_version(empty: World) -> None:
    empty.make(TEMPLATE, "template", metadataOptions={"httpTokens": "optional"})
    name = empty.outputs("template")["name"]

    outputs = _update(empty, "template", name=name, metadataOptions={"httpTokens": "required"})

    assert (empty.outputs("template")["latestVersion"], outputs["latestVersion"]) == (1, 2)


@pytest.mark.parametrize("wanted", [True, False])
def test_key_rotation_and_state_are_as_asked_at_creation_and_after(empty: World, *, wanted: bool) -> None:
    key = empty.make(KEY, "key", enableKeyRotation=wanted, isEnabled=wanted)
    emulator = empty.aws._emulator

    def found() -> tuple[bool, bool]:
        rotates = emulator.call("kms", "GetKeyRotationStatus", {"KeyId": key})["KeyRotationEnabled"]
        return rotates, emulator.call("kms", "DescribeKey", {"KeyId": key})["KeyMetadata"]["Enabled"]

    assert found() == (wanted, wanted)

    _update(empty, "key", enableKeyRotation=not wanted, isEnabled=not wanted)

    assert found() == (not wanted, not wanted)


def test_retention_is_changed_and_lifted_by_zero_days(empty: World) -> None:
    empty.make(LOG_GROUP, "logs", name="audit", retentionInDays=30)

    def found() -> object:
        (group,) = empty.aws._emulator.call("logs", "DescribeLogGroups", {})["logGroups"]
        return group.get("retentionInDays")

    _update(empty, "logs", name="audit", retentionInDays=60)
    assert found() == 60

    _update(empty, "logs", name="audit", retentionInDays=0)
    assert found() is None


def test_a_change_that_aws_cannot_make_in_place_replaces(empty: World) -> None:
    resource = empty.resource("ec2/subnet:Subnet", "subnet")
    olds = {"cidrBlock": "10.0.0.0/24", "tags": {"a": "b"}}

    assert empty.aws.diff(resource, olds, {**olds, "tags": {}}) == Change(properties=("tags",))
    assert empty.aws.diff(resource, olds, {**olds, "cidrBlock": "10.0.1.0/24"}) == Change(
        ("cidrBlock",), ("cidrBlock",)
    )


def test_a_region_of_its_own_is_where_a_resource_is_made(empty: World) -> None:
    empty.make("ec2/vpc:Vpc", "away", cidrBlock="10.0.0.0/16", region="eu-west-1")

    assert empty.outputs("away")["arn"] == f"arn:aws:ec2:eu-west-1:{empty.account}:vpc/{empty.identifier('away')}"
    assert empty.aws.left_in_aws() == (), "it is not in the provider's region"

    # What a resource there names is looked for there.
    there = {"vpcId": empty.identifier("away"), "region": "eu-west-1"}
    subnet = empty.make("ec2/subnet:Subnet", "s", cidrBlock="10.0.0.0/24", availabilityZone="eu-west-1a", **there)
    table = empty.make("ec2/routeTable:RouteTable", "table", **there)
    empty.make(ASSOCIATION, "association", routeTableId=table, subnetId=subnet, region="eu-west-1")
    empty.delete_all()


def test_settings_may_be_json_texts_as_the_engine_sends_them(empty: World) -> None:
    tags = json.dumps({"tags": {"owner": "platform"}})
    empty.configure(defaultTags=tags)
    role = empty.make("ec2/vpc:Vpc", "vpc", cidrBlock="10.0.0.0/16", tags={"use": "test"})

    assert empty.outputs("vpc")["tags"] == {"use": "test"}
    assert empty.outputs("vpc")["tagsAll"] == {"owner": "platform", "use": "test"}
    filters = [{"Name": "resource-id", "Values": [role]}]
    found = empty.aws._emulator.call("ec2", "DescribeTags", {"Filters": filters})["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in found} == {"owner": "platform", "use": "test"}


def test_of_everything_in_the_emulator_aws_is_asked_whether_it_is_there(empty: World) -> None:
    everything(empty)
    looks = {}
    for resource, identifier, _ in empty.made.values():
        row, entry = ROWS[resource.type], empty.aws.ledger.find(resource.type, identifier)
        if row.emulated and entry is not None:
            context = {**empty.aws._context(resource, _declared(resource), entry.inputs), "id": identifier}
            looks[resource.name] = (Presence(empty.aws._emulator, row, context), identifier)

    assert {name for name, (look, identifier) in looks.items() if look.exists(identifier) is not True} == set()
    assert {name for name, (look, identifier) in looks.items() if identifier not in look.search()} == {
        "oidc",
        "interruptions",
        "ordered",
        "recovery",
        "detector",
        "database",
    }
    empty.delete_all()
    assert {name for name, (look, identifier) in looks.items() if look.exists(identifier) is not False} == set()
