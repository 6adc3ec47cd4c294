"""What exists after a trial, compared with what exists after an undisturbed run."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.aws.provider import AwsStandIn
from rehearsal.kubernetes.inventory import ObjectKey


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What exists.

    Attributes:
        resources: Type and name of every resource in the state.
        pending: The URNs of operations the state calls pending.
        in_aws: How many things of each kind AWS lists, by the listing's name.
        unknown: Type and id of everything in AWS that the state does not hold.
        objects: Every object on the API server that the stack made.

    """

    resources: Counter[str] = field(default_factory=Counter)
    pending: tuple[str, ...] = ()
    in_aws: Counter[str] = field(default_factory=Counter)
    unknown: tuple[str, ...] = ()
    objects: frozenset[ObjectKey] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """How a world differs from the undisturbed one.

    Attributes:
        orphans: What exists and no state holds.
        duplicates: What exists more often than it should.
        missing: What should exist and does not, or is not settled in the state.

    """

    orphans: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self.orphans or self.duplicates or self.missing)


def look(state: Mapping[str, Any], aws: AwsStandIn, objects: frozenset[ObjectKey]) -> World:
    """Return what exists now.

    Args:
        state: The exported deployment.
        aws: The stand-in, which knows what it made, and asks the emulator what is there.
        objects: What the stack made on the API server.

    """
    resources = state.get("resources", [])
    held = {(entry["type"], entry.get("id")) for entry in resources}
    return World(
        resources=Counter(f"{entry['type']} {entry['urn'].rpartition('::')[2]}" for entry in resources),
        pending=tuple(operation["resource"]["urn"] for operation in state.get("pending_operations") or ()),
        in_aws=Counter(line.partition(": ")[0] for line in aws.left_in_aws()),
        unknown=tuple(
            f"{entry.type} {entry.identifier}"
            for entry in aws.ledger
            if not entry.deleted and (entry.type, entry.identifier) not in held
        ),
        objects=objects,
    )


def compare(expected: World, found: World) -> Differences:
    """Return how a world differs from the undisturbed one."""
    surplus = [
        f"{kind}: {count} instead of {expected.in_aws[kind]}"
        for kind, count in found.in_aws.items()
        if count > expected.in_aws[kind]
    ]
    gone = [
        f"{kind}: {found.in_aws[kind]} instead of {count}"
        for kind, count in expected.in_aws.items()
        if count > found.in_aws[kind]
    ]
    return Differences(
        orphans=(*found.unknown, *(str(key) for key in sorted(found.objects - expected.objects))),
        duplicates=(*surplus, *(found.resources - expected.resources)),
        missing=(
            *gone,
            *(expected.resources - found.resources),
            *(str(key) for key in sorted(expected.objects - found.objects)),
            *(f"{urn} is pending" for urn in found.pending),
        ),
    )
