"""Ordinary changes do what was reviewed, planned by the real engine, and none of them touches what holds state."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.changes.plan import planned
from tests.changes.stage import running
from tests.changes.table import Base, Change, by_base, changes
from tests.changes.words import Operation, read
from tests.environments import PROJECT, STACKS, assembled

_CHANGES = changes()
_BY_BASE = list(by_base(_CHANGES).values())
_INDEXED = list(enumerate(_BY_BASE))
_NAMES = [change.name for change in _CHANGES]

# What AWS gives back to nobody: its loss is a loss of data or of the environment. A log group is its logs.
_STATEFUL = re.compile(
    r"aws:(ec2/vpc:Vpc|kms/(replicaK|k)ey:(ReplicaKey|Key)|eks/cluster:Cluster|s3/bucket\w*:Bucket\w*|cloudwatch/logGroup:LogGroup"
    r"|efs/fileSystem:FileSystem|rds/\w+:\w+|dynamodb/table:Table|sqs/queue:Queue|secretsmanager/secret:Secret)"
    # With a namespace goes whatever is in it.
    r"|kubernetes:core/v1:Namespace"
    r"|kubernetes:apps/v1:StatefulSet"
)
# Some releases take along whatever is of their kinds; which, only their names tell.
_BY_NAME = "kubernetes:helm.sh/v3:Release"
_SET = "kubernetes:apps/v1:StatefulSet"
_ENDS = frozenset({"delete", "replace"})


def _operations(change: Change) -> list[Operation]:
    return list(read(change.golden.read_text(encoding="utf-8")))


@pytest.mark.changes
@pytest.mark.parametrize(("base", "group"), _BY_BASE, ids=[f"{base.stack} {index}" for index, (base, _) in _INDEXED])
def test_a_change_does_what_was_reviewed(base: Base, group: list[Change]) -> None:
    reviewed = {change.name: change.golden.read_text(encoding="utf-8") for change in group}

    with running(base) as stage:
        unedited = stage.plan(base)
        said = {change.name: planned(stage, change) for change in group}

    assert (unedited.errors, unedited.changed) == ((), ())
    assert said == reviewed, "if it is meant: python -m tests.changes.write NAME, and review the diff"


@pytest.mark.parametrize("change", _CHANGES, ids=_NAMES)
def test_no_change_replaces_or_deletes_what_holds_state(change: Change) -> None:
    protected = {(made.type, made.name) for stack in STACKS for made in assembled(stack).resources if made.protect}
    scratch = {
        (made.type, made.name) for stack in STACKS for made in assembled(stack).of(_SET) if _is_scratch(made.inputs)
    }

    assert [
        str(operation)
        for operation in _operations(change)
        if operation.operation in _ENDS
        and (_STATEFUL.fullmatch(operation.type) or (operation.type, operation.name) in protected)
        and (operation.type, operation.name) not in scratch - protected
    ] == []


def _is_scratch(inputs: Mapping[str, Any]) -> bool:
    """Tell whether what a set keeps is to go with it: the program itself says that it can be had again."""
    return bool((inputs["spec"].get("persistentVolumeClaimRetentionPolicy") or {}).get("whenDeleted") == "Delete")


def test_what_holds_state_is_known_by_its_type() -> None:
    """What the design protects holds state, but for the guard, which is an entry in the state and nothing in AWS."""
    types = {made.type for stack in STACKS for made in assembled(stack).resources if made.protect and made.custom}
    types -= {_BY_NAME}

    assert types
    assert [type_ for type_ in types if not _STATEFUL.fullmatch(type_)] == []


@pytest.mark.parametrize("change", _CHANGES, ids=_NAMES)
def test_whatever_a_change_replaces_or_deletes_has_a_reason(change: Change) -> None:
    ended = {operation.type for operation in _operations(change) if operation.operation in _ENDS}

    assert ended == set(change.replaces)


@pytest.mark.parametrize("change", _CHANGES, ids=_NAMES)
def test_a_change_that_is_not_refused_does_something(change: Change) -> None:
    assert bool(_operations(change)) == (not change.refused)


def test_every_change_has_its_file_and_every_file_its_change() -> None:
    files = {path.stem for path in (PROJECT / "tests" / "changes" / "golden").glob("*.txt")}

    assert files == set(_NAMES)
    assert len(set(_NAMES)) == len(_NAMES)
