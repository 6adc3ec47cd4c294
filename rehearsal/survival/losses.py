"""What is left of each workload when a node group, a zone or the region is lost, and what brings the rest back."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rehearsal.survival.nodes import NodeGroup
from rehearsal.survival.placement import fitting, hard_spreads, most_in_a_zone, zones_of
from rehearsal.survival.workloads import Workload


class Back(StrEnum):
    """What brings lost pods back."""

    NOTHING_LOST = "nothing is lost"
    ELSEWHERE = "made again on other nodes"
    ZONE = "waits for its zone"
    GROUP = "waits for the group"
    COPY = "restored from a copy in another region"
    NOWHERE = "has no node to run on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of one workload.

    Attributes:
        workload: The workload.
        left: How many pods go on, at worst.
        back: What brings the others back.
        volumes: How many of its pods' volumes cannot be reached meanwhile.

    """

    workload: Workload
    left: int
    back: Back
    volumes: int = 0

    @property
    def lost(self) -> int:
        """How many pods are gone, at worst."""
        return self.workload.replicas - self.left


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """One thing that is lost.

    Attributes:
        kind: ``zone``, ``node group`` or ``region``.
        name: Which.
        fates: What becomes of every workload.

    """

    kind: str
    name: str
    fates: tuple[Fate, ...]


def losses(workloads: Sequence[Workload], groups: Sequence[NodeGroup], region: str) -> tuple[Loss, ...]:
    """Return every loss: of each zone, each group that has or may have nodes, and the region."""
    found = [
        Loss(kind="zone", name=zone, fates=tuple(_zone(each, workloads, groups, zone) for each in workloads))
        for zone in zones_of(groups)
    ]
    found += [
        Loss(
            kind="node group",
            name=group.name,
            fates=tuple(_group(each, workloads, groups, group) for each in workloads),
        )
        for group in groups
        if group.most
    ]
    everything = (
        Fate(workload=each, left=0, back=Back.COPY, volumes=each.replicas if each.zonal else 0) for each in workloads
    )
    return (*found, Loss(kind="region", name=region, fates=tuple(everything)))


def _zone(workload: Workload, workloads: Sequence[Workload], groups: Sequence[NodeGroup], zone: str) -> Fate:
    where = fitting(workload, groups)
    if not where:
        return Fate(workload=workload, left=0, back=Back.NOWHERE)
    if zone not in zones_of(where) or not workload.replicas:
        return Fate(workload=workload, left=workload.replicas, back=Back.NOTHING_LOST)
    lost = most_in_a_zone(workload, workloads, groups)
    remaining = len(zones_of(where)) - 1
    return Fate(
        workload=workload,
        left=workload.replicas - lost,
        back=Back.ZONE if workload.zonal or not _has_room(workload, remaining) else Back.ELSEWHERE,
        volumes=lost if workload.zonal else 0,
    )


def _group(workload: Workload, workloads: Sequence[Workload], groups: Sequence[NodeGroup], group: NodeGroup) -> Fate:
    where = fitting(workload, groups)
    if not where:
        return Fate(workload=workload, left=0, back=Back.NOWHERE)
    if group not in where or not workload.replicas:
        return Fate(workload=workload, left=workload.replicas, back=Back.NOTHING_LOST)
    others = tuple(each for each in where if each != group)
    lost = min(workload.replicas, most_in_a_zone(workload, workloads, groups) * len(group.zones))
    # A volume is mounted again by any node in its zone.
    enough = set(group.zones) <= set(zones_of(others)) if workload.zonal else bool(others)
    return Fate(
        workload=workload,
        left=workload.replicas - lost,
        back=Back.ELSEWHERE if enough else Back.GROUP,
        volumes=lost if workload.zonal and not enough else 0,
    )


def _has_room(workload: Workload, zones: int) -> bool:
    """Tell whether all pods may run in so few zones: with fewer than it asks for, a constraint caps each."""
    return zones > 0 and all(
        zones >= int(each.get("minDomains") or 1) or zones * int(each["maxSkew"]) >= workload.replicas
        for each in hard_spreads(workload)
    )
