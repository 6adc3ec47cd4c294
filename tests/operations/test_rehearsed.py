"""A plan is made from a rehearsal that is there, and says how good it is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from operations.rehearsed import NotRehearsedError, read
from tests.operations import stage
from tests.operations.stage import entry


def test_a_stack_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").touch()
    (tmp_path / "Pulumi.prod-dr.yaml").touch()

    with pytest.raises(NotRehearsedError, match=r"no stack prodd: the stacks here are dev, prod-dr\."):
        read("prodd", tmp_path)


def test_a_stack_that_was_not_rehearsed_is_answered_with_the_command(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.prod.yaml").touch()

    with pytest.raises(NotRehearsedError, match="make rehearse STACK=prod"):
        read("prod", tmp_path)


def test_a_rehearsal_that_made_nothing_is_no_ground_for_a_plan(tmp_path: Path) -> None:
    stage.write(tmp_path, [], verdict="failed")

    with pytest.raises(NotRehearsedError, match=r"made nothing: mend what \.rehearsal/prod/report\.md says"):
        read("prod", tmp_path)


def test_a_plan_says_of_when_it_is(tmp_path: Path) -> None:
    at = datetime.now(UTC) + timedelta(minutes=1)

    (note,) = stage.rehearsed(tmp_path, entry("vpc", "vpc"), at=at).notes()

    assert note == f"From the rehearsal of {at:%Y-%m-%d %H:%M} UTC."


def test_a_plan_warns_of_a_rehearsal_that_failed_or_is_older_than_the_stack_file(tmp_path: Path) -> None:
    old = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)

    notes = list(stage.rehearsed(tmp_path, entry("vpc", "vpc"), verdict="failed", at=old).notes())

    assert notes[0] == "From the rehearsal of 2026-01-02 03:04 UTC."
    assert "did not pass" in notes[1]
    assert "`Pulumi.prod.yaml` was changed since" in notes[2]


def test_a_resource_belongs_to_the_layer_that_holds_it(tmp_path: Path) -> None:
    found = stage.rehearsed(
        tmp_path,
        entry("layer", "nodes"),
        entry("kubernetes:yaml/v2:ConfigFile", "file", parent="layer nodes"),
        entry("nodes", "general", parent="kubernetes:yaml/v2:ConfigFile file"),
        entry("vpc", "alone"),
    )

    assert {node.name: found.layer(node) for node in found.made} == {
        "file": "nodes",
        "general": "nodes",
        "alone": "alone",
    }
