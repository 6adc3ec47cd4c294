"""Places everything that is known of a stack on as few nodes as it always has, then on more as an autoscaler would."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rehearsal.charts.pods import Manifest, template_of
from rehearsal.survival.nodes import ZONE, NodeGroup
from rehearsal.survival.scheduling.capacity import Allocatable, allocatable
from rehearsal.survival.scheduling.cluster import Cluster, reason
from rehearsal.survival.scheduling.placed import Placed
from rehearsal.survival.scheduling.pods import Placeable, agent, agents, placeable
from rehearsal.survival.workloads import storage_classes

# A tenth is kept free, as the kubelet reckons by default; images take no part of what is asked for.
# https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#hard-eviction-thresholds
_DISK: Final = 0.9
# What only more nodes mend. Of anything else an autoscaler makes nothing better.
_SCARCE: Final = (
    "Insufficient cpu",
    "Insufficient memory",
    "Too many pods",
    "free ports",
    "topology spread",
    "anti-affinity",
)
# The controller of DaemonSets adds these to every pod of one.
# https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations
_TOLERATED: Final = tuple(
    {"key": f"node.kubernetes.io/{key}", "operator": "Exists"}
    for key in ("not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable")
)


def place(manifests: Sequence[Manifest], groups: Sequence[NodeGroup], directory: Path) -> Placed:
    """Place the pods of objects.

    Args:
        manifests: What the program declares and what charts make, each with its namespace.
        groups: The stack's nodes.
        directory: Where the control plane keeps its data and logs; one that nothing has used.

    Raises:
        tools.build.BuildError: the scheduler has not been built.
        rehearsal.kubernetes.control_plane.ControlPlaneError: the API server did not start.

    """
    rooms = {group.name: _room(group) for group in groups}
    usable = [group for group in groups if rooms[group.name]]
    pods = list(placeable(manifests, storage_classes(manifests)))
    owners = _owners(pods)
    with Cluster(directory) as cluster:
        site = _Site(cluster=cluster, daemons=list(agents(manifests)), rooms=rooms)
        site.furnish(manifests, usable)
        for pod in pods:
            cluster.add_pod(pod.pod, pod.claims)
        first = found = _waiting(cluster.settle(), owners)
        while found and site.grow(found, pods, usable):
            found = _waiting(cluster.settle(), owners)
    return Placed(
        nodes=dict(site.count),
        least={group.name: group.least for group in groups},
        pods=len(pods) + site.agents,
        waiting=found,
        at_least=first,
        undescribed=tuple(sorted({name for group in groups if not rooms[group.name] for name in group.instance_types})),
    )


@dataclass(kw_only=True)
class _Site:
    """The nodes that are there."""

    cluster: Cluster
    daemons: Sequence[Manifest]
    rooms: Mapping[str, Allocatable | None]
    count: Counter[str] = field(default_factory=Counter)
    agents: int = 0

    def furnish(self, manifests: Sequence[Manifest], groups: Iterable[NodeGroup]) -> None:
        """Make the classes and claims of volumes, and the nodes there always are."""
        for each in manifests:
            if each.get("kind") == "StorageClass":
                self.cluster.add(each, "/apis/storage.k8s.io/v1/storageclasses")
            if each.get("kind") == "PersistentVolumeClaim":
                self.cluster.add_claim(each)
        for group in groups:
            for _ in range(group.least):
                self.add_node(group)

    def add_node(self, group: NodeGroup) -> None:
        """Add a node in the group's next zone, with an agent of each DaemonSet that runs there."""
        room = self.rooms[group.name]
        assert room is not None  # noqa: S101 - groups without are left out
        number = self.count[group.name]
        name = f"{group.name}-{number}"
        labels = {**group.labels, ZONE: group.zones[number % len(group.zones)]}
        taints = [{"key": each.key, "value": each.value, "effect": each.effect} for each in group.taints if each.lasts]
        self.cluster.add_node(name, labels, taints, {**room.resources(), **_disk(group)})
        for daemon in self.daemons:
            spec = (template_of(daemon) or {}).get("spec") or {}
            tolerant = {**spec, "tolerations": [*(spec.get("tolerations") or ()), *_TOLERATED]}
            if group.takes(tolerant):
                made = agent(daemon, name)
                self.cluster.add_pod(made.pod, made.claims)
                self.agents += 1
        self.count[group.name] += 1

    def grow(self, waiting: Mapping[str, str], pods: Iterable[Placeable], groups: Iterable[NodeGroup]) -> bool:
        """Add a node of a group that takes a pod which waits for room; tell whether there was one to add."""
        scarce = {owner for owner, why in waiting.items() if any(word in why for word in _SCARCE)}
        for pod in pods:
            if pod.owner not in scarce:
                continue
            for group in groups:
                if self.count[group.name] < group.most and group.takes(pod.pod["spec"]):
                    self.add_node(group)
                    return True
        return False


def _disk(group: NodeGroup) -> dict[str, str]:
    return {"ephemeral-storage": f"{int(group.disk_gib * _DISK)}Gi"} if group.disk_gib else {}


def _room(group: NodeGroup) -> Allocatable | None:
    """Return what the smallest node lets pods have that the group may get."""
    found = [room for name in group.instance_types if (room := allocatable(name))]
    return min(found, key=lambda room: (room.memory_mib, room.millicores), default=None)


def _owners(pods: Iterable[Placeable]) -> dict[tuple[str, str], str]:
    return {(pod.pod["metadata"]["namespace"], pod.pod["metadata"]["name"]): pod.owner for pod in pods}


def _waiting(pods: Iterable[Mapping[str, Any]], owners: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """Return what the scheduler says of each workload of which a pod has no node."""
    found: dict[str, str] = {}
    for pod in pods:
        if "nodeName" not in pod["spec"]:
            metadata = pod["metadata"]
            owner = owners.get(
                (metadata["namespace"], metadata["name"]), f"agent {metadata['namespace']}/{metadata['name']}"
            )
            found.setdefault(owner, reason(pod) or "the scheduler has said nothing of it")
    return dict(sorted(found.items()))
