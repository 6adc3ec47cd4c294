"""Makes bad stack files of the good ones: one fault each, at every key the models know, new settings included."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from settings.load import blocks_of
from settings.model import PlatformSettings
from settings.shape import Path, Shape, bounds, shape_of
from tests.environments import PROJECT

# A value of each kind of JSON, to be put where another kind is wanted.
_KINDS: Final = {
    "string": "no such thing",
    "integer": 3,
    "boolean": True,
    "array": [],
    "object": {},
}
# What fits no pattern of the platform's and no other format.
_NO_TEXT: Final = "¿no such thing?"
# Faults of IPv4 networks: a number too large, host bits, a prefix too long, none, IPv6.
_NO_NETWORKS: Final = ("10.0.0.256/16", "10.20.30.40/16", "10.0.0.0/33", "10.0.0.0/", "fd00::/64")
_TOO_LONG: Final = 5000


@dataclass(frozen=True, slots=True)
class Bad:
    """One bad stack file.

    Attributes:
        stack: The environment it is made of.
        fault: What was done to it.
        path: The key that the report must name: this one, or one inside it.
        blocks: Its configuration by key without the namespace.

    """

    stack: str
    fault: str
    path: Path
    blocks: dict[str, Any]

    def __str__(self) -> str:
        """Name it as a test."""
        return f"{self.stack}: {self.fault} {'.'.join(map(str, self.path))}"


def of_schema(stack: str) -> Iterator[Bad]:
    """Yield a bad stack file for each fault that the JSON Schema of the models tells."""
    good = blocks_of(PROJECT / f"Pulumi.{stack}.yaml")
    top = shape_of(PlatformSettings)
    for path, shape, required in _places(top, good, ()):
        yield from _of_key(stack, good, path, required=required)
        for fault, value in _bad_values(shape):
            if value is None and len(path) == 1 and not required:
                continue  # Without a value a block counts as left out.
            yield Bad(stack, fault, path, changed(good, path, value))
        if shape.keys and isinstance(_at(good, path), dict):
            unknown = (*path, "no_such_setting")
            yield Bad(stack, "unknown key", unknown, changed(good, unknown, 1))
    yield Bad(stack, "unknown block", ("no_such_block",), {**copy.deepcopy(good), "no_such_block": {}})


def _places(shape: Shape, value: Any, path: Path) -> Iterator[tuple[Path, Shape, bool]]:
    """Yield path, shape and whether it is required for all keys of the blocks that are there, and for first items."""
    required = [key for branch in shape.alternatives for key in branch.node.get("required", [])]
    for key, child in shape.children:
        yield (*path, key), child, key in required
        if isinstance(value, dict) and isinstance(inner := value.get(key), dict):
            yield from _places(child, inner, (*path, key))
        item = child.child(0)
        if isinstance(value, dict) and isinstance(value.get(key), list) and value[key] and item is not None:
            yield (*path, key, 0), item, False


def _of_key(stack: str, good: dict[str, Any], path: Path, *, required: bool) -> Iterator[Bad]:
    """Yield the faults of a key itself: misspelt, left out."""
    parent = _at(good, path[:-1])
    if isinstance(path[-1], int) or not isinstance(parent, dict) or path[-1] not in parent:
        return
    without = _without(good, path)
    misspelt = (*path[:-1], f"{path[-1][:-1]}_x{path[-1][-1]}")
    yield Bad(stack, "misspelt key", misspelt, changed(without, misspelt, _at(good, path)))
    if required:
        yield Bad(stack, "missing", path, without)


def _bad_values(shape: Shape) -> Iterator[tuple[str, Any]]:
    kinds = {branch.node.get("type") or _kind_of_choices(branch) for branch in shape.alternatives}
    nullable = any(branch.get("type") == "null" for branch in shape.node.get("anyOf", []))
    for kind, value in _KINDS.items():
        if kind not in kinds and not (kind == "integer" and "number" in kinds) and None not in kinds:
            yield f"{kind} instead of {' or '.join(sorted(map(str, kinds)))}", value
    if not nullable and len(shape.alternatives) == 1:
        yield "null", None
    if len(shape.alternatives) == 1:
        yield from _out_of_bounds(shape.alternatives[0].node)


def _kind_of_choices(shape: Shape) -> str | None:
    choices = shape.node.get("enum") or ([shape.node["const"]] if "const" in shape.node else [])
    return {str: "string", int: "integer", bool: "boolean"}.get(type(choices[0])) if choices else None


def _out_of_bounds(node: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if "enum" in node:
        yield "no choice", _NO_TEXT if isinstance(node["enum"][0], str) else 7
    if node.get("type") in {"integer", "number"}:
        low, high = bounds(node, whole=node["type"] == "integer")
        yield from [(f"below {low}", low - 1)] if low is not None else []
        yield from [(f"above {high}", high + 1)] if high is not None else []
    if node.get("type") == "string":
        yield from [("no match", _NO_TEXT)] if "pattern" in node else []
        yield from [("too long", "x" * _TOO_LONG)] if "pattern" in node or "maxLength" in node else []
        yield from [("no network", network) for network in _NO_NETWORKS] if node.get("format") == "ipv4network" else []
    if node.get("minItems"):
        yield f"fewer than {node['minItems']}", []


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = _inside(data, step)
    return data


def _inside(data: Any, step: str | int) -> Any:
    if isinstance(data, list) and isinstance(step, int):
        return data[step]
    return data.get(step) if isinstance(data, dict) else None


def changed(data: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """Return a copy with another value at a path; blocks on the way that are not there are made."""
    result = copy.deepcopy(data)
    place: Any = result
    for step in path[:-1]:
        place = place.setdefault(step, {}) if isinstance(place, dict) else _inside(place, step)
    place[path[-1]] = value
    return result


def _without(data: dict[str, Any], path: Path) -> dict[str, Any]:
    result = copy.deepcopy(data)
    del _at(result, path[:-1])[path[-1]]
    return result
