"""Breaks every environment one property at a time and holds the rules to what they promise to catch."""

import itertools
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import pytest

from policies.configuration import Configuration, configured
from policies.evaluate import Graph, findings
from policies.rule import ResourceRule, Rule
from policies.rules import GROUPS, RULES
from policies.values import Unknown
from tests.policies.mutations.mutation import Mutation
from tests.policies.mutations.tables import BY_GROUP, MUTATIONS, UNBROKEN
from tests.policies.recorded import entries, rules_in_force

_STACKS: Final = ("dev", "staging", "prod")
# How many ways to break it the half that is AWS must know at least.
_AWS_AT_LEAST: Final = 80


@cache
def _rule(stack: str, name: str) -> Rule:
    """Return a rule as it holds in a stack, or where that has it off as it would by default."""
    held = {rule.name: rule for rule in rules_in_force(stack)}
    return held.get(name) or next(rule for rule in configured(Configuration()) if rule.name == name)


def _broken(mutation: Mutation) -> Iterator[tuple[str, dict[str, Any], dict[str, Any] | None]]:
    """Yield the stack, the entry that was broken and what became of it, for each place the mutation fits."""
    for stack in _STACKS:
        for entry in entries(stack):
            if mutation.fits(entry):
                yield from ((stack, entry, broken) for broken in mutation.applied(entry))


@cache
def _whole(stack: str) -> Graph:
    return Graph.of(entries(stack))


@cache
def _before(stack: str, name: str) -> frozenset[tuple[str, str]]:
    """Return what a rule finds in a stack that nobody broke: none of it is due to a change."""
    return _faults(_rule(stack, name), _whole(stack))


def _faults(rule: Rule, graph: Graph) -> frozenset[tuple[str, str]]:
    return frozenset((urn, str(finding)) for urn, finding in findings(rule, graph) if not isinstance(finding, Unknown))


def _after(rule: Rule, stack: str, urn: str, broken: dict[str, Any] | None) -> frozenset[tuple[str, str]]:
    """Return what a rule finds when one resource is another or gone."""
    changed = Graph.of([broken] if broken else []).resources
    if isinstance(rule, ResourceRule):
        return _faults(rule, Graph(changed))
    others = [each for each in _whole(stack).resources if each.urn != urn]
    return _faults(rule, Graph([*others, *changed]))


@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
def test_what_is_broken_is_caught_wherever_it_is_broken(mutation: Mutation) -> None:
    missed, tried = [], 0
    for stack, entry, broken in _broken(mutation):
        tried += 1
        rule = _rule(stack, mutation.rule)
        if not _after(rule, stack, entry["urn"], broken) - _before(stack, mutation.rule):
            missed.append(f"{stack}: {entry['name']}")

    assert tried, (
        f"no environment has a {mutation.type} {mutation.name} whose {mutation.path or 'self'} could be broken"
    )
    assert missed == []


@pytest.mark.parametrize("group", BY_GROUP)
def test_every_mutation_of_a_group_is_for_one_of_its_rules(group: str) -> None:
    rules = {rule.name for rule in GROUPS[group]}

    assert {mutation.rule for mutation in BY_GROUP[group]} <= rules


def test_the_aws_half_is_broken_in_many_ways() -> None:
    assert len(BY_GROUP["eks-cis"]) + len(BY_GROUP["aws-baseline"]) >= _AWS_AT_LEAST


def test_no_mutation_is_written_twice() -> None:
    same = [
        (one, other)
        for one, other in itertools.combinations(MUTATIONS, 2)
        if (one.rule, one.type, one.name, one.path) == (other.rule, other.type, other.name, other.path)
        and repr(one.value) == repr(other.value)
    ]

    assert same == []


def test_a_rule_about_what_the_program_makes_is_broken_at_least_once() -> None:
    """A rule whose types no environment has is held by its rows alone."""
    made = {entry["type"] for stack in _STACKS for entry in entries(stack)}
    broken = {mutation.rule for mutation in MUTATIONS}
    groups = {rule.name for group in BY_GROUP for rule in GROUPS[group]}

    unbroken = {rule.name for rule in RULES if rule.name in groups - broken and rule.types[0] in made}

    assert unbroken == set(UNBROKEN)
