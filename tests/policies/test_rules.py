"""Holds every rule against its rows, and the rules against what a rule must be."""

import re
from typing import Final

import pytest

from policies.evaluate import findings
from policies.rule import Rule
from policies.rules import RULES
from policies.values import Unknown
from tests.policies.rows.all import ROWS
from tests.policies.rows.row import Row
from tests.policies.rows.without import WITHOUT

_BY_NAME: Final = {rule.name: rule for rule in RULES}
# A fault says what is wrong, then what to do, in the imperative.
_VERBS: Final = (
    "add|bind|choose|drop|give|keep|let|list|lower|make|mount|name|pin|put|raise|remove|set|turn|use|wait|write"
)
_REMEDY: Final = re.compile(rf"[^;]+; ({_VERBS}) [^;]+[^;.]")


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_rule_says_of_each_row_what_is_expected(row: Row) -> None:
    found = [finding for _, finding in findings(row.about, row.resources)]

    faults = [finding for finding in found if isinstance(finding, str)]
    assert len(faults) == len(row.faults), faults
    assert all(piece in fault for piece, fault in zip(row.faults, faults, strict=True)), faults
    assert [finding.path for finding in found if isinstance(finding, Unknown)] == list(row.unknown)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_a_good_a_bad_an_absent_and_an_unknown_row(rule: Rule) -> None:
    kinds = {row.kind for row in ROWS if row.rule == rule.name}
    without = {kind for name, kind in WITHOUT if name == rule.name}
    assert kinds | without == {"good", "bad", "absent", "unknown"}
    assert not kinds & without


def test_what_has_no_row_has_a_reason() -> None:
    assert {name for name, _ in WITHOUT} <= set(_BY_NAME)
    assert all(reason.strip() for reason in WITHOUT.values())


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_row_is_of_the_kind_it_says(row: Row) -> None:
    if row.kind == "good":
        assert (list(row.faults), list(row.unknown)) == ([], [])
    if row.kind == "bad":
        assert row.faults
    if row.kind == "unknown":
        assert row.unknown


@pytest.mark.parametrize("token", sorted({token for rule in RULES for token in rule.types}))
def test_every_type_a_rule_names_has_a_row(token: str) -> None:
    named = {rule.name for rule in RULES if token in rule.types}
    with_rows = {row.rule for row in ROWS if token in {each["type"] for each in row.resources}}
    assert named <= with_rows


@pytest.mark.parametrize("row", [row for row in ROWS if row.faults], ids=str)
def test_every_fault_says_what_to_do(row: Row) -> None:
    for _, finding in findings(row.about, row.resources):
        assert isinstance(finding, Unknown) or _REMEDY.fullmatch(finding), finding


def test_names_are_unique() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_says_why_in_one_sentence_and_gives_its_references(rule: Rule) -> None:
    assert rule.why.endswith(".")
    assert ". " not in rule.why
    assert rule.references
    assert all(re.fullmatch(r"[A-Z][\w .]+: .+|hardeneks: \w+", reference) for reference in rule.references)
