"""One way to break the program: a property of a registered resource that becomes another."""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

REMOVED: Final = object()
"""The value that takes the property away, so that the provider's default holds."""

_EVERY: Final = "*"


@dataclass(frozen=True, slots=True)
class Mutation:
    """A property of some resources that becomes another, one resource at a time.

    Attributes:
        says: What a careless change would do, in a few words.
        type: A glob over type tokens.
        path: The property: names and list indices parted by dots, ``*`` for every item of a list, which is broken item
            by item. Empty for the resource itself, whose `value` is then `REMOVED`.
        value: What it becomes: `REMOVED`, a value, or a function of the old value.
        rule: The rule that must object.
        name: A glob over logical names.

    """

    says: str
    type: str
    path: str
    value: Any
    rule: str
    name: str = "*"

    def __str__(self) -> str:
        return f"{self.rule}: {self.says}"

    def fits(self, entry: Mapping[str, Any]) -> bool:
        """Tell whether an entry of a graph is one it breaks."""
        return fnmatchcase(entry["type"], self.type) and fnmatchcase(entry["name"], self.name)

    def applied(self, entry: Mapping[str, Any]) -> Iterator[dict[str, Any] | None]:
        """Yield the entry, broken in one place each time; None for an entry that is gone, nothing where all is so."""
        if not self.path:
            yield None
            return
        for place in _places(entry["inputs"], self.path.split(".")):
            inputs = copy.deepcopy(entry["inputs"])
            if _changed(inputs, place, self.value) and inputs != entry["inputs"]:
                yield {**entry, "inputs": inputs}


def _places(value: Any, path: list[str]) -> Iterator[list[str | int]]:
    if not path:
        yield []
        return
    first, *rest = path
    if isinstance(value, list):
        # What an index does not reach is not there to be broken.
        chosen = range(len(value)) if first == _EVERY else [int(first)] if int(first) < len(value) else []
        for index in chosen:
            yield from ([index, *way] for way in _places(value[index], rest))
    elif isinstance(value, dict) or value is None:
        inner = None if value is None else value.get(first)
        yield from ([first, *way] for way in _places(inner, rest))


def _changed(inputs: Any, place: list[str | int], value: Any) -> bool:
    *way, last = place
    for number, step in enumerate(way):
        if isinstance(inputs, dict) and inputs.get(step) is None:
            inputs[step] = {}
        inputs = inputs[step] if isinstance(inputs, dict) else inputs[int(step)]
        if not isinstance(inputs, dict | list):
            raise TypeError(f"{'.'.join(map(str, place[: number + 1]))} holds nothing that could be broken")
    if value is REMOVED:
        if isinstance(inputs, list):
            del inputs[int(last)]
            return True
        return inputs.pop(last, REMOVED) is not REMOVED
    if isinstance(value, Callable):  # type: ignore[arg-type]  # a function of the old value
        value = value(inputs[int(last)] if isinstance(inputs, list) else inputs.get(last))
    inputs[last] = copy.deepcopy(value)
    return True
