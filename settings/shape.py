"""What a settings model allows at a key path, read from its JSON Schema and told in words."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeAlias

from pydantic import BaseModel

Path: TypeAlias = tuple[str | int, ...]
"""The way to a value: keys of blocks and indexes of lists, from the top."""

Node: TypeAlias = dict[str, Any]

_FORMATS = {
    "ipv4network": "an IPv4 network such as 10.0.0.0/16",
    "ipv4": "an IPv4 address",
    "ipv6network": "an IPv6 network",
    "ipv6": "an IPv6 address",
    "date": "a date such as 2026-01-31",
    "uri": "a URL",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """The part of a model's JSON Schema that speaks about one value."""

    node: Node
    definitions: Node

    @property
    def alternatives(self) -> list["Shape"]:
        """The shapes the value may have; one, unless the field is a union. The null of an optional value is none."""
        branches = self.node.get("anyOf") or self.node.get("oneOf")
        if branches is None:
            return [self]
        shapes = [shape for branch in branches for shape in self._at(branch).alternatives]
        return [shape for shape in shapes if shape.node.get("type") != "null"]

    @property
    def keys(self) -> list[str]:
        """The keys of a block, in the model's order."""
        return [key for key, _ in self.children]

    @property
    def children(self) -> list[tuple[str, "Shape"]]:
        """The keys of a block with the shapes of their values."""
        return [
            (key, shape._at(node))  # noqa: SLF001  # a shape looks into its own branches
            for shape in self.alternatives
            for key, node in shape.node.get("properties", {}).items()
        ]

    @property
    def meaning(self) -> str:
        """The first sentence of the field's docstring."""
        text = " ".join(self.node.get("description", "").split())
        end = text.find(". ")
        return text if end < 0 else text[: end + 1]

    def has(self, word: str) -> bool:
        """Tell whether the schema says something under this keyword, if only ``null``."""
        return word in self.node

    def child(self, step: str | int) -> "Shape | None":
        """Return the shape of a key's or an item's value; None if there can be no such key or item."""
        return next((shape for branch in self.alternatives if (shape := branch._child(step))), None)  # noqa: SLF001  # a shape looks into its own branches

    def words(self) -> str:
        """Say what is allowed, as the end of a sentence that begins with "must be"."""
        texts = [shape._words() for shape in self.alternatives]  # noqa: SLF001  # as above
        nullable = any(branch.get("type") == "null" for branch in self.node.get("anyOf", []))
        return listed(texts + ["null"] * nullable, "or")

    def _at(self, node: Node) -> "Shape":
        target = node.get("$ref")
        if target is None:
            return Shape(node, self.definitions)
        return self._at(
            {**self.definitions[target.rsplit("/", 1)[1]], **{k: v for k, v in node.items() if k != "$ref"}}
        )

    def _child(self, step: str | int) -> "Shape | None":
        if isinstance(step, int):
            fixed = self.node.get("prefixItems", [])
            found = fixed[step] if step < len(fixed) else self.node.get("items")
        else:
            patterns = self.node.get("patternProperties", {})
            found = self.node.get("properties", {}).get(step) or self.node.get("additionalProperties") or None
            found = found or next(iter(patterns.values()), None)
        return self._at(found) if isinstance(found, dict) else None

    def _words(self) -> str:
        if "enum" in self.node:
            choices = [quoted(value) for value in self.node["enum"]]
            return f"one of {listed(choices, 'or')}" if len(choices) > 1 else choices[0]
        if "const" in self.node:
            return quoted(self.node["const"])
        kinds = {
            "string": self._text,
            "integer": lambda: f"a whole number{self._range(whole=True)}",
            "number": lambda: f"a number{self._range(whole=False)}",
            "boolean": lambda: "true or false",
            "array": self._list,
            "object": self._block,
        }
        return kinds.get(self.node.get("type", ""), lambda: "a value")()

    def _text(self) -> str:
        words = _FORMATS.get(self.node.get("format", ""), "text")
        words += _amount(" of ", self.node.get("minLength"), self.node.get("maxLength"), "character")
        if "pattern" not in self.node:
            return words
        such_as = f" such as {quoted(self.node['examples'][0])}" if self.node.get("examples") else ""
        return f"{words}{such_as} that matches {quoted(self.node['pattern'])}"

    def _range(self, *, whole: bool) -> str:
        low, high = bounds(self.node, whole=whole)
        above, below = (self.node.get(f"exclusive{end}") for end in ("Minimum", "Maximum"))
        parts = []
        if low is not None and high is not None:
            parts.append(f"from {low} to {high}")
        elif low is not None:
            parts.append(f"of at least {low}")
        elif high is not None:
            parts.append(f"of at most {high}")
        if not whole:
            open_ends = [f"greater than {above}"] * (above is not None) + [f"less than {below}"] * (below is not None)
            parts += [listed(open_ends, "and")] * bool(open_ends)
        if "multipleOf" in self.node:
            parts.append(f"that is a multiple of {self.node['multipleOf']}")
        return "".join(f" {part}" for part in parts)

    def _list(self) -> str:
        fixed = [self._at(node).words() for node in self.node.get("prefixItems", [])]
        if fixed:
            return f"a list of {listed(fixed, 'and')}"
        words = f"a list{_amount(' of ', self.node.get('minItems'), self.node.get('maxItems'), 'item') or ' of items'}"
        item = self.child(0)
        return f"{words}, each {item.words()}" if item else words

    def _block(self) -> str:
        if self.keys:
            return f"a block of the keys {listed([quoted(key) for key in self.keys], 'and')}"
        value = self.child("any")
        least, most = self.node.get("minProperties"), self.node.get("maxProperties")
        words = f"a block of names{_amount(', ', least, most, 'name')}"
        return f"{words}, the value of each {value.words()}" if value else words


@dataclass(frozen=True, slots=True)
class Place:
    """Where an error lies: its key path, what is allowed there, and where it stands in the model."""

    path: Path
    shape: Shape | None
    """None below an unknown key."""
    position: tuple[tuple[int, str], ...]
    """Sorts problems as the model orders its fields; unknown keys come last in their block."""
    union: Path | None = None
    """The path of the union whose branch `branch` complains."""
    branch: str = ""
    is_key: bool = False
    """The name at the path is wrong, not its value; `shape` is the block's."""


@cache
def shape_of(model: type[BaseModel]) -> Shape:
    """Return the shape of a whole model."""
    schema = model.model_json_schema()
    return Shape(schema, schema.get("$defs", {}))


def locate(top: Shape, location: Path) -> Place:
    """Translate a pydantic location, which names union branches too, into a place."""
    named = location[-1:] == ("[key]",)
    place = Place((), top, ())
    for step in location[:-2] if named else location:
        place = _descend(place, step)
    return replace(place, path=(*place.path, location[-2]), is_key=True) if named else place


def _descend(place: Place, step: str | int) -> Place:
    shape = place.shape
    child = shape.child(step) if shape else None
    if child is None and shape and len(shape.alternatives) > 1 and place.union != place.path:
        return Place(place.path, shape, place.position, union=place.path, branch=str(step))
    keys = shape.keys if shape else []
    order = step if isinstance(step, int) else keys.index(step) if step in keys else len(keys)
    return Place((*place.path, step), child, (*place.position, (order, str(step))), place.union, place.branch)


def bounds(node: Node, *, whole: bool) -> tuple[float | None, float | None]:
    """Return the least and the greatest allowed number; exclusive bounds of whole numbers are made inclusive."""
    low, high = node.get("minimum"), node.get("maximum")
    if whole and "exclusiveMinimum" in node:
        low = node["exclusiveMinimum"] + 1
    if whole and "exclusiveMaximum" in node:
        high = node["exclusiveMaximum"] - 1
    return low, high


def quoted(value: object) -> str:
    """Show a word a person may type."""
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def listed(words: list[str], conjunction: str) -> str:
    """Join words as a sentence does."""
    return f" {conjunction} ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


def rows(shape: Shape, path: Path = ()) -> Iterator[tuple[Path, Shape, bool]]:
    """Yield path, shape and whether it is required for every key of a block, and for the keys of the blocks in it."""
    required = [key for branch in shape.alternatives for key in branch.node.get("required", [])]
    for key, child in shape.children:
        yield (*path, key), child, key in required
        yield from rows(child, (*path, key))


def _amount(before: str, low: int | None, high: int | None, noun: str) -> str:
    """Say how many there may be, after the given words; nothing if any number may be."""
    if low is None and high is None:
        return ""
    if low is None:
        words = f"at most {high}"
    elif high is None:
        words = f"at least {low}"
    else:
        words = f"{low}" if low == high else f"{low} to {high}"
    return f"{before}{words} {noun}{'' if (high or low) == 1 else 's'}"


def counted(number: int, noun: str) -> str:
    """Count things: ``1 item``, ``2 items``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
