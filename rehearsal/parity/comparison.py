"""Compares two environments, and tells what is meant from what drifted apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from rehearsal.parity import identities, shape
from rehearsal.parity.intended import Entry, Intended, matches


@dataclass(frozen=True)
class Difference:
    """One fact that two environments do not share.

    Attributes:
        kind: `setting`, `resource` (one has it, the other has not) or `input`.
        where: `nodes.gpu.max_size`, `nodes/nodes-gpu`, `nodes/nodes-gpu: scalingConfig.maxSize`.
        type: The resource's type; empty for a setting.
        left: What the first environment has, with its own names replaced; None for nothing.
        right: What the second has.
        entry: Why it is meant; None if nobody says so.

    """

    kind: str
    where: str
    type: str
    left: str | None
    right: str | None
    entry: Entry | None = None


@dataclass(frozen=True)
class Comparison:
    """What differs between two environments.

    Attributes:
        left: The first environment.
        right: The second.
        differences: All of them, settings first.
        stale: What is said to differ and does not, `settings network.nat (one NAT gateway is enough)`.
        expired: Entries that were meant until a day that is past.

    """

    left: str
    right: str
    differences: tuple[Difference, ...]
    stale: tuple[str, ...] = ()
    expired: tuple[Entry, ...] = ()

    @property
    def intended(self) -> tuple[Difference, ...]:
        """Return the differences that are meant."""
        return tuple(each for each in self.differences if each.entry)

    @property
    def drift(self) -> tuple[Difference, ...]:
        """Return the differences that nobody meant."""
        return tuple(each for each in self.differences if not each.entry)

    @property
    def fine(self) -> bool:
        """Whether everything that differs is meant, and everything that is meant differs."""
        return not (self.drift or self.stale or self.expired)


Graph = Sequence[Mapping[str, Any]]
Settings = Mapping[str, Any]


def compare(
    a: Graph,
    b: Graph,
    intended: Intended,
    settings: tuple[Settings, Settings] | None = None,
    *,
    today: date | None = None,
) -> Comparison:
    """Return what differs between two environments.

    Args:
        a: The entries of the first one's graph.json, whose URNs say which environment it is.
        b: The second one's.
        intended: What may differ.
        settings: The blocks of both stack files, by key (`network`); None leaves settings out.
        today: The day on which entries with an end are judged; today, if None.

    """
    of_a, of_b = identities.of_graph(a), identities.of_graph(b)
    found = list(_resources(shape.of_resources(a, of_a), shape.of_resources(b, of_b)))
    if settings:
        found = [*_settings((of_a.stack, of_b.stack), settings), *found]
    return _held((of_a.stack, of_b.stack), found, intended, today, with_settings=settings is not None)


def compare_settings(
    pair: tuple[str, str], settings: tuple[Settings, Settings], intended: Intended, today: date | None = None
) -> Comparison:
    """Return what differs between the settings of two environments, where no rehearsal of both is at hand.

    Args:
        pair: The names of the two.
        settings: The blocks of their stack files, by key.
        intended: What may differ.
        today: The day on which entries with an end are judged; today, if None.

    """
    about_settings = Intended(intended.chain, tuple(intended.of_settings()))
    return _held(pair, list(_settings(pair, settings)), about_settings, today, with_settings=True)


def _held(
    pair: tuple[str, str], found: Sequence[Difference], intended: Intended, today: date | None, *, with_settings: bool
) -> Comparison:
    """Return the differences held against what is meant."""
    entries = list(intended.between(*pair))
    day = today or datetime.now(UTC).date()
    return Comparison(
        left=pair[0],
        right=pair[1],
        differences=tuple(_explained(each, entries) for each in found),
        # Between environments that are no neighbours, what differs on the way may come back to where it was.
        stale=tuple(_stale(entries, found, with_settings=with_settings)) if len(intended.steps(*pair)) == 1 else (),
        expired=tuple(entry for entry in entries if entry.until and entry.until < day),
    )


def _settings(pair: tuple[str, str], settings: tuple[Settings, Settings]) -> Iterator[Difference]:
    facts = [
        shape.of_settings(given, identities.of_settings(stack, given))
        for stack, given in zip(pair, settings, strict=True)
    ]
    yield from _facts("setting", "", "", facts[0], facts[1])


def _resources(
    left: Mapping[tuple[str, str], shape.Facts], right: Mapping[tuple[str, str], shape.Facts]
) -> Iterator[Difference]:
    for kind, where in sorted(left.keys() | right.keys(), key=lambda key: (key[1], key[0])):
        mine, theirs = left.get((kind, where)), right.get((kind, where))
        if mine is None or theirs is None:
            there = ["is there" if each is not None else None for each in (mine, theirs)]
            yield Difference("resource", where, kind, there[0], there[1])
        else:
            yield from _facts("input", f"{where}: ", kind, mine, theirs)


def _facts(kind: str, prefix: str, of: str, left: shape.Facts, right: shape.Facts) -> Iterator[Difference]:
    for path in sorted(left.keys() | right.keys()):
        if left.get(path) != right.get(path):
            yield Difference(kind, f"{prefix}{path}", of, left.get(path), right.get(path))


def _explained(found: Difference, entries: Iterable[Entry]) -> Difference:
    for entry in entries:
        if any(matches(pattern, found.where) for pattern in _patterns(entry, found)):
            return Difference(found.kind, found.where, found.type, found.left, found.right, entry)
    return found


def _patterns(entry: Entry, found: Difference) -> tuple[str, ...]:
    return entry.settings if found.kind == "setting" else (*entry.resources, *entry.unseen)


def _stale(entries: Iterable[Entry], found: Sequence[Difference], *, with_settings: bool) -> Iterator[str]:
    settings = [each.where for each in found if each.kind == "setting"]
    resources = [each.where for each in found if each.kind != "setting"]
    for entry in entries:
        for what, patterns, there in (
            ("setting", entry.settings if with_settings else (), settings),
            ("resource", entry.resources, resources),
        ):
            yield from (
                f"{what} {pattern} ({entry.reason})"
                for pattern in patterns
                if not any(matches(pattern, where) for where in there)
            )
