"""Stacks of a few lines for the tests of what a loss leaves."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rehearsal.survival.nodes import ZONE, NodeGroup, Taint
from rehearsal.survival.workloads import Budget, Workload

ZONES: Final = ("eu-central-1a", "eu-central-1b", "eu-central-1c")
LABELS: Final = {"app": "raft"}


def group(
    name: str = "general", zones: Sequence[str] = ZONES, *, least: int = 3, taints: tuple[Taint, ...] = ()
) -> NodeGroup:
    """Return nodes with the label ``node-role`` of their name."""
    return NodeGroup(name=name, zones=tuple(zones), least=least, most=9, labels={"node-role": name}, taints=taints)


def spread(
    when: str = "DoNotSchedule", *, skew: int = 1, labels: Mapping[str, str] = LABELS, **more: Any
) -> dict[str, Any]:
    """Return a constraint over zones."""
    return {
        "maxSkew": skew,
        "topologyKey": ZONE,
        "whenUnsatisfiable": when,
        "labelSelector": {"matchLabels": dict(labels)},
        **more,
    }


def workload(
    replicas: int, *spreads: Mapping[str, Any], name: str = "raft", labels: Mapping[str, str] = LABELS, **more: Any
) -> Workload:
    """Return a StatefulSet on general nodes with a volume for each pod; `more` are its other fields."""
    pod = {"nodeSelector": {"node-role": "general"}, "topologySpreadConstraints": list(spreads)}
    given = {"kind": "StatefulSet", "namespace": "store", "zonal": True, "pod": pod, **more}
    return Workload(name=name, labels=labels, replicas=replicas, **given)


def budget(*, labels: Mapping[str, str] = LABELS, name: str = "raft", namespace: str = "store", **says: Any) -> Budget:
    """Return a PodDisruptionBudget."""
    return Budget(namespace=namespace, name=name, spec={"selector": {"matchLabels": dict(labels)}, **says})
