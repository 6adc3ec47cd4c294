"""The keys that a chart's values may have, as a tree."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(slots=True)
class Keys:
    """What may stand below one key.

    Attributes:
        children: The known keys.
        open: Whether any other key is fine too.

    """

    children: dict[str, Self] = field(default_factory=dict)
    open: bool = False

    @classmethod
    def of(cls, default: Any) -> Self:
        """Return what a default value says; one that says nothing, such as an empty map, accepts anything."""
        if isinstance(default, Mapping) and default:
            return cls({str(key): cls.of(value) for key, value in default.items()})
        # A list's items are a matter of the schema, if there is one: a list of values replaces the default as a whole.
        return cls(open=default is None or isinstance(default, Mapping | list))

    def add(self, other: Self) -> None:
        """Take in what another source knows of the same key."""
        self.open = self.open or other.open
        for name, below in other.children.items():
            if name in self.children:
                self.children[name].add(below)
            else:
                self.children[name] = below

    def at(self, path: tuple[str, ...]) -> Self:
        """Return what may stand below a path, which is made if it is not known yet."""
        place = self
        for name in path:
            place = place.children.setdefault(name, type(self)())
        return place

    def find(self, path: tuple[str, ...]) -> Self | None:
        """Return what may stand below a path, or None where a key of it is not known by its name."""
        place: Self | None = self
        for name in path:
            place = place.children.get(name) if place is not None else None
        return place
