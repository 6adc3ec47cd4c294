"""Whatever is wrong with a stack file is refused before anything is planned, and the report names the key."""

from collections import Counter
from typing import Any, Final

import pytest

from settings.load import blocks_of, parse
from settings.mend import shown
from settings.report import SettingsError
from settings.shape import Path
from tests.environments import PROJECT, STACKS
from tests.settings.bad_stack_files import Bad, changed, of_schema

_ADMIN: Final = "arn:aws:iam::111122223333:role/platform-admin"

# Faults that no schema tells: the platform's own rules and what must hold between layers. Each is one edit of prod; the
# last column is the key that the report must name.
_RULES: Final[tuple[tuple[str, str, Any, str], ...]] = (
    ("unknown instance type", "nodes.general.instance_types", ["m7i.xlarg"], "nodes.general.instance_types.0"),
    ("no such size", "nodes.general.instance_types", ["m7i.xlarge", "m7i.3xlarge"], "nodes.general.instance_types.1"),
    ("a GPU type among the general nodes", "nodes.general.instance_types", ["g6.xlarge"], "nodes.general"),
    ("a GPU type among Spot nodes", "nodes.spot.instance_types", ["g6.xlarge"], "nodes.spot"),
    ("a type without a GPU in the GPU group", "nodes.gpu.instance_types", ["m7i.xlarge"], "nodes.gpu"),
    ("a type without a disk in the storage group", "nodes.storage.instance_types", ["m7i.xlarge"], "nodes.storage"),
    ("two architectures", "nodes.general.instance_types", ["m7i.xlarge", "m7g.xlarge"], "nodes.general.instance_types"),
    ("more at least than at most", "nodes.general.min_size", 13, "nodes.general"),
    ("a zone twice", "network.zones", ["eu-central-1a", "eu-central-1a", "eu-central-1b"], "network.zones"),
    ("a zone of another region", "network.zones.1", "eu-west-1b", "network.zones.1"),
    ("a zone without a letter", "network.zones.1", "eu-central-1", "network.zones.1"),
    ("a local zone", "network.zones.1", "eu-central-1-ham-1a", "network.zones.1"),
    ("two zones", "network.zones", ["eu-central-1a", "eu-central-1b"], "network.zones"),
    ("seven zones", "network.zones", [f"eu-central-1{letter}" for letter in "abcdefg"], "network.zones"),
    ("a region of another shape", "account.region", "Frankfurt", "account.region"),
    ("a public address block", "network.cidr", "8.8.0.0/16", "network.cidr"),
    ("a VPC too small", "network.cidr", "10.20.0.0/24", "network.cidr"),
    ("a VPC too large", "network.cidr", "10.0.0.0/8", "network.cidr"),
    ("pods outside shared space", "network.pod_cidr", "10.64.0.0/16", "network.pod_cidr"),
    ("pods beyond shared space", "network.pod_cidr", "100.128.0.0/16", "network.pod_cidr"),
    ("services where machines are", "cluster.service_cidr", "10.20.0.0/16", "cluster.service_cidr"),
    ("machines where services are by default", "network.cidr", "172.20.0.0/16", "cluster.service_cidr"),
    ("one principal for both", "cluster.access.deployer", _ADMIN, "cluster.access"),
    ("an ARN of nothing", "cluster.access.admin", "arn:aws:iam::111122223333", "cluster.access.admin"),
    ("an ARN of a group", "cluster.access.admin", "arn:aws:iam::111122223333:group/admins", "cluster.access.admin"),
    ("an ARN with a short account", "cluster.access.admin", "arn:aws:iam::1111:role/admin", "cluster.access.admin"),
    (
        "an ARN of a session",
        "cluster.access.admin",
        "arn:aws:sts::111122223333:assumed-role/a/b",
        "cluster.access.admin",
    ),
    ("an ARN with a wildcard", "cluster.access.admin", "arn:aws:iam::111122223333:role/*", "cluster.access.admin"),
    (
        "an ARN of another partition",
        "cluster.access.admin",
        "arn:aws-cn:iam::111122223333:role/a",
        "cluster.access.admin",
    ),
    ("a role nobody knows", "cluster.access.grants.read-only.role", "root", "cluster.access.grants.read-only.role"),
    (
        "a grant without a place",
        "cluster.access.grants.read-only.role",
        "namespace_admin",
        "cluster.access.grants.read-only.namespaces",
    ),
    (
        "a viewer of one namespace",
        "cluster.access.grants.read-only.namespaces",
        ["apps"],
        "cluster.access.grants.read-only",
    ),
    ("a principal with two ways in", "cluster.access.grants.read-only.principal", _ADMIN, "cluster.access"),
    (
        "a grant of an administrator's name",
        "cluster.access.grants",
        {"admin": {"role": "viewer", "principal": "arn:aws:iam::111122223333:role/x"}},
        "cluster.access.grants",
    ),
    ("a password among the tags", "account.tags", {"password": "hunter2"}, "account.tags.password"),
    ("a token where a name is", "cluster.name", "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a", "cluster.name"),
    ("an account of 11 digits", "account.id", "11112222333", "account.id"),
    ("an account as a number", "account.id", 111122223333, "account.id"),
    ("a tag that AWS reserves", "account.tags", {"aws:owner": "me"}, "account.tags"),
    ("a tag without a name", "account.tags", {"": "me"}, "account.tags"),
    ("a tag with a number", "account.tags", {"cost-center": 4711}, "account.tags.cost-center"),
    ("a tag too long", "account.tags", {"owner": "x" * 257}, "account.tags.owner"),
    ("41 tags", "account.tags", {f"tag-{number}": "x" for number in range(41)}, "account.tags"),
    ("a retention that CloudWatch does not know", "cluster.log_retention_days", 366, "cluster.log_retention_days"),
    ("a cluster's name with a dot", "cluster.name", "platform.prod", "cluster.name"),
    ("a cluster's name that is too long", "cluster.name", "p" * 101, "cluster.name"),
    ("yes for true", "retain_data", "yes please", "retain_data"),
    ("a block in quotes", "nodes.general", '{"min_size": 1}', "nodes.general"),
    ("a block as a list", "network", ["cidr"], "network"),
    ("a group below another group", "nodes.general.spot", {"min_size": 0}, "nodes.general.spot"),
    ("broken JSON", "network", '{"cidr": ', "network"),
)


def _rules() -> list[Bad]:
    good = blocks_of(PROJECT / "Pulumi.prod.yaml")
    return [
        Bad("prod", fault, _path(named), changed(good, _path(edited), value)) for fault, edited, value, named in _RULES
    ]


def _path(text: str) -> Path:
    return tuple(int(step) if step.isdigit() else step for step in text.split("."))


# The same fault of the same key is made once, in the first environment that has the key.
_OF_SCHEMA: Final = {(bad.fault, bad.path): bad for stack in reversed(STACKS) for bad in of_schema(stack)}
_BAD: Final = [*_OF_SCHEMA.values(), *_rules()]


@pytest.mark.parametrize("bad", _BAD, ids=str)
def test_a_bad_stack_file_is_refused_and_the_key_is_named(bad: Bad) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(bad.blocks, stack=bad.stack)

    named = [problem.path for problem in caught.value.problems]
    assert any(path[: len(bad.path)] == bad.path for path in named), f"the report names {named}"
    assert shown(bad.path) in str(caught.value)


@pytest.mark.parametrize("stack", STACKS)
def test_the_stack_file_they_are_made_of_is_good(stack: str) -> None:
    parse(blocks_of(PROJECT / f"Pulumi.{stack}.yaml"), stack=stack)


def test_there_are_bad_stack_files_of_every_kind(record_testsuite_property: Any) -> None:
    kinds = Counter(bad.fault.split()[0] for bad in _BAD)
    record_testsuite_property("bad stack files", len(_BAD))

    assert len(_BAD) > 300, kinds
    assert {"misspelt", "missing", "unknown", "null", "below", "above", "no", "fewer"} <= set(kinds)
