"""docs/upgrading.md says what the table and the reviewed plans say."""

import pytest

from tests.changes import document
from tests.changes.table import Change, changes


def test_the_document_is_fresh() -> None:
    assert document.FILE.read_text(encoding="utf-8") == document.written(changes()), "write it anew: make upgrading"


@pytest.mark.parametrize("change", changes(), ids=lambda change: change.name)
def test_a_change_says_what_it_interrupts_and_how_to_go_back(change: Change) -> None:
    assert change.interrupts.endswith(".")
    assert change.undo.endswith(".")


def test_every_heading_of_the_contents_is_there() -> None:
    text = document.FILE.read_text(encoding="utf-8")
    headings = {line.lstrip("# ") for line in text.splitlines() if line.startswith("#")}

    assert {change.title for change in changes()} <= headings
