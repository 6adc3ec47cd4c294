"""Who must be left for a service to go on, and whether a loss leaves so many."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Final

from rehearsal.survival.nodes import NodeGroup
from rehearsal.survival.placement import fitting, most_in_a_zone, zones_of
from rehearsal.survival.workloads import Workload

TABLE: Final = Path(__file__).with_name("quorums.toml")

MAJORITY: Final = "majority"
ONE: Final = "one"
COPIES: Final = "copies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """One workload of which some must be left.

    Attributes:
        service: What it is called, ``Vault's Raft``.
        workload: The workload.
        members: How many there are; of one shard, where each shard counts by itself.
        needed: How many must be left.
        in_a_zone: How many of them one zone can hold at worst.
        in_a_zone_at_best: The same if they were spread as evenly as the zones allow.
        consequence: What stops while fewer are left.

    """

    service: str
    workload: Workload
    members: int
    needed: int
    in_a_zone: int
    in_a_zone_at_best: int
    consequence: str

    @property
    def left(self) -> int:
        """How many the loss of a zone leaves at worst."""
        return self.members - self.in_a_zone

    @property
    def survives_a_zone(self) -> bool:
        """Whether the loss of any one zone leaves enough, wherever the pods are."""
        return self.left >= self.needed

    @property
    def could_survive_a_zone(self) -> bool:
        """Whether so many members, evenly spread, would leave enough."""
        return self.members - self.in_a_zone_at_best >= self.needed

    @property
    def fault(self) -> str:
        """What is wrong: that it has members enough to outlive a zone, but may hold too many of them in one."""
        if self.survives_a_zone or not self.could_survive_a_zone:
            return ""
        return (
            f"{self.service} ({self.workload}) may have {self.in_a_zone} of {self.members} in one zone, whose loss "
            f"leaves {self.left} of the {self.needed} it needs: spread it over zones with DoNotSchedule"
        )


def quorums(workloads: Sequence[Workload], groups: Sequence[NodeGroup]) -> tuple[Quorum, ...]:
    """Return the quorums among workloads, in the order of the table."""
    return tuple(
        _quorum(row, workload, workloads, groups)
        for row in _rows()
        for workload in workloads
        if fnmatchcase(str(workload), row["workload"])
    )


def _quorum(
    row: dict[str, Any], workload: Workload, workloads: Sequence[Workload], groups: Sequence[NodeGroup]
) -> Quorum:
    by_shard = bool(row.get("each_shard"))
    members = workload.replicas // workload.shards if by_shard else workload.replicas
    zones = len(zones_of(fitting(workload, groups)))
    worst = most_in_a_zone(workload, workloads, groups, of_a_shard=by_shard)
    best = -(-members // zones) if zones else members
    if row["needs"] == COPIES:
        # Each thing is in so many of the members, and at worst all that are lost had it.
        members = min(workload.copies, workload.replicas) or workload.replicas
        worst, best = min(worst, members), min(best, members)
    return Quorum(
        service=row["name"],
        workload=workload,
        members=members,
        needed=1 if row["needs"] == ONE else members // 2 + 1,
        in_a_zone=worst,
        in_a_zone_at_best=best,
        consequence=row["lost"],
    )


@cache
def _rows() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads(TABLE.read_text(encoding="utf-8"))["quorum"])
