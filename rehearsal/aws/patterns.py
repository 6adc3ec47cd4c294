"""Matching of the regular expressions in AWS's definitions, which are written for Java."""

from functools import cache
from typing import Any, Final

import regex

# Java's \w, \d and \s are ASCII unless told otherwise, its \p{L} never is; Python's flag would make all of them ASCII.
# The order matters inside a class: in `[\w-_]` Java reads the hyphen as itself, and so it is read after a range.
_ASCII: Final = {"w": "_a-zA-Z0-9", "d": "0-9", "s": r" \t\n\x0b\f\r"}


def matches(pattern: str, value: str) -> bool:
    """Tell whether the whole value matches, as AWS's services require even where a pattern has no anchors."""
    return _compiled(pattern).fullmatch(value) is not None


@cache
def _compiled(pattern: str) -> Any:
    return regex.compile(_translated(pattern))


def _translated(pattern: str) -> str:
    result = []
    in_class = False
    position = 0
    while position < len(pattern):
        character = pattern[position]
        step = 1
        if character == "\\" and position + 1 < len(pattern):
            step = 2
            escaped = pattern[position + 1]
            if escaped in _ASCII:
                result.append(_ASCII[escaped] if in_class else f"[{_ASCII[escaped]}]")
                position += step
                continue
        elif character == "[":
            in_class = True
        elif character == "]":
            in_class = False
        result.append(pattern[position : position + step])
        position += step
    return "".join(result)
