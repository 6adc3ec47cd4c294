"""Writes what others have named or typed into Markdown, so that it stays text and never shows a secret."""

import json
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from disclosure.recognise import recognise
from policies.values import UNKNOWN_SENTINELS
from rehearsal.review.change import ABSENT, Property, top

SECRET: Final = "[secret]"  # noqa: S105 - the word that stands in place of one
_UNKNOWN: Final = "[known after the update]"
_LONGEST: Final = 160
# Of a long text only what is around its first difference is shown.
_AROUND: Final = 30
# What is longer is not searched for secrets, and so not shown.
_SEARCHED: Final = 20_000
_SECRET_TYPE: Final = "kubernetes:core/v1:Secret"  # noqa: S105 - a type token
# Unicode's categories of what shows nothing itself: controls, formats, private use, halves of pairs, separators.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_SECRET_INPUTS: Final = frozenset({"data", "stringData"})


def code(text: str, limit: int = _LONGEST) -> str:
    """Return a text as a code span: in it neither Markdown nor HTML nor a mention of a person means anything.

    Control and direction characters are spelled out, for they would show another text than there is.
    """
    line = "".join(_visible(each) for each in " ".join(text.split()))
    line = line if len(line) <= limit else f"{line[: limit - 1]}…"
    if not line:
        return "(empty)"
    fence = "`" * (_longest_run(line) + 1)
    padding = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{fence}{padding}{line}{padding}{fence}"


def cell(text: str, limit: int = _LONGEST) -> str:
    """Return a text as a code span within a table, where a bar would end the cell even in code."""
    return code(text, limit).replace("|", "¦")


def difference(kind: str, each: Property) -> str:
    """Return what one property was and will be, as ``path: old → new``."""
    key = each.path.rpartition(".")[2].partition("[")[0]
    hidden = kind == _SECRET_TYPE and top(each.path) in _SECRET_INPUTS
    old, new = (SECRET if hidden else plain(value, key) for value in (each.old, each.new))
    if isinstance(each.old, str) and isinstance(each.new, str) and max(len(old), len(new)) > _LONGEST:
        old, new = _around(old, new)
    forces = ", which replaces it" if each.forces else ""
    if each.old is ABSENT and each.new is ABSENT:
        return f"{code(each.path)} differs{forces}"
    if each.old is ABSENT:
        return f"{code(each.path)}: added {code(new)}{forces}"
    if each.new is ABSENT:
        return f"{code(each.path)}: removed {code(old)}{forces}"
    # Two that are hidden, or differ where nothing is shown.
    if old == new:
        return f"{code(each.path)} differs, not shown: {code(old)}{forces}"
    return f"{code(each.path)}: {code(old)} → {code(new)}{forces}"


def plain(value: Any, key: str = "") -> str:
    """Return a value as one text in which no secret stands."""
    safe = _safe(value, key)
    return safe if isinstance(safe, str) else json.dumps(safe, ensure_ascii=False)


def _safe(value: Any, key: str) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _safe(item, str(name)) for name, item in value.items()}
    if isinstance(value, list):
        return [_safe(item, key) for item in value]
    if not isinstance(value, str):
        return "" if value is ABSENT else value
    if value in UNKNOWN_SENTINELS:
        return _UNKNOWN
    if len(value) > _SEARCHED:
        return f"[a text of {len(value)} characters]"
    return SECRET if _recognised(value, key) else value


# The same values come again and again, and the search takes its time.
_recognised = lru_cache(10_000)(recognise)


def _around(old: str, new: str) -> tuple[str, str]:
    """Return what is around the first difference of two long texts."""
    start = max(0, _shared(old, new) - _AROUND)
    before = "…" if start else ""
    return before + old[start:], before + new[start:]


def _shared(old: str, new: str) -> int:
    """Return with how many characters both begin."""
    return next(
        (n for n, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), min(len(old), len(new))
    )


def _visible(character: str) -> str:
    hidden = unicodedata.category(character) in _INVISIBLE
    return f"\\u{ord(character):04x}" if hidden else character


def _longest_run(line: str) -> int:
    longest = run = 0
    for each in line:
        run = run + 1 if each == "`" else 0
        longest = max(longest, run)
    return longest
