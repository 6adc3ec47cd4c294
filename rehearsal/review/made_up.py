"""Tells apart what two rehearsals made up, ids and the ends of automatic names, from what the program says."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from rehearsal.review.change import Entry

# The providers' automatic names end in seven (AWS) or eight (Kubernetes) hexadecimal digits.
_AUTOMATIC: Final = r"-[0-9a-f]{7,8}(?=$|[^0-9a-zA-Z])"
# What is shorter stands in other texts by chance.
_SHORTEST: Final = 6


@dataclass(frozen=True)
class Correspondence:
    """What a value of the head is called in the base.

    Attributes:
        names: From the head's ids and names to those that the base has for the same resources.

    """

    names: Mapping[str, str]
    _pattern: re.Pattern[str] | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        longest_first = sorted(self.names, key=len, reverse=True)
        pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None
        object.__setattr__(self, "_pattern", pattern)

    @classmethod
    def between(cls, base: Mapping[str, Entry], head: Mapping[str, Entry], anew: frozenset[str]) -> Self:
        """Pair what is known of the same resource in both.

        Args:
            base: The resources as they were, by URN.
            head: The resources as they will be.
            anew: The URNs of resources that will be others, whose new ids are a change for whatever refers to them.

        """
        return cls(
            {
                new: old
                for urn in base.keys() & head.keys() - anew
                for new, old in _pairs(base[urn], head[urn])
                if new != old and min(len(new), len(old)) >= _SHORTEST
            }
        )

    def of(self, value: Any) -> Any:
        """Return a value of the head as the base would say it."""
        if self._pattern is None:
            return value
        if isinstance(value, Mapping):
            return {key: self.of(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.of(item) for item in value]
        if isinstance(value, str):
            return self._pattern.sub(lambda found: self.names[found.group()], value)
        return value


def automatic(base: Entry, head: Entry) -> Iterator[tuple[str, str]]:
    """Yield the names that a provider made up for a resource, each as the head and as the base has it."""
    ending = re.compile(re.escape(str(head["name"])) + _AUTOMATIC)
    for new, old in zip(_names(head), _names(base), strict=True):
        found, before = ending.search(new), ending.search(old)
        # Only a name that differs in nothing but its end is the same name.
        if found and before and ending.sub("", new) == ending.sub("", old):
            yield found.group(), before.group()


def _pairs(base: Entry, head: Entry) -> Iterator[tuple[str, str]]:
    yield str(head.get("id") or ""), str(base.get("id") or "")
    told, before = head.get("outputs") or {}, base.get("outputs") or {}
    # Of the stack there are figures, too, which AWS does not make up.
    for path in (name for name in told.keys() & before.keys() if isinstance(told[name], str)):
        yield told[path].removeprefix("https://"), before[path].removeprefix("https://")
    yield from automatic(base, head)


def _names(entry: Entry) -> tuple[str, ...]:
    """Return where a provider writes a name of its own, in this order, empty for none."""
    inputs = entry["inputs"]
    metadata = inputs.get("metadata")
    places = [inputs.get(name) for name in ("name", "bucket", "nodeGroupName", "identifier", "finalSnapshotIdentifier")]
    places.append(metadata.get("name") if isinstance(metadata, Mapping) else None)
    return tuple(each if isinstance(each, str) else "" for each in places)
