"""The page about costs is the one that the environments make, and every budget has room for its stack."""

import pytest

from policies.rule import Parameters
from policies.rules.platform.budget import Budget
from tests.cost.page import PAGE, draw, estimates
from tests.environments import STACKS
from tests.policies.recorded import rules_in_force

# A budget that is met exactly refuses the next small change; one of twice the sum refuses nothing.
_LEAST_ROOM = 1.1
_MOST_ROOM = 1.6


def _budget(stack: str) -> float | None:
    (found,) = [rule.parameters for rule in rules_in_force(stack) if rule.name == "monthly-budget"]
    assert isinstance(found, Parameters)
    return Budget.model_validate(found.model_dump()).usd


def test_the_page_is_what_the_environments_cost() -> None:
    assert PAGE.read_text(encoding="utf-8") == draw(), "run: make costs"


@pytest.mark.parametrize("stack", STACKS)
def test_the_budget_of_an_environment_has_room_for_it_and_not_much_more(stack: str) -> None:
    budget = _budget(stack)

    assert budget is not None
    assert _LEAST_ROOM <= budget / estimates()[stack].total.typical <= _MOST_ROOM


def test_prod_costs_more_than_staging_and_that_more_than_dev() -> None:
    sums = {stack: found.total.typical for stack, found in estimates().items()}

    assert sums["dev"] < sums["staging"] < sums["prod"]
    assert sums["prod-dr"] < sums["prod"] * 1.2
