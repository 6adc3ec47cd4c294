"""Every rule, judged by a real API server: what it refuses, what it lets in, and that each of its words counts."""

from collections.abc import Mapping

import pytest

from components.security.admission.catalog import Scope, catalog
from tests.admission.rows import Row, rows
from tests.admission.server import Server

pytestmark = pytest.mark.tools

_BROKEN = [row for row in rows() if row.broken]
_SOUND = [row for row in rows() if not row.broken]


def _named(row: Row) -> str:
    return row.what


@pytest.mark.parametrize("row", rows(), ids=_named)
def test_an_object_breaks_the_rules_it_should_and_no_other(row: Row, answers: Mapping[str, frozenset[str]]) -> None:
    assert answers[row.what] == row.broken


@pytest.mark.parametrize("row", _BROKEN, ids=_named)
def test_what_breaks_a_rule_is_refused_and_told_what_to_do(row: Row, refusing: Server) -> None:
    refusal = refusing.attempt(row).refusal

    assert any(f"denied request: {catalog()[name].name}: " in refusal for name in row.broken), refusal


@pytest.mark.parametrize("row", _SOUND, ids=_named)
def test_what_breaks_no_rule_is_let_in_without_a_word(row: Row, refusing: Server) -> None:
    answer = refusing.attempt(row)

    assert (answer.refusal, answer.rules()) == ("", frozenset())


def test_every_rule_has_objects_that_break_it_and_such_of_the_same_kind_that_do_not() -> None:
    sound = {row.kind for row in _SOUND}
    for name, rule in catalog().items():
        broken = [row for row in _BROKEN if name in row.broken]
        if rule.group.judges is Scope.TENANTS:
            assert broken, name
            assert {row.kind for row in broken} <= sound | {"Namespace"}


def test_there_are_no_two_rows_of_a_name() -> None:
    assert len({row.what for row in rows()}) == len(rows())
