"""Tells which stacks there are, and asks Pulumi for one of them: every pipeline calls it in the same words."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rehearsal.workspace import PROJECT, stack_names

_POLICIES: Final = ("--policy-pack", "policies/analyzer")
_QUIET: Final = ("--non-interactive", "--color", "never")


class NoSuchStackError(Exception):
    """There is no stack of that name; the text names those there are."""


def known(stack: str, project: Path = PROJECT) -> str:
    """Return the name of a stack that exists.

    Raises:
        NoSuchStackError: it does not.

    """
    names = stack_names(project)
    if stack not in names:
        raise NoSuchStackError(f"There is no stack {stack}: the stacks here are {', '.join(names)}.")
    return stack


def preview(stack: str, plan: Path) -> Sequence[str]:
    """Return the command that previews a stack, judged by the policies, and saves what an `up` may do to `plan`."""
    return ("pulumi", "preview", "--stack", stack, *_QUIET, *_POLICIES, "--diff", "--save-plan", str(plan))


def up(stack: str, plan: Path) -> Sequence[str]:
    """Return the command that does what `plan` says and nothing else: Pulumi stops where the stack wants another thing.

    The preview is left out: the plan is one, and somebody has read it.
    """
    return ("pulumi", "up", "--stack", stack, *_QUIET, *_POLICIES, "--yes", "--skip-preview", "--plan", str(plan))


def drift(stack: str) -> Sequence[str]:
    """Return the command that fails if the cloud is not what the stack says; it changes neither."""
    return ("pulumi", "preview", "--stack", stack, *_QUIET, "--diff", "--refresh", "--expect-no-changes")
