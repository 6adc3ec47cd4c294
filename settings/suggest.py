"""Values that may be put in place of a wrong one: first what was probably meant, then what the field itself offers."""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from difflib import get_close_matches
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Any, Final

from settings.shape import Shape, bounds

_YES_AND_NO: Final = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}
_MEANT = re.compile(r"did you mean [`'\"]?([^`'\"?\s]+)")
_NUMBER = re.compile(r"(?<![\w.-])-?\d+(?![\w.])")
_IPV4_BITS: Final = 32


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant, blind to case, hyphens and underscores; None if none is near."""
    folded = {_folded(candidate): candidate for candidate in reversed(list(known))}
    close = get_close_matches(_folded(word), folded, n=1)
    return folded[close[0]] if close else None


def near(shape: Shape, value: object) -> Iterator[object]:
    """Yield what a wrong value may have been meant to be; the caller tries which of them the field accepts."""
    kinds: dict[str, Callable[[Shape, Any], Iterator[object]]] = {
        "string": _texts,
        "integer": _numbers,
        "number": _numbers,
        "boolean": _booleans,
        "array": _lists,
    }
    if isinstance(value, str) and value.lstrip()[:1] in {"[", "{"}:
        # `pulumi config set --path` keeps a JSON list or block as text.
        with suppress(json.JSONDecodeError):
            yield json.loads(value)
    for branch in shape.alternatives:
        if branch.has("enum") or branch.has("const"):
            yield from _choices(branch.node.get("enum", [branch.node.get("const")]), value)
        else:
            yield from kinds.get(branch.node.get("type", ""), _nothing)(branch, value)


def mentioned(message: str) -> list[object]:
    """Return the values a validator's message names: what follows "did you mean", and whole numbers."""
    return [*_MEANT.findall(message), *(int(number) for number in _NUMBER.findall(message))]


def offered(shape: Shape) -> Iterator[object]:
    """Yield values of the right form: the field's examples, then one made from its type."""
    yield from shape.node.get("examples", [])
    yield made(shape)


def made(shape: Shape) -> object:
    """Return a value of the right form; text that cannot be guessed is ``<text>``."""
    for key in ("default", "const"):
        if shape.node.get(key) is not None:
            return shape.node[key]
    for key in ("examples", "enum"):
        if shape.node.get(key):
            return shape.node[key][0]
    branch = next(iter(shape.alternatives), shape)
    kinds: dict[str, Callable[[Shape], object]] = {
        "integer": lambda own: _clamped(own, 1),
        "number": lambda own: _clamped(own, 1),
        "boolean": lambda _: True,
        "array": lambda own: _items(own, own.node.get("minItems", 0)),
        "object": _block,
    }
    if branch is not shape:
        return made(branch)
    if branch.node.get("format") == "ipv4network":
        return "10.0.0.0/16"
    make = kinds.get(branch.node.get("type", ""))
    return make(branch) if make else "<text>"


def further_items(shape: Shape, present: list[object]) -> list[object]:
    """Return what a list may be lengthened with: items of the field's examples that are not in it, then made ones."""
    item = shape.child(len(present))
    examples = [entry for example in shape.node.get("examples", []) for entry in example if entry not in present]
    return [*dict.fromkeys(examples), *([made(item)] if item else [])]


def _folded(word: str) -> str:
    return word.replace("-", "").replace("_", "").casefold()


def _choices(choices: list[Any], value: object) -> Iterator[object]:
    numbers = [choice for choice in choices if isinstance(choice, int | float)]
    number = _number(value)
    if numbers and number is not None:
        yield min(numbers, key=lambda choice: abs(choice - number))
    match = nearest(str(value), [choice for choice in choices if isinstance(choice, str)])
    if match is not None:
        yield match


def _texts(shape: Shape, value: object) -> Iterator[object]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        # YAML reads 012345678901 as a number and drops the zero.
        yield from (str(value), f"0{value}")
    if isinstance(value, str):
        yield from (value.strip(), value.strip().casefold())
        if shape.node.get("format") == "ipv4network":
            yield from _networks(value)


def _networks(value: str) -> Iterator[str]:
    """Yield the network an address lies in, then the same address with the nearest other prefix lengths."""
    address, _, prefix = value.strip().partition("/")
    try:
        network = int(IPv4Address(address + ".0" * (_IPV4_BITS // 8 - 1 - address.count("."))))
    except AddressValueError:
        return
    length = int(prefix) if prefix.isdecimal() else _IPV4_BITS
    for bits in sorted(range(_IPV4_BITS + 1), key=lambda bits: abs(bits - length)):
        yield str(IPv4Network((network, bits), strict=False))


def _numbers(shape: Shape, value: object) -> Iterator[object]:
    number = _number(value)
    if number is None:
        return
    if shape.node["type"] == "integer":
        number = round(number)
    yield number
    clamped = _clamped(shape, number)
    yield clamped
    step = shape.node.get("multipleOf")
    if step:
        yield from (clamped // step * step, (clamped // step + 1) * step)


def _booleans(_: Shape, value: object) -> Iterator[object]:
    word = str(value).strip().casefold()
    if word in _YES_AND_NO:
        yield _YES_AND_NO[word]


def _lists(_: Shape, value: object) -> Iterator[object]:
    if isinstance(value, str) and "," in value:
        yield [part.strip() for part in value.split(",")]
    if isinstance(value, str | int | float | dict):
        yield [value]
    if isinstance(value, list):
        yield [item for index, item in enumerate(value) if item not in value[:index]]


def _nothing(_: Shape, __: object) -> Iterator[object]:
    return iter(())


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def _clamped(shape: Shape, number: float) -> float:
    low, high = bounds(shape.node, whole=shape.node["type"] == "integer")
    number = number if low is None else max(low, number)
    return number if high is None else min(high, number)


def _items(shape: Shape, count: int) -> list[object]:
    return [made(item) for index in range(count) if (item := shape.child(index))]


def _block(shape: Shape) -> dict[str, object]:
    return {key: made(child) for key in shape.node.get("required", []) if (child := shape.child(key))}
