"""The guard refuses what is beyond its limits, and lets through only what somebody answers for, for a time."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml

from rehearsal.review import classes, guard
from rehearsal.review.change import OPERATIONS, Change, UnreadableError
from rehearsal.review.guard import Allowance, judge
from tests.changes.table import Change as Ordinary
from tests.changes.table import changes as ordinary_changes
from tests.changes.words import read
from tests.rehearsal.review.changes import change, stack

HERE = Path(__file__).parent
TODAY = date(2026, 11, 22)
RULES = classes.load()
# One type for each class, to count with.
TYPES = {
    "state": "aws:rds/instance:Instance",
    "identity": "aws:iam/role:Role",
    "network": "aws:ec2/subnet:Subnet",
    "nodes": "aws:eks/nodeGroup:NodeGroup",
    "cluster": "aws:eks/addon:Addon",
    "rest": "kubernetes:core/v1:ConfigMap",
}
LIMITED = [
    (environment, name, operation, limit)
    for environment in ("prod", "prod-dr", "staging", "dev", "dev.alice", "new-one")
    for name, limits in RULES.limits_of(environment).items()
    for operation, limit in limits.items()
]


def _many(number: int, name: str, operation: str, environment: str) -> list[Change]:
    return [change(operation, TYPES[name], f"thing-{n}", stack=environment) for n in range(number)]  # type: ignore[arg-type] # of OPERATIONS


@pytest.mark.parametrize(("environment", "name", "operation", "limit"), LIMITED)
def test_as_many_as_the_limit_pass_and_one_more_does_not(
    environment: str, name: str, operation: str, limit: int | str
) -> None:
    most = 200 if limit == "any" else int(limit)

    within = judge([stack(*_many(most, name, operation, environment), name=environment)], RULES, (), TODAY)
    beyond = judge([stack(*_many(most + 1, name, operation, environment), name=environment)], RULES, (), TODAY)

    assert within.refusals == ()
    assert len(beyond.refusals) == (limit != "any")
    assert len(beyond.refused) == (0 if limit == "any" else most + 1)


@pytest.mark.parametrize("environment", ["prod", "prod-dr", "staging", "something-new"])
@pytest.mark.parametrize("operation", ["delete", "replace", "unprotect"])
def test_nothing_that_holds_state_ends_where_people_depend_on_it(environment: str, operation: str) -> None:
    assert RULES.limits_of(environment)["state"][operation] == 0  # type: ignore[index] # of OPERATIONS


def _ordinary(row: Ordinary) -> list[Change]:
    return [
        change(
            # To give protection is no danger.
            "update" if each.operation == "protect" else each.operation,  # type: ignore[arg-type] # of OPERATIONS
            each.type,
            each.name,
            stack=row.stack,
            protected=each.operation == "unprotect",
        )
        for each in read(row.golden.read_text(encoding="utf-8"))
    ]


def test_the_ordinary_changes_pass_but_for_those_that_somebody_must_answer_for() -> None:
    refused = {}
    for row in ordinary_changes():
        changes = _ordinary(row)
        found = judge([stack(*changes, name=row.stack)], RULES, (), TODAY)
        if found.refusals:
            kinds = Counter(f"{RULES.of(each).name} {each.operation}" for each in found.refused)
            refused[row.name] = sorted(kinds)

    assert refused == yaml.safe_load((HERE / "ordinary.yaml").read_text(encoding="utf-8"))


def test_limits_count_each_stack_alone() -> None:
    one = [stack(change("replace", TYPES["nodes"], stack=name), name=name) for name in ("prod", "prod-dr")]

    assert judge(one, RULES, (), TODAY).refusals == ()


GONE = change("delete", TYPES["state"], "database")


def _allowance(resource: str = GONE.urn, operation: str = "delete", expires: date = date(2026, 12, 1)) -> Allowance:
    return Allowance(resource, operation, "a@example.com", "it has moved", expires)


def test_a_permission_lets_through_what_it_names() -> None:
    verdict = judge([stack(GONE)], RULES, [_allowance("urn:pulumi:prod::*::data*")], TODAY)

    assert verdict.refusals == ()
    assert list(verdict.allowed) == [GONE]


def test_a_permission_counts_on_its_last_day() -> None:
    assert judge([stack(GONE)], RULES, [_allowance(expires=TODAY)], TODAY).refusals == ()


@pytest.mark.parametrize(
    ("allowance", "sentence"),
    [
        (_allowance(expires=date(2026, 11, 21)), "ended on 2026-11-21; remove it, or have its owner renew it."),
        (_allowance(expires=date(2026, 12, 24)), "lasts until 2026-12-24; give it no more than 31 days."),
    ],
)
def test_a_permission_of_the_wrong_length_refuses_and_allows_nothing(allowance: Allowance, sentence: str) -> None:
    verdict = judge([stack(GONE)], RULES, [allowance], TODAY)

    assert len(verdict.refusals) == 2
    assert verdict.refusals[0].endswith(sentence)
    assert verdict.refused == {GONE}


@pytest.mark.parametrize(
    ("allowance", "refusals"),
    [
        (_allowance("urn:pulumi:prod::*::dtabase"), 2),
        (_allowance(operation="replace"), 2),
        (_allowance("urn:pulumi:staging::*::database"), 1),
    ],
    ids=["misspelt", "another operation", "another stack, which is not reviewed"],
)
def test_a_permission_that_fits_nothing_allows_nothing_and_refuses_itself(allowance: Allowance, refusals: int) -> None:
    verdict = judge([stack(GONE)], RULES, [allowance], TODAY)

    assert len(verdict.refusals) == refusals
    assert verdict.refused == {GONE}


def test_a_permission_that_is_left_over_is_refused_in_one_sentence() -> None:
    (refusal,) = judge([stack()], RULES, [_allowance()], TODAY).refusals

    told = f"the permission to delete {GONE.urn} (a@example.com: it has moved)"
    assert refusal == f"allowed.toml: nothing in this change needs {told}; remove it, for it would allow the next one."


def test_a_permission_for_what_is_within_the_limits_is_left_over_too() -> None:
    nodes = change("replace", TYPES["nodes"], "nodes-general")

    assert len(judge([stack(nodes)], RULES, [_allowance(nodes.urn, "replace")], TODAY).refusals) == 1


def test_permissions_leave_the_limit_to_the_others() -> None:
    nodes = [change("replace", TYPES["nodes"], f"nodes-{name}") for name in ("a", "b")]

    verdict = judge([stack(*nodes)], RULES, [_allowance(nodes[0].urn, "replace")], TODAY)

    assert verdict.refusals == ()
    assert list(verdict.allowed) == nodes[:1]


ENTRY = """
[[allow]]
resource = "urn:pulumi:prod::*::nodes-*"
operation = "replace"
owner = "a@example.com"
reason = "they move"
expires = 2026-12-01
"""


def test_permissions_are_read_as_written(tmp_path: Path) -> None:
    file = tmp_path / "allowed.toml"
    file.write_text(ENTRY, encoding="utf-8")

    assert guard.load(file) == (
        Allowance("urn:pulumi:prod::*::nodes-*", "replace", "a@example.com", "they move", date(2026, 12, 1)),
    )


def test_the_permissions_of_this_repository_can_be_read() -> None:
    assert all(each.operation in OPERATIONS for each in guard.load())


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('owner = "a@example.com"\n', "", "give exactly expires, operation, owner, reason, resource"),
        ('reason = "they move"', 'reason = " "', "reason must be a text that is not empty"),
        ("2026-12-01", '"2026-12-01"', "expires must be a date without quotes"),
        ('"replace"', '"explode"', "there is no operation explode"),
        ("urn:pulumi:prod::*::nodes-*", "*", "resource must name its stack and its resource"),
        ("urn:pulumi:prod::*::nodes-*", "urn:pulumi:*::*::nodes-*", "resource must name its stack and its resource"),
        ("urn:pulumi:prod::*::nodes-*", "urn:pulumi:prod::*::*", "resource must name its stack and its resource"),
        ("[[allow]]", "[[alow]]", "holds [[allow]] tables only, not alow"),
        ("[[allow]]", "[[allow", "is not TOML"),
    ],
)
def test_a_malformed_permission_is_told_in_one_sentence(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    file = tmp_path / "allowed.toml"
    file.write_text(ENTRY.replace(before, after), encoding="utf-8")

    with pytest.raises(UnreadableError, match=sentence.replace("[", r"\[")):
        guard.load(file)
