"""Physical names that the program does not give are made up as pulumi-aws makes them up."""

import re
from typing import Any

import pytest

from tests.rehearsal.aws.inputs import KEY, LOG_GROUP, NODE_GROUP, ROLE, TEMPLATE
from tests.rehearsal.aws.world import World


@pytest.mark.parametrize(
    ("token", "inputs", "name", "expected"),
    [
        pytest.param(ROLE, {}, "name", "nodes-general-[0-9a-f]{7}", id="role"),
        pytest.param(TEMPLATE, {}, "name", "nodes-general-[0-9a-f]{7}", id="launch template"),
        pytest.param(LOG_GROUP, {}, "name", "nodes-general-[0-9a-f]{7}", id="log group"),
        pytest.param(NODE_GROUP, {}, "nodeGroupName", "nodes-general-[0-9a-f]{7}", id="node group"),
        pytest.param("kms/alias:Alias", {}, "name", "alias/nodes-general-[0-9a-f]{7}", id="alias"),
        pytest.param("sqs/queue:Queue", {"fifoQueue": True}, "name", r"nodes-general-[0-9a-f]{7}\.fifo", id="queue"),
        pytest.param(ROLE, {"namePrefix": "eks-"}, "name", "eks-[0-9a-f]{7}", id="prefix"),
        pytest.param(ROLE, {"name": "mine"}, "name", "mine", id="given"),
    ],
)
def test_a_name_is_the_logical_name_and_seven_digits(
    world: World, token: str, inputs: dict[str, Any], name: str, expected: str
) -> None:
    checked, _ = world.check(token, "nodes-general", **inputs)

    assert re.fullmatch(expected, checked[name])


def test_a_bucket_is_named_in_lower_case(world: World) -> None:
    checked, failures = world.check("s3/bucket:Bucket", "Logs")

    assert failures == []
    assert checked["bucket"].startswith("logs-")


def test_a_type_without_an_automatic_name_gets_none(world: World) -> None:
    checked, _ = world.check(KEY, "state")

    assert "name" not in checked


def test_the_seed_decides_the_digits(world: World) -> None:
    resource = world.resource(LOG_GROUP, "logs")

    names = [world.aws.check(resource, {}, olds={}, seed=seed)[0]["name"] for seed in (b"a", b"a", b"b")]

    assert names[0] == names[1] != names[2]


def test_an_automatic_name_is_kept_by_an_update_and_a_given_one_is_not(world: World) -> None:
    resource = world.resource(LOG_GROUP, "logs")

    kept, _ = world.aws.check(resource, {}, olds={"name": "logs-0123abc"}, seed=b"new")
    changed, _ = world.aws.check(resource, {}, olds={"name": "audit"}, seed=b"new")

    assert kept["name"] == "logs-0123abc"
    assert changed["name"] != "audit"


def test_an_automatic_name_that_is_too_long_is_refused(world: World) -> None:
    _, failures = world.check(ROLE, "r" * 60, assumeRolePolicy="{}")

    assert [failure.property for failure in failures] == ["name"]
