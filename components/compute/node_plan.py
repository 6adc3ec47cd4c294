"""Which node groups there are: one for each role, in each zone where zones matter, besides those on their way out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from components.compute.ami import AmiFamily
from components.compute.instance_types import InstanceType
from components.compute.node_roles import RETIRING, ROLES, Role, Taint
from components.compute.node_settings import GpuGroupSettings, NodeGroupSettings, NodesSettings, StorageGroupSettings
from components.compute.user_data import LocalDisks

PodBudget: TypeAlias = Callable[[InstanceType], int]
"""Tells for how many pods a node of a type has addresses; no more than EKS allows, which cuts a higher number down.

https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html#max-pods-precedence
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedGroup:
    """One node group.

    Attributes:
        name: What tells it from the others: ``general``, ``general-g2``, ``storage-a``.
        role: Its role, ``storage``.
        settings: The settings of its role.
        ami_family: Its operating system.
        zones: The zones its nodes may be in: one where zones matter, else all.
        min_size: Fewest nodes.
        max_size: Most nodes.
        retiring: Whether it is on its way out.

    """

    name: str
    role: str
    settings: NodeGroupSettings
    ami_family: AmiFamily
    zones: tuple[str, ...]
    min_size: int
    max_size: int
    retiring: bool

    @property
    def facts(self) -> Role:
        """What sets its role apart."""
        return ROLES[self.role]

    @property
    def taints(self) -> tuple[Taint, ...]:
        """What keeps pods off its nodes for as long as they live."""
        own = (self.facts.taint,) if self.facts.taint else ()
        return (*own, RETIRING) if self.retiring else own

    @property
    def local_disks(self) -> LocalDisks | None:
        """What becomes of its nodes' local disks."""
        return self.settings.local_disks if isinstance(self.settings, StorageGroupSettings) else None

    @property
    def accelerated(self) -> GpuGroupSettings | None:
        """Its settings if it is a group of GPU nodes."""
        return self.settings if isinstance(self.settings, GpuGroupSettings) else None


def plan(settings: NodesSettings, zones: Sequence[str]) -> list[PlannedGroup]:
    """Return all node groups; those of generation 1 bear no number, so that the first one keeps its name for good."""
    retiring = settings.retiring
    return [
        *_groups(settings.groups(), settings.ami_family, zones, retiring=False),
        *_groups(retiring.groups(), retiring.ami_family or settings.ami_family, zones, retiring=True),
    ]


def max_pods(group: PlannedGroup, budget: PodBudget | None) -> int | None:
    """Return the most pods a node of a group takes: its setting, else what all its types do; None leaves it to EKS."""
    if group.settings.max_pods is not None or budget is None:
        return group.settings.max_pods
    return min(budget(kind) for kind in group.settings.kinds)


def zones_without_nodes(group: NodeGroupSettings, zones: Sequence[str]) -> tuple[str, int] | None:
    """Return the size (its name and how many nodes are missing) that leaves a zone of a zonal role without a node."""
    if group.max_size < len(zones):
        return "max_size", len(zones) - group.max_size
    if 0 < group.min_size < len(zones):
        return "min_size", len(zones) - group.min_size
    return None


def _groups(
    groups: dict[str, NodeGroupSettings], family: AmiFamily, zones: Sequence[str], *, retiring: bool
) -> Iterator[PlannedGroup]:
    for role, group in groups.items():
        generation = "" if group.generation == 1 else f"-g{group.generation}"
        for suffix, within, share in _places(role, group, zones):
            yield PlannedGroup(
                name=f"{role}{suffix}{generation}",
                role=role,
                settings=group,
                ami_family=family,
                zones=within,
                min_size=_share(group.min_size, *share),
                max_size=_share(group.max_size, *share),
                retiring=retiring,
            )


def _places(
    role: str, group: NodeGroupSettings, zones: Sequence[str]
) -> Iterator[tuple[str, tuple[str, ...], tuple[int, int]]]:
    """Yield for each group of a role its suffix, its zones and which part of how many it is."""
    if ROLES[role].zonal:
        for index, zone in enumerate(zones):
            yield f"-{zone[-1]}", (zone,), (index, len(zones))
    elif isinstance(group, GpuGroupSettings) and group.zone:
        yield "", (group.zone,), (0, 1)
    else:
        yield "", tuple(zones), (0, 1)


def _share(total: int, part: int, parts: int) -> int:
    """Return an even share; the first parts get what is left over."""
    return total // parts + (part < total % parts)
