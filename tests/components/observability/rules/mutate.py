"""Mutants of every rule: each changed in one way that somebody could change it by mistake, tried against its cases.

``python -m tests.components.observability.rules.mutate [THEME…]`` prints those that no case notices.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import promql_parser

from components.kit.monitoring import Owner, Severity
from components.observability.rules.catalog import Alert, Group, Recording, Rule, Theme, themes
from tests.components.observability.rules.promtool import Trial, failures

# Longer operators first; what is in quotes or names a matcher (`=`, `=~`) is none.
_COMPARISON: Final = re.compile(r'"[^"]*"|==|!=|>=|<=|=~|!~|>|<')
# A series whose value is 1 gives only its labels: divided by it or multiplied, the result is the same.
_ARITHMETIC: Final = re.compile(r'"[^"]*"|\* on \([a-z, ]+\)\s+group_left|(?<=\s)([*/+-])(?=\s)')
_OPPOSITE: Final = {"==": "!=", "!=": "==", ">": "<=", "<=": ">", "<": ">=", ">=": "<"}
_OTHER: Final = {"*": "/", "/": "*", "+": "-", "-": "+"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A rule that is not as it should be.

    Attributes:
        rule: The name of the rule.
        change: What was done to it.
        instead: What stands in its place; nothing if it was deleted.

    """

    rule: str
    change: str
    instead: Rule | None


def mutants(rule: Rule) -> Iterator[Mutant]:
    """Yield the mutants of a rule."""
    yield Mutant(rule=rule.name, change="deleted", instead=None)
    for expression, change in _expressions(rule.expr):
        yield _changed(rule, change, expr=expression)
    if isinstance(rule, Alert):
        yield from _alerts(rule)


def _alerts(rule: Alert) -> Iterator[Mutant]:
    if rule.for_:
        yield _changed(rule, "does not wait", for_=None)
        yield _changed(rule, "waits for ever", for_="52w")
    for label, values in (("severity", Severity), ("owner", Owner)):
        present = getattr(rule.labels, label)
        other = next(value for value in values if value != present)
        yield _changed(rule, f"{label} {other}", labels=rule.labels.model_copy(update={label: other}))
    words = rule.annotations.model_copy(update={"description": "Something is wrong."})
    yield _changed(rule, "says something else", annotations=words)


def _expressions(expression: str) -> Iterator[tuple[str, str]]:
    for match in _COMPARISON.finditer(expression):
        opposite = _OPPOSITE.get(match[0])
        changed = expression[: match.start()] + (opposite or "") + expression[match.end() :]
        if opposite and _sound(changed):
            yield changed, f"{match[0]} at {match.start()} inverted"
    for match in _ARITHMETIC.finditer(expression):
        other = _OTHER.get(match[1] or "")
        changed = expression[: match.start()] + f"{other}" + expression[match.end() :]
        if other and _sound(changed):
            yield changed, f"{match[1]} at {match.start()} exchanged"


def _sound(expression: str) -> bool:
    try:
        promql_parser.parse(expression)
    except ValueError:
        return False
    return True


def _changed(rule: Rule, change: str, **update: Any) -> Mutant:
    return Mutant(rule=rule.name, change=change, instead=rule.model_copy(update=update))


def survivors(theme: Theme, folder: Path) -> tuple[int, list[str]]:
    """Return how many mutants a theme has, and those that no case of their rule notices."""
    every = [mutant for rule in theme.rules for mutant in mutants(rule)]
    trials = [
        Trial(name=f"{number}", theme=theme, groups=_groups(theme, mutant), tests=[mutant.rule])
        for number, mutant in enumerate(every)
    ]
    noticed = failures(trials, folder)
    return len(every), [
        f"{each.rule}: {each.change}" for number, each in enumerate(every) if f"{number}" not in noticed
    ]


def _groups(theme: Theme, mutant: Mutant) -> list[Group]:
    """Return the mutant beside what is recorded for it; other alerts have no part in its cases."""
    groups = []
    for group in theme.groups:
        rules: list[Rule] = []
        for rule in group.rules:
            if rule.name == mutant.rule:
                rules += [mutant.instead] if mutant.instead else []
            elif isinstance(rule, Recording):
                rules.append(rule)
        if rules:
            groups.append(group.model_copy(update={"rules": tuple(rules)}))
    return groups


def main(names: Sequence[str]) -> int:
    """Try the mutants of some themes, or of all; return the exit status."""
    total, alive = 0, []
    for theme in themes():
        if not names or theme.name in names:
            with TemporaryDirectory() as folder:
                count, surviving = survivors(theme, Path(folder))
            total += count
            alive += [f"{theme.name}: {each}" for each in surviving]
    print(*alive, f"{total - len(alive)} of {total} mutants noticed", sep="\n")  # noqa: T201 - a command speaks by printing
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
