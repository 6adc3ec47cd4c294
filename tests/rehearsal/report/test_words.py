"""Durations, numbers and types read as a person would say them."""

import pytest

from rehearsal.report.words import about, count, duration, joined, one_line, short_type


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.04, "0.1 s"),
        (0.4, "0.4 s"),
        (1, "1 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (120, "2 min"),
        (606, "10 min 6 s"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(("minutes", "said"), [(15.83, "16 minutes"), (1.2, "1 minute"), (0.5, "30 s"), (0, "0 s")])
def test_estimates_are_no_more_exact_than_they_are(minutes: float, said: str) -> None:
    assert about(minutes) == said


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [(1, "resource", "1 resource"), (0, "resource", "0 resources"), (2, "policy", "2 policies"), (2, "day", "2 days")],
)
def test_counts(number: int, noun: str, said: str) -> None:
    assert count(number, noun) == said


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("aws:ec2/vpc:Vpc", "ec2 Vpc"),
        ("kubernetes:core/v1:Namespace", "Namespace"),
        ("random:index/randomId:RandomId", "RandomId"),
        ("odd", "odd"),
    ],
)
def test_types(token: str, said: str) -> None:
    assert short_type(token) == said


@pytest.mark.parametrize(("items", "said"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b, and c")])
def test_lists(items: list[str], said: str) -> None:
    assert joined(items) == said


def test_an_error_of_many_lines_becomes_one_and_is_cut() -> None:
    assert one_line("a\n  b\t c") == "a b c"
    assert one_line("x" * 700) == "x" * 599 + "…"
