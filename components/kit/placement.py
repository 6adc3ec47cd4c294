"""Where the platform's own controllers run, and what their pods may do: on general nodes, apart, without privileges."""

from collections.abc import Mapping
from typing import Any, Final

REPLICAS: Final = 2
"""One works, the other takes over: what stands for a while must not stand until a node is replaced."""

UNREADY_MAY_GO: Final = "AlwaysAllow"
"""A budget's policy for pods that run and are not ready: a drain takes them, be the others many enough or not.

By Kubernetes' own choice it waits until they are ready, which one that cannot start never is. Those that are ready are
as safe as before, a quorum's too: an eviction of a member that does not answer takes no answer away.
https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy
"""

GENERAL_NODES: Final[Mapping[str, str]] = {"node-role": "general"}
"""On-demand nodes for everything that does not ask for others; some are there before any autoscaler is."""

GPU_NODES: Final[Mapping[str, str]] = {"node-role": "gpu"}
"""Nodes with NVIDIA devices."""

STORAGE_NODES: Final[Mapping[str, str]] = {"node-role": "storage"}
"""Nodes with local disks, one group in each zone."""

GPU_AGENTS: Final[Mapping[str, str]] = {"platform/agent": "gpu"}
"""What the GPU operator's agents bear, whatever their names: policies know them by it."""

EVERY_TAINT: Final = ({"operator": "Exists"},)
"""What an agent of a node tolerates: while the node lives, retiring or not, its pods need the agent."""

# Kubernetes' restricted level, which the charts' defaults reach in parts only.
# https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
RESTRICTED_POD: Final[Mapping[str, Any]] = {
    "runAsNonRoot": True,
    "runAsUser": 65534,
    "runAsGroup": 65534,
    "fsGroup": 65534,
    "seccompProfile": {"type": "RuntimeDefault"},
}
RESTRICTED_CONTAINER: Final[Mapping[str, Any]] = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def apart(**labels: str) -> list[dict[str, Any]]:
    """Wish for the pods with these labels, each an app.kubernetes.io/, to be spread over zones and nodes."""
    return _zone_and_node(recommended(**labels))


def recommended(**labels: str) -> dict[str, str]:
    """Return labels under Kubernetes' recommended names: ``name`` is ``app.kubernetes.io/name``."""
    return {f"app.kubernetes.io/{label}": value for label, value in labels.items()}


def apart_for_sure(labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Keep the pods of a Deployment with these labels in different zones, as long as several have nodes that take them.

    For what a loss of a zone must not interrupt: a wish is forgotten on the first busy day, and Kubernetes takes some
    six minutes to miss a lost node's pods and make them elsewhere. Where others wait for such pods, give them a
    priority that finds them room.

    Zones that are lost or drained do not count, for their nodes bear taints; nor do pods of the revision that goes.
    """
    zone, node = _zone_and_node(labels)
    zone |= {
        "whenUnsatisfiable": "DoNotSchedule",
        "nodeTaintsPolicy": "Honor",
        "matchLabelKeys": ["pod-template-hash"],
    }
    return [zone, node]


def apart_for_good(replicas: int, zones: int, *, each: str = "", **labels: str) -> list[dict[str, Any]]:
    """Keep the pods with these labels in different zones, if there are several: each has a volume, which stays.

    A wish would not do: two volumes that once began in one zone take both pods with them when it is lost. Nor would
    counting the zones that have a node: where EC2 has no capacity in one when the cluster comes up, its machines are
    in the others, and so would the volumes be for ever. A pod waits for a node in its own zone instead.

    Args:
        replicas: How many pods there are.
        zones: How many zones the nodes that take them are to be in.
        each: The label by which sets of pods are told apart that are spread each by itself; empty for one set.
        labels: Of the pods, as those of `apart`.

    """
    zone, node = apart(**labels)
    if replicas > 1:
        zone |= {"whenUnsatisfiable": "DoNotSchedule", "minDomains": min(replicas, zones)}
        zone |= {"matchLabelKeys": [each]} if each else {}
    return [zone, node]


def _zone_and_node(labels: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {**labels}},
        }
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]


def resources(cpu: str, memory: str, *, memory_limit: str = "") -> dict[str, dict[str, str]]:
    """Return requests, and a limit of memory alone: a limit of CPU slows down a controller that has work to do."""
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory_limit or memory}}
