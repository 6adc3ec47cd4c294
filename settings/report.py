"""The report a person gets when a stack's configuration is wrong: every problem at once, each with what mends it."""

import textwrap
from collections.abc import Sequence
from typing import Final

import pulumi

from settings.mend import commands, shown
from settings.problems import Problem
from settings.shape import counted

WIDTH: Final = 100
"""Columns of the report; only a command may be longer, for it must stay one line to be copied."""

_INDENT: Final = 5
_REFERENCE: Final = "docs/reference/settings.md"


class SettingsError(pulumi.RunError):
    """All that is wrong with a stack's configuration; Pulumi prints it without a traceback.

    Attributes:
        problems: The problems, in the model's order.
        stack: The stack's name.

    """

    def __init__(self, problems: Sequence[Problem], stack: str) -> None:
        super().__init__(render(problems, stack))
        self.problems = tuple(problems)
        self.stack = stack


def render(problems: Sequence[Problem], stack: str) -> str:
    """Return the report."""
    parts = [f"Pulumi.{stack}.yaml: {counted(len(problems), 'problem')}"]
    parts += [_item(number, problem, stack) for number, problem in enumerate(problems, start=1)]
    parts.append(f"Every setting and its meaning: {_REFERENCE}")
    return "\n\n".join(parts)


def _item(number: int, problem: Problem, stack: str) -> str:
    head = f"{number:>2}.  {shown(problem.path)}"
    if problem.value is not None:
        head += f" = {problem.value}"
    lines = [head, *_wrapped(problem.says), *_wrapped(problem.meaning)]
    if problem.mend is None:
        lines.append(f"{' ' * _INDENT}Only you know the right value; change it in Pulumi.{stack}.yaml.")
    else:
        lines.append(" " * _INDENT + ("For example:" if problem.mend.example else "To mend it:"))
        lines += [f"{' ' * _INDENT}  {commands(edit, stack)}" for edit in problem.mend.edits]
    return "\n".join(lines)


def _wrapped(text: str) -> list[str]:
    margin = " " * _INDENT
    return textwrap.wrap(
        text, WIDTH, initial_indent=margin, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False
    )
