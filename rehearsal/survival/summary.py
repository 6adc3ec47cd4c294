"""Judges from a rehearsed stack's state what it keeps when a node group, a zone or the region is lost."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from rehearsal.charts.pods import Manifest, placed
from rehearsal.survival import charts
from rehearsal.survival.budgets import Disruptions, disruptions
from rehearsal.survival.losses import Back, Fate, Loss, losses
from rehearsal.survival.nodes import NodeGroup, node_groups
from rehearsal.survival.quorums import Quorum, quorums
from rehearsal.survival.scheduling.placed import Placed
from rehearsal.survival.workloads import Workload, budgets, storage_classes, workloads

_DATABASE: Final = "aws:rds/instance:Instance"
_OBJECT: Final = frozenset({"apiVersion", "kind", "metadata"})


class Verdict(StrEnum):
    """What becomes of a service when a zone is lost."""

    HOLDS = "goes on"
    INTERRUPTED = "interrupted until its pods are made again elsewhere"
    WAITS = "waits for the zone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A database in RDS: its logical name, and whether a copy in another zone takes over."""

    name: str
    multi_az: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """What a stack keeps.

    Attributes:
        groups: Its nodes.
        workloads: What runs on them, sorted.
        unknown: The releases and add-ons of which nothing tells what they run.
        quorums: Who must be left for a service to go on.
        losses: What each loss takes.
        databases: Its databases in RDS.
        disruptions: What its budgets are worth.
        placed: Where its pods find room, if that was simulated.

    """

    groups: tuple[NodeGroup, ...] = ()
    workloads: tuple[Workload, ...] = ()
    unknown: tuple[str, ...] = ()
    quorums: tuple[Quorum, ...] = ()
    losses: tuple[Loss, ...] = ()
    databases: tuple[Database, ...] = ()
    disruptions: Disruptions = field(default_factory=Disruptions)
    placed: Placed | None = None

    @property
    def objections(self) -> tuple[str, ...]:
        """Everything that keeps a rehearsal from having passed, one sentence each."""
        return (
            *(f"{quorum.fault}." for quorum in self.quorums if quorum.fault),
            *(f"{fault}." for fault in self.disruptions.faults),
            *(self.placed.objections if self.placed else ()),
        )

    def of(self, verdict: Verdict) -> tuple[Quorum, ...]:
        """Return the services of which a lost zone makes this."""
        return tuple(quorum for quorum in self.quorums if self.verdict(quorum) is verdict)

    def verdict(self, quorum: Quorum) -> Verdict:
        """Return what becomes of a service when the zone is lost that has the most of it."""
        if quorum.survives_a_zone:
            return Verdict.HOLDS
        fates = [fate for loss in self.losses if loss.kind == "zone" for fate in loss.fates]
        elsewhere = all(
            fate.back in {Back.ELSEWHERE, Back.NOTHING_LOST} for fate in fates if fate.workload is quorum.workload
        )
        return Verdict.INTERRUPTED if elsewhere else Verdict.WAITS

    def to_json(self) -> dict[str, Any]:
        """Return the entry ``survival`` of report.json."""
        return {
            "node_groups": [
                {"name": group.name, "zones": list(group.zones), "least": group.least, "most": group.most}
                for group in self.groups
            ],
            "workloads": len(self.workloads),
            "unknown": list(self.unknown),
            "services": [_service(quorum, self.verdict(quorum)) for quorum in self.quorums],
            "losses": [
                {"kind": loss.kind, "name": loss.name, "workloads": [_fate(fate) for fate in loss.fates if fate.lost]}
                for loss in self.losses
            ],
            "databases": {each.name: "multi-AZ" if each.multi_az else "one zone" for each in self.databases},
            "budgets": {
                "faults": list(self.disruptions.faults),
                "unguarded": list(self.disruptions.unguarded),
                "exempt": dict(self.disruptions.exempt),
                "unused": list(self.disruptions.unused),
            },
            **({"scheduling": self.placed.to_json()} if self.placed else {}),
        }


def survival(
    resources: Sequence[Mapping[str, Any]], rendered: Sequence[Manifest] = (), releases: Sequence[str] = ()
) -> Survival:
    """Return what a stack keeps; nothing where it declares no nodes.

    Args:
        resources: The resources of an exported deployment.
        rendered: The objects of the releases that were rendered, each with its namespace.
        releases: Their names, ``namespace/name``.

    """
    live = [entry for entry in resources if not entry.get("delete")]
    groups = node_groups(live)
    if not groups:
        return Survival()
    own = declared(live)
    storage = storage_classes([*own, *rendered])
    told = charts.told(live, storage)
    # How many copies there are, only the values tell; of the rest templates tell more.
    copies = {str(each): each.copies for each in told.workloads}
    made = (replace(each, copies=copies.get(str(each), 0)) for each in workloads(rendered, storage, rendered=True))
    guessed = [each for each in told.workloads if each.release not in releases]
    every = tuple(sorted((*workloads(own, storage), *made, *guessed), key=str))
    unseen = {str(each) for each in told.workloads} - {str(each) for each in guessed}
    guards = (*budgets([*own, *rendered]), *(each for each in told.budgets if each.of not in unseen))
    found = quorums(every, groups)
    return Survival(
        groups=groups,
        workloads=every,
        unknown=tuple(each for each in told.unknown if each not in releases),
        quorums=found,
        losses=losses(every, groups, groups[0].zones[0][:-1] if groups[0].zones else ""),
        databases=tuple(
            sorted(
                (
                    Database(name=str(entry["urn"]).rpartition("::")[2], multi_az=bool(entry["inputs"].get("multiAz")))
                    for entry in live
                    if entry.get("type") == _DATABASE
                ),
                key=lambda each: each.name,
            )
        ),
        disruptions=disruptions(every, guards, found),
    )


def declared(resources: Sequence[Mapping[str, Any]]) -> list[Manifest]:
    """Return the objects that the program declares itself, each with its namespace."""
    live = (entry for entry in resources if not entry.get("delete"))
    return [placed(each, "default") for each in _objects(live)]


def _objects(resources: Iterable[Mapping[str, Any]]) -> Iterator[Manifest]:
    for entry in resources:
        inputs = entry.get("inputs") or {}
        if str(entry.get("type", "")).startswith("kubernetes:") and inputs.keys() >= _OBJECT:
            yield inputs


def _service(quorum: Quorum, verdict: Verdict) -> dict[str, Any]:
    return {
        "name": quorum.service,
        "workload": str(quorum.workload),
        "members": quorum.members,
        "needed": quorum.needed,
        "left": quorum.left,
        "verdict": verdict.value,
    }


def _fate(fate: Fate) -> dict[str, Any]:
    return {
        "workload": str(fate.workload),
        "replicas": fate.workload.replicas,
        "left": fate.left,
        "volumes": fate.volumes,
        "back": fate.back.value,
    }
