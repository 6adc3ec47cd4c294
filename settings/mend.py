"""Changes to a stack's configuration: applied to its data, and written as the Pulumi commands that make them."""

import copy
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from settings.shape import Path

NAMESPACE: Final = "platform"
"""The Pulumi project's name, in front of every key."""

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
# What `pulumi config set --path` takes for a number or a boolean unless told otherwise (its own help text).
_READ_AS_OTHER_THAN_TEXT = re.compile(r"[+-]?\d+|true|false")


@dataclass(frozen=True, slots=True)
class Put:
    """Set one value; a list or block only if it is empty."""

    path: Path
    value: object


@dataclass(frozen=True, slots=True)
class Drop:
    """Remove one key or item."""

    path: Path


Edit: TypeAlias = Put | Drop


@dataclass(frozen=True, slots=True)
class Mend:
    """The edits that end one problem."""

    edits: tuple[Edit, ...]
    example: bool = False
    """The value shows the form only; the person has to choose their own."""


def shown(path: Path) -> str:
    """Write a key path as Pulumi reads it: ``platform:network.zones[0]``."""
    if not path:
        return NAMESPACE
    return f"{NAMESPACE}:{path[0]}" + "".join(_step(step) for step in path[1:])


def commands(edit: Edit, stack: str) -> str:
    """Write an edit as the command that makes it."""
    deep = ["--path"] if len(edit.path) > 1 else []
    key = _single_quoted(shown(edit.path))
    tail = ["--stack", shlex.quote(stack)]
    if isinstance(edit, Drop):
        return " ".join(["pulumi config rm", *deep, key, *tail])
    text = edit.value if isinstance(edit.value, str) else json.dumps(edit.value)
    kind = _type_option(edit.value) if deep else []
    if text.startswith("-"):
        return " ".join(["pulumi config set", *deep, key, *kind, *tail, "--", shlex.quote(text)])
    return " ".join(["pulumi config set", *deep, key, shlex.quote(text), *kind, *tail])


def put(path: Path, value: object) -> Iterator[Edit]:
    """Yield the edits that write a value leaf by leaf, for the command sets no lists and blocks."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from put((*path, key), inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from put((*path, index), inner)
    else:
        yield Put(path, value)


def replace(data: Mapping[str, Any], path: Path, value: object) -> tuple[Edit, ...]:
    """Return the edits that put a value where another may be.

    Pulumi turns no scalar into a list or block, nor back; and where a text stood in quotes it leaves the quotes, so
    that a number or a switch in its place would be a text again. In both cases the old value has to go first.
    """
    old = at(data, path)
    alike = not isinstance(value, dict | list) and not isinstance(old, dict | list)
    if old is None or (alike and (isinstance(value, str) or not isinstance(old, str))):
        return tuple(put(path, value))
    siblings = at(data, path[:-1])
    if isinstance(siblings, list) and path[-1] != len(siblings) - 1:
        # Without the item its successors would move up.
        return replace(data, path[:-1], [value if index == path[-1] else item for index, item in enumerate(siblings)])
    return (Drop(path), *put(path, value))


def applied(data: Mapping[str, Any], edits: tuple[Edit, ...]) -> dict[str, Any]:
    """Return the data after the edits, as the commands would leave it."""
    result = copy.deepcopy(dict(data))
    for edit in edits:
        _apply(result, edit)
    return result


def at(data: Any, path: Path) -> Any:
    """Return the value at a path, None if there is none."""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def holds(data: Any, path: Path) -> bool:
    """Tell whether there is a value at a path, be it null."""
    parent = at(data, path[:-1])
    return path[-1] in parent if isinstance(parent, dict) else at(data, path) is not None


def _apply(data: Any, edit: Edit) -> None:
    for step, following in zip(edit.path, edit.path[1:], strict=False):
        fresh: Any = [] if isinstance(following, int) else {}
        if isinstance(data, list) and step == len(data):
            data.append(fresh)
        elif at(data, (step,)) is None:
            data[step] = fresh
        data = data[step]
    last: Any = edit.path[-1]
    if isinstance(edit, Drop):
        del data[last]
    elif isinstance(data, list) and last == len(data):
        data.append(edit.value)
    else:
        data[last] = edit.value


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if _PLAIN_KEY.fullmatch(step):
        return f".{step}"
    escaped = step.replace('"', '\\"')
    return f'["{escaped}"]'


def _single_quoted(text: str) -> str:
    return "'" + text.replace("'", "'\"'\"'") + "'"


def _type_option(value: object) -> list[str]:
    if isinstance(value, float):
        return ["--type", "float"]
    if isinstance(value, str) and _READ_AS_OTHER_THAN_TEXT.fullmatch(value):
        return ["--type", "string"]
    return []
