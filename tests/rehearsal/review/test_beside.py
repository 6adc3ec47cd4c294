"""The comment says how full subnets would be, and how settings differ from those of the environments beside."""

from datetime import date
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from rehearsal.review import addresses, neighbours
from rehearsal.review.change import StackChange, UnreadableError
from rehearsal.review.comment import Reviewed, comment
from rehearsal.review.findings import Policies
from rehearsal.review.guard import Verdict
from rehearsal.workspace import PROJECT
from tests.environments import STACKS
from tests.rehearsal.review.test_comment import RULES

_DAY = date(2026, 11, 22)


def _stack(*rooms: tuple[str, str, int, int]) -> dict[str, Any]:
    told = [
        {"tier": tier, "zone": zone, "subnet": "10.0.0.0/24", "usable": usable, "needed": needed}
        for tier, zone, usable, needed in rooms
    ]
    return {"type": "pulumi:pulumi:Stack", "outputs": {"address_budget": told}}


def _told(base: list[dict[str, Any]], head: list[dict[str, Any]]) -> tuple[str, ...]:
    return addresses.told(StackChange(stack="prod", base=base, head=head))


def test_the_fullest_subnet_of_a_tier_is_told_before_and_after() -> None:
    base = _stack(("pod", "a", 1000, 100), ("pod", "b", 500, 100), ("node", "a", 100, 10))
    head = _stack(("pod", "a", 1000, 700), ("pod", "b", 500, 100), ("node", "a", 100, 10))

    assert _told([base], [head]) == ("pod subnets at their fullest: 20% → 70% (700 of 1,000 in 10.0.0.0/24 of a)",)


@pytest.mark.parametrize(("needed", "said"), [(79, 0), (80, 1), (120, 1)])
def test_what_is_nearly_full_is_told_although_nothing_changes(needed: int, said: int) -> None:
    same = [_stack(("node", "a", 100, needed))]

    found = _told(same, same)

    assert len(found) == said
    assert all("→" not in line and line.endswith(", which is nearly full") for line in found)


def test_a_new_stack_is_told_without_a_before_and_a_plan_tells_nothing() -> None:
    assert _told([], [_stack(("node", "a", 100, 10))]) == (
        "node subnets at their fullest: 10% (10 of 100 in 10.0.0.0/24 of a)",
    )
    assert _told([], [{"type": "aws:s3/bucket:Bucket", "outputs": {}}]) == ()


@pytest.mark.parametrize("stack", STACKS)
def test_of_every_environment_of_the_chain_its_neighbours_are_told(stack: str) -> None:
    found = neighbours.told(stack, _DAY)

    assert found
    assert all(stack in line and line.endswith("differ as meant") for line in found)


def test_off_the_chain_there_is_nothing_beside() -> None:
    assert neighbours.told("dev.alice", _DAY) == ()


def test_a_setting_that_nobody_meant_to_differ_is_named_with_both_values(tmp_path: Path) -> None:
    for stack in STACKS:
        copy(PROJECT / f"Pulumi.{stack}.yaml", tmp_path)
    file = tmp_path / "Pulumi.staging.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count("platform:retain_data: true") == 1
    file.write_text(text.replace("platform:retain_data: true", "platform:retain_data: false"), encoding="utf-8")

    found = neighbours.told("prod", _DAY, tmp_path)

    assert "retain_data: false and true" in found
    assert any("staging and prod drifted apart: 1 nobody meant" in line for line in found)


def test_a_neighbour_that_cannot_be_read_cannot_be_judged(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="beside staging cannot be compared: There is no stack dev"):
        neighbours.told("staging", _DAY, tmp_path)


def test_both_stand_in_the_comment() -> None:
    each = Reviewed(
        change=StackChange(stack="prod"), policies=Policies(), addresses=("full of `x`",), neighbours=("as meant",)
    )

    text = comment([each], Verdict(), RULES, whole="all.md")

    assert "**Addresses at the largest sizes**\n\n- `` full of `x` ``\n" in text
    assert "**Settings beside its neighbours**\n\n- `as meant`\n" in text
