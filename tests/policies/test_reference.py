"""The page of the policies says what the rules say, and its matrix leaves no rule out."""

import pytest

from policies.rule import Rule
from policies.rules import RULES
from tests.policies import reference
from tests.policies.rows.all import ROWS


def test_the_page_is_up_to_date() -> None:
    assert reference.REFERENCE.read_text(encoding="utf-8") == reference.reference(), "run: make policies"


def test_the_schema_is_up_to_date() -> None:
    assert reference.SCHEMA.read_text(encoding="utf-8") == reference.schema_text(), "run: make policies"


def test_a_range_of_controls_is_each_of_them() -> None:
    answered = reference.controls()["CIS Amazon EKS Benchmark 1.8.0"]

    assert {"4.2.1", "4.2.2", "4.2.3", "4.2.4", "4.2.5", "5.4.1", "5.4.2"} <= set(answered)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_a_case_that_must_fail(rule: Rule) -> None:
    assert any(row.rule == rule.name and row.faults for row in ROWS)
    assert f"| `{rule.name}` |" in reference.reference()
