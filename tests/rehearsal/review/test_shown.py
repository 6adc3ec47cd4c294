"""What others have named stays text in a comment, and what is secret stays out of it."""

import pytest

from rehearsal.review.change import ABSENT, Property
from rehearsal.review.shown import SECRET, cell, code, difference, plain

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("plain", "`plain`"),
        ("", "(empty)"),
        ("a`b", "``a`b``"),
        ("`a`", "`` `a` ``"),
        ("a``b", "```a``b```"),
        ("two\nlines\r\n\n# and a title", "`two lines # and a title`"),
        ("<script>alert(1)</script>", "`<script>alert(1)</script>`"),
        ("@somebody and #1", "`@somebody and #1`"),
        ("--> <!-- platform-review -->", "`--> <!-- platform-review -->`"),
        ("left\u202eright", "`left\\u202eright`"),
        ("zero\u200bwidth\x07", "`zero\\u200bwidth\\u0007`"),
    ],
)
def test_a_name_cannot_leave_its_code_span(text: str, span: str) -> None:
    assert code(text) == span


def test_a_bar_does_not_end_a_cell() -> None:
    assert "|" not in cell("a|b")


def test_a_long_text_is_cut_before_it_is_fenced() -> None:
    assert code("`" * 500, 10) == f"{'`' * 10} {'`' * 9}… {'`' * 10}"


@pytest.mark.parametrize(
    ("each", "line"),
    [
        (Property("a.b", 1, 2), "`a.b`: `1` → `2`"),
        (Property("a", 1, 2, forces=True), "`a`: `1` → `2`, which replaces it"),
        (Property("a", ABSENT, [1]), "`a`: added `[1]`"),
        (Property("a", {"x": True}, ABSENT), '`a`: removed `{"x": true}`'),
        (Property("a", "x", UNKNOWN), "`a`: `x` → `[known after the update]`"),
        (Property("a"), "`a` differs"),
        (Property("a", "[secret]", "[secret]"), "`a` differs, not shown: `[secret]`"),
        (Property("password", "hunter2hunter2", "other-one"), "`password` differs, not shown: `[secret]`"),
        (
            Property("a", {"password": "hunter2hunter2", "user": "u"}, ABSENT),
            '`a`: removed `{"password": "[secret]", "user": "u"}`',
        ),
        (Property("a", "x" * 300 + "old", "x" * 300 + "new"), f"`a`: `…{'x' * 30}old` → `…{'x' * 30}new`"),
    ],
)
def test_a_difference_is_one_line(each: Property, line: str) -> None:
    assert difference("aws:iam/role:Role", each) == line


@pytest.mark.parametrize("path", ["data.key", "stringData", 'data["tls.key"]'])
def test_nothing_of_a_secret_object_is_shown(path: str) -> None:
    assert "harmless" not in difference("kubernetes:core/v1:Secret", Property(path, "harmless words", "harmless too"))


def test_the_rest_of_a_secret_object_is_shown() -> None:
    line = difference("kubernetes:core/v1:Secret", Property("metadata.name", "old", "new"))

    assert line == "`metadata.name`: `old` → `new`"


def test_what_looks_like_a_secret_is_shown_nowhere_in_a_value() -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLE"

    assert plain([{"env": [{"name": "X", "value": key}]}]) == f'[{{"env": [{{"name": "X", "value": "{SECRET}"}}]}}]'
