"""How many pods of a workload one zone can hold at worst, by what its constraints permit."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rehearsal.survival.nodes import ZONE, NodeGroup
from rehearsal.survival.workloads import Workload, selects

# What a pod that no longer fits is refused by; the other word is a wish.
_REFUSED: Final = "DoNotSchedule"
# The Prometheus operator's own field: each shard is spread by itself.
# https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.TopologySpreadConstraint
_ON_SHARD: Final = "additionalLabelSelectors"


def fitting(workload: Workload, groups: Sequence[NodeGroup]) -> tuple[NodeGroup, ...]:
    """Return the groups on whose nodes a workload's pods may run."""
    return tuple(group for group in groups if group.most and group.takes(workload.pod))


def zones_of(groups: Sequence[NodeGroup]) -> tuple[str, ...]:
    """Return the zones of groups, sorted."""
    return tuple(sorted({zone for group in groups for zone in group.zones}))


def most_in_a_zone(
    workload: Workload, beside: Sequence[Workload], groups: Sequence[NodeGroup], *, of_a_shard: bool = False
) -> int:
    """Return how many pods of a workload may all be in one zone.

    Constraints that are wishes count for nothing: a busy or young cluster does not fulfil them, and a volume keeps its
    pod where it was then.

    Args:
        workload: The workload.
        beside: Every workload, itself among them: a constraint counts whatever pods its selector selects.
        groups: The stack's nodes.
        of_a_shard: Whether only the pods of one of its shards are meant.

    """
    may = fitting(workload, groups)
    # With few zones all are evened out over few; with many, one that is asked for holds nobody back.
    zones = range(max(1, _sure_zones(may)), max(1, len(zones_of(may))) + 1)
    bounds = [workload.replicas // workload.shards if of_a_shard else workload.replicas]
    for constraint in hard_spreads(workload):
        together = _selected(constraint, workload, beside)
        skew, least = int(constraint["maxSkew"]), int(constraint.get("minDomains") or 1)
        if constraint.get(_ON_SHARD):
            one = _worst(together // workload.shards, zones, skew, least)
            bounds.append(one if of_a_shard else one * workload.shards)
        else:
            bounds.append(_worst(together, zones, skew, least))
    if any(_about(term, workload) for term in _apart(workload.pod)):
        bounds.append(1)
    return min(bounds)


def hard_spreads(workload: Workload) -> list[Mapping[str, Any]]:
    """Return the constraints that keep a workload's own pods spread over zones, not the wishes."""
    spreads = workload.pod.get("topologySpreadConstraints") or ()
    return [each for each in spreads if each.get("whenUnsatisfiable") == _REFUSED and _about(each, workload)]


def spread_over_zones(workload: Workload) -> bool:
    """Tell whether the pods at least wish to be in different zones."""
    affinity = (workload.pod.get("affinity") or {}).get("podAntiAffinity") or {}
    wishes = affinity.get("preferredDuringSchedulingIgnoredDuringExecution") or ()
    terms = [*_apart(workload.pod), *(each["podAffinityTerm"] for each in wishes)]
    return any(_about(each, workload) for each in (*terms, *(workload.pod.get("topologySpreadConstraints") or ())))


def _about(term: Mapping[str, Any], workload: Workload) -> bool:
    return term["topologyKey"] == ZONE and selects(term.get("labelSelector"), workload.labels)


def _sure_zones(groups: Sequence[NodeGroup]) -> int:
    """Return in how many zones there is always a node of some of the groups: the scheduler counts no others."""
    covered = {zone for group in groups if group.sure_zones == len(group.zones) for zone in group.zones}
    return max([len(covered), *(group.sure_zones for group in groups)])


def _selected(constraint: Mapping[str, Any], workload: Workload, beside: Sequence[Workload]) -> int:
    """Return how many pods a constraint spreads together."""
    keys = [key for key in constraint.get("matchLabelKeys") or () if key in workload.labels]
    return sum(
        each.replicas
        for each in beside
        if each.namespace == workload.namespace
        and selects(constraint.get("labelSelector"), each.labels)
        and all(each.labels.get(key) == workload.labels[key] for key in keys)
    )


def _worst(pods: int, zones: range, skew: int, least_zones: int) -> int:
    """Return the most pods in one zone, in whichever of these numbers of zones there are nodes."""
    return max(_uneven(pods, number, skew, least_zones) for number in zones)


def _uneven(pods: int, zones: int, skew: int, least_zones: int) -> int:
    """Return the most pods in one zone, when none may have more than `skew` above the one with the fewest.

    With fewer zones than are asked for, the fewest counts as none:
    https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
    """
    if zones < least_zones:
        return min(pods, skew)
    most = 0
    while most < pods and most + 1 + max(zones - 1, 0) * max(most + 1 - skew, 0) <= pods:
        most += 1
    return most


def _apart(pod: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    affinity = (pod.get("affinity") or {}).get("podAntiAffinity") or {}
    return list(affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or ())
