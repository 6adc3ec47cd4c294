"""What each environment is has been reviewed: a change shows as a changed line."""

import pytest

from tests.environments import PROJECT, STACKS, assembled
from tests.graphs.picture import draw


@pytest.mark.parametrize("stack", STACKS)
def test_an_environment_is_what_was_reviewed(stack: str) -> None:
    reviewed = (PROJECT / "tests" / "graphs" / f"{stack}.txt").read_text(encoding="utf-8")

    assert draw(assembled(stack)) == reviewed, "if the change is meant: make graphs, and review the diff"
