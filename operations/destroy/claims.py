"""Which claims of a stack leave a volume behind when it is gone."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from operations.rehearsed import Rehearsed
from rehearsal.report.graph import Node

CLASS: Final = "storage.k8s.io/v1:StorageClass"

_CLAIM: Final = "core/v1:PersistentVolumeClaim"
_CLAIMING: Final[Mapping[str, tuple[str, ...]]] = {
    "apps/v1:StatefulSet": ("spec", "volumeClaimTemplates"),
    "monitoring.coreos.com/v1:Prometheus": ("spec", "storage", "volumeClaimTemplate"),
    "monitoring.coreos.com/v1:Alertmanager": ("spec", "storage", "volumeClaimTemplate"),
}


def retains(storage_class: Node) -> bool:
    """Tell whether a storage class keeps a volume whose claim is gone."""
    return bool(storage_class.inputs.get("reclaimPolicy") == "Retain")


def outliving(rehearsed: Rehearsed) -> tuple[Node, ...]:
    """Return the objects of which a claim, or its volume, is there when they are gone."""
    kept = {node.inputs["metadata"]["name"] for node in rehearsed.of(CLASS) if retains(node)}
    return tuple(node for node in rehearsed.made if any(_outlives(node, claim, kept) for claim in _claims(node)))


def _claims(node: Node) -> Iterator[Mapping[str, Any]]:
    """Yield the claims that an object has made for its pods."""
    if node.type.endswith(_CLAIM):
        yield node.inputs
    for end, way in _CLAIMING.items():
        if node.type.endswith(end):
            found: Any = node.inputs
            for step in way:
                found = found.get(step) or {}
            yield from [found] if isinstance(found, Mapping) and found else found


def _outlives(node: Node, claim: Mapping[str, Any], kept: set[str]) -> bool:
    policy = node.inputs.get("spec", {}).get("persistentVolumeClaimRetentionPolicy") or {}
    # Kubernetes keeps claims of a StatefulSet unless told otherwise; a claim of its own goes with itself.
    default = "Delete" if node.type.endswith(_CLAIM) else "Retain"
    return policy.get("whenDeleted", default) == "Retain" or claim.get("spec", {}).get("storageClassName") in kept
