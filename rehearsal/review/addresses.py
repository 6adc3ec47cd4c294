"""How many of its subnets' addresses a stack would take at its largest, before a change and after it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.report.graph import STACK
from rehearsal.review.change import Entry, StackChange

# So full, the next node group or the next update of one may find no room, whatever this change does.
_NEARLY: Final = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A subnet, as the stack's output `address_budget` tells of it.

    Attributes:
        tier: ``node`` or ``pod``.
        zone: The zone it is of.
        subnet: Its block.
        usable: The addresses AWS gives to anyone.
        needed: Those that everything at its largest, while it is updated, would take.

    """

    tier: str
    zone: str
    subnet: str
    usable: int
    needed: int

    @property
    def share(self) -> float:
        """How much of it would be taken."""
        return self.needed / self.usable


def told(change: StackChange) -> tuple[str, ...]:
    """Return what to say of the fullest subnet of each tier: where it changes, or is nearly full."""
    before, after = _fullest(change.base), _fullest(change.head)
    return tuple(
        _line(tier, before.get(tier), room)
        for tier, room in sorted(after.items())
        if before.get(tier) != room or room.share >= _NEARLY
    )


def _line(tier: str, before: Room | None, room: Room) -> str:
    was = f"{before.share:.0%} → " if before and before.share != room.share else ""
    where = f"{room.needed:,} of {room.usable:,} in {room.subnet} of {room.zone}"
    nearly = ", which is nearly full" if room.share >= _NEARLY else ""
    return f"{tier} subnets at their fullest: {was}{room.share:.0%} ({where}){nearly}"


def _fullest(entries: Iterable[Entry]) -> dict[str, Room]:
    found: dict[str, Room] = {}
    for room in _rooms(entries):
        if room.tier not in found or room.share > found[room.tier].share:
            found[room.tier] = room
    return found


def _rooms(entries: Iterable[Entry]) -> Iterator[Room]:
    for entry in entries:
        outputs: dict[str, Any] = entry.get("outputs") or {} if entry["type"] == STACK else {}
        for each in outputs.get("address_budget") or ():
            yield Room(
                tier=str(each["tier"]),
                zone=str(each["zone"]),
                subnet=str(each["subnet"]),
                usable=int(each["usable"]),
                needed=int(each["needed"]),
            )
