"""The comment says the verdict first and the dangerous before the rest, fits, and is what was reviewed."""

from datetime import date

import pytest

from rehearsal.review import classes, guard
from rehearsal.review.change import Change, Property
from rehearsal.review.comment import LIMIT, MARKER, Reviewed, comment, unjudged
from rehearsal.review.findings import Cost, Policies
from rehearsal.review.guard import Verdict
from tests.rehearsal.review.cases import CASES, Case, comments, reviewed
from tests.rehearsal.review.changes import change, stack

RULES = classes.load()
NO_ROOM = "**Left out for want of room**"


def _comment(*changes: Change, verdict: Verdict | None = None, limit: int | None = LIMIT, **said: object) -> str:
    each = Reviewed(change=stack(*changes), policies=Policies(), **said)  # type: ignore[arg-type] # by name
    return comment([each], verdict or Verdict(), RULES, whole="all.md", limit=limit)


def test_comments_are_what_was_reviewed() -> None:
    said = comments()

    kept = {path: path.read_text(encoding="utf-8") for path in said}
    assert said == kept, "if it is meant: python -m tests.rehearsal.review.cases, and review the diff"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_prepared_change_ends_as_it_should_by_rehearsals_and_by_plan(case: Case) -> None:
    assert [reviewed(arguments)[0] for arguments in (case.rehearsed, case.planned)] == [case.status] * 2


def test_the_first_line_is_the_one_by_which_a_comment_is_found() -> None:
    every = [*comments().values(), _comment(), unjudged("nothing is there")]

    assert {text.splitlines()[0] for text in every} == {MARKER}
    assert {text.count(MARKER) for text in every} == {1}


def test_what_ends_state_comes_first_and_what_is_made_last() -> None:
    changes = [
        change("create", "kubernetes:core/v1:ConfigMap", "made"),
        change("update", "aws:s3/bucket:Bucket", "kept"),
        change("delete", "kubernetes:core/v1:ConfigMap", "gone"),
        change("update", "aws:iam/role:Role", "role"),
        change("replace", "aws:eks/nodeGroup:NodeGroup", "nodes"),
        change("delete", "aws:iam/role:Role", "other-role"),
        change("replace", "aws:rds/instance:Instance", "database"),
        change("update", "aws:ec2/subnet:Subnet", "subnet"),
        change("delete", "aws:kms/key:Key", "key"),
    ]

    lines = [line.rpartition("` `")[2].strip("`") for line in _comment(*changes).splitlines() if line.startswith("- ")]

    assert lines == ["key", "database", "other-role", "role", "subnet", "nodes", "kept", "gone", "made"]


def test_the_riskiest_stack_comes_first() -> None:
    stacks = [
        stack(change("create", "aws:s3/bucket:Bucket", stack="a"), name="a"),
        stack(change("delete", "aws:s3/bucket:Bucket", stack="b"), name="b"),
        stack(name="c"),
    ]

    text = comment([Reviewed(change=each, policies=Policies()) for each in stacks], Verdict(), RULES, whole="all.md")

    assert [line for line in text.splitlines() if line.startswith("###")] == [
        f"### `{name}`: planned by the engine on the stack's state" for name in "bac"
    ]


@pytest.mark.parametrize("width", [1, 300])
@pytest.mark.parametrize("sign", ["a", "漢", "`", "\u202e"])
def test_however_much_changes_the_comment_fits_and_says_what_it_leaves_out(width: int, sign: str) -> None:
    changes = [change("delete", "aws:s3/bucket:Bucket", f"bucket-{number}-{sign * width}") for number in range(20)] + [
        change(
            "update", "aws:iam/role:Role", f"role-{number}", *[Property(f"p{n}", sign * width, "") for n in range(10)]
        )
        for number in range(600)
    ]
    verdict = guard.judge([stack(*changes)], RULES, (), date(2026, 11, 22))
    policies = Policies(new=tuple(f"rule ({sign * width}): {number}" for number in range(500)))
    each = Reviewed(change=stack(*changes), policies=policies)

    text = comment([each], verdict, RULES, whole="all.md")

    assert len(text.encode()) <= LIMIT
    shown = sum(line.startswith("- ✗ **delete**") for line in text.splitlines())
    updates = sum(line.startswith("- **update**") for line in text.splitlines())
    assert shown == 20
    assert f"{NO_ROOM}: {600 - updates} changes of the least risk. The whole is in `all.md`." in text


def test_the_whole_leaves_nothing_out() -> None:
    changes = [change("update", "aws:iam/role:Role", f"role-{number}-{'x' * 110}") for number in range(500)]
    each = Reviewed(change=stack(*changes), policies=Policies(new=tuple(f"rule: {number}" for number in range(100))))

    cut, whole = (comment([each], Verdict(), RULES, whole="all.md", limit=limit) for limit in (LIMIT, None))

    assert NO_ROOM in cut
    assert NO_ROOM not in whole
    assert whole.count("**update**") == 500
    assert whole.count("`rule: ") == 100


def test_many_stacks_fit_too() -> None:
    many = [
        Reviewed(
            change=stack(
                *[change("delete", "aws:s3/bucket:Bucket", f"b{n}", stack=f"s{number}") for n in range(50)],
                name=f"s{number}",
            ),
            policies=Policies(),
        )
        for number in range(100)
    ]
    verdict = guard.judge([each.change for each in many], RULES, (), date(2026, 11, 22))

    text = comment(many, verdict, RULES, whole="all.md")

    assert len(text.encode()) <= LIMIT
    assert NO_ROOM in text


def test_a_comment_with_room_leaves_nothing_out() -> None:
    assert NO_ROOM not in _comment(change("update", "aws:iam/role:Role", "role", Property("p", 1, 2)))


def test_what_forces_a_replacement_is_told_before_what_does_not() -> None:
    text = _comment(
        change("replace", "aws:eks/nodeGroup:NodeGroup", "n", Property("a", 1, 2), Property("z", 3, 4, forces=True))
    )

    assert text.index("`z`: `3` → `4`, which replaces it") < text.index("`a`: `1` → `2`")


def test_a_permission_is_told_with_who_answers_for_it() -> None:
    gone = change("delete", "aws:s3/bucket:Bucket", "old")
    allowance = guard.Allowance(gone.urn, "delete", "a@example.com", "moved", date(2026, 12, 1))

    text = _comment(gone, verdict=Verdict(allowed={gone: allowance}))

    assert "allowed until 2026-12-01" in text
    assert "(a@example.com: moved)" in text


@pytest.mark.parametrize(
    ("cost", "cell"),
    [
        (None, "not known"),
        (Cost(0, 0.001, 0), "as before"),
        (Cost(90, 100, 250), "+100 USD (+90 to +250)"),
        (Cost(1, 2, 3, without=("nodes (no price)",)), "+2 USD (+1 to +3), 1 in no sum"),
        (Cost(0, 0, 0, without=("nodes (no price)",)), "as before, 1 in no sum"),
        (Cost(-3000, -2000, -1000), "-2,000 USD (-3,000 to -1,000)"),
    ],
)
def test_cost_is_told_with_its_bounds(cost: Cost | None, cell: str) -> None:
    assert f"| {cell} | not known |" in _comment(cost=cost)


def test_what_is_not_judged_is_no_pass() -> None:
    text = unjudged("the base is missing")

    assert "Not judged" in text
    assert "`the base is missing`" in text
    assert "must not pass" in text
