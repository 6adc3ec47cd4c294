"""Rules with one word turned round, to see whether any object notices."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from components.security.admission.catalog import Judgement

_TURNED: Final = (
    (r"&&", "||"),
    (r"\|\|", "&&"),
    (r"==", "!="),
    (r"!=", "=="),
    (r"\.all\(", ".exists("),
    (r"\btrue\b", "false"),
    (r"\bfalse\b", "true"),
    (r"!(?=[a-z(])", ""),
)


def mutants(judgement: Judgement) -> Iterator[Judgement]:
    """Yield the rule with each of its words turned round in turn, under names of their own."""
    rule = judgement.rule
    settled, _, said = judgement.expression.partition(" || (")
    index = 0
    for pattern, other in _TURNED:
        for found in re.finditer(pattern, said):
            changed = f"{said[: found.start()]}{other}{said[found.end() :]}"
            name = f"{rule.name}-{_letters(index)}"
            yield replace(judgement, rule=replace(rule, name=name), expression=f"{settled} || ({changed}")
            index += 1


def _letters(index: int) -> str:
    return f"m{index}"
