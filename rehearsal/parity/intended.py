"""The differences between environments that are meant, as `intended.toml` has them: each with its reason and owner."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fnmatch import translate
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).with_name("intended.toml")
_KEYS: Final = frozenset({"between", "settings", "resources", "unseen", "reason", "owner", "until"})


@dataclass(frozen=True)
class Entry:
    """Differences that are meant for one reason.

    Attributes:
        between: The pairs of neighbours that differ so.
        settings: Patterns of settings, `nodes.*.instance_types`; ``*`` stands for anything.
        resources: Patterns of resources and their inputs, `nodes/nodes-spot: scalingConfig.*`.
        reason: Why it is meant.
        owner: Who decides whether it stays.
        unseen: Such patterns, of what a rehearsal's graph masks or names by an id that AWS gave: they are never stale.
        until: The last day on which it is meant; None for no end.

    """

    between: tuple[tuple[str, str], ...]
    reason: str
    owner: str
    settings: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    until: date | None = None


@dataclass(frozen=True)
class Intended:
    """All that is meant.

    Attributes:
        chain: The environments, each beside those it is compared with: what differs between two that are no
            neighbours is what differs on the way from one to the other.
        entries: What is meant between neighbours.

    """

    chain: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = field(default=())

    def steps(self, one: str, other: str) -> tuple[tuple[str, str], ...]:
        """Return the pairs of neighbours on the way from one environment to another; none off the chain."""
        if one not in self.chain or other not in self.chain:
            return ()
        first, last = sorted((self.chain.index(one), self.chain.index(other)))
        return tuple(zip(self.chain[first:last], self.chain[first + 1 : last + 1], strict=True))

    def of_settings(self) -> Iterator[Entry]:
        """Yield what is meant of settings alone, of the entries that say anything of them."""
        yield from (replace(entry, resources=(), unseen=()) for entry in self.entries if entry.settings)

    def between(self, one: str, other: str) -> Iterator[Entry]:
        """Yield the entries that hold on the way from one environment to another."""
        steps = self.steps(one, other)
        yield from (entry for entry in self.entries if any(step in entry.between for step in steps))


def matches(pattern: str, text: str) -> bool:
    """Tell whether a pattern is of a difference: ``*`` stands for anything, every other character for itself."""
    escaped = pattern.replace("[", "[[]").replace("?", "[?]")
    return re.match(translate(escaped), text) is not None


def read(path: Path = FILE) -> Intended:
    """Return what is meant.

    Raises:
        ValueError: the file says what cannot be; the message is one sentence.

    """
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    chain = tuple(told.get("chain", ()))
    return Intended(
        chain=chain,
        entries=tuple(
            _entry(row, chain, f"{path.name}: entry {number}") for number, row in enumerate(told["intended"], 1)
        ),
    )


def _entry(row: Mapping[str, Any], chain: tuple[str, ...], where: str) -> Entry:
    if strange := sorted(set(row) - _KEYS):
        raise ValueError(f"{where} has {strange[0]}, which is none of {', '.join(sorted(_KEYS))}")
    if not all(str(row.get(key, "")).strip() for key in ("reason", "owner")):
        raise ValueError(f"{where} needs a reason and an owner")
    neighbours = set(pairwise(chain))
    between = tuple((one, other) for one, other in row.get("between", ()))
    if not between or not set(between) <= neighbours:
        raise ValueError(f"{where} must say between which neighbours of {', '.join(chain)} it is, in that order")
    patterns = tuple(pattern for key in ("settings", "resources", "unseen") for pattern in row.get(key, ()))
    if not patterns or any(not re.search(r"\w", pattern) for pattern in patterns):
        raise ValueError(f"{where} needs patterns that name something")
    if not isinstance(row.get("until", date.max), date):
        raise ValueError(f"{where}: until is a day, 2027-01-31, without quotation marks")  # noqa: TRY004 - of a file
    return Entry(
        between=between,
        reason=row["reason"],
        owner=row["owner"],
        settings=tuple(row.get("settings", ())),
        resources=tuple(row.get("resources", ())),
        unseen=tuple(row.get("unseen", ())),
        until=row.get("until"),
    )
