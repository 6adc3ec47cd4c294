"""What a stack runs: workloads that keep a number of pods, whoever makes them, and the budgets that guard them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from rehearsal.charts.pods import Manifest, template_of
from rehearsal.reachability.selectors import kubernetes

_KEPT: Final = frozenset({"Deployment", "StatefulSet"})
_BUDGET: Final = ("policy/v1", "PodDisruptionBudget")
# Which custom resources the Prometheus operator makes a StatefulSet of, and how it names the two:
# https://github.com/prometheus-operator/prometheus-operator/tree/main/pkg
_OPERATED: Final = {"Alertmanager": "alertmanager", "Prometheus": "prometheus", "ThanosRuler": "thanos-ruler"}
_OPERATED_GROUP: Final = "monitoring.coreos.com/"
# Only these let a pod mount a volume in whichever zone it is.
_EVERYWHERE: Final = frozenset({"efs.csi.aws.com", "fsx.csi.aws.com", "s3.csi.aws.com"})
_DEFAULT: Final = "storageclass.kubernetes.io/is-default-class"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Pods that are kept at a number.

    Attributes:
        kind: Of the object that keeps them: ``StatefulSet``; of what an operator makes of it, ``Prometheus``.
        namespace: Where they live.
        name: The object's name.
        labels: What the pods carry.
        replicas: How many there are to be.
        pod: Their spec, as far as it says where they may run.
        zonal: Whether each has a volume that only one zone can mount.
        release: The release whose values tell of them, ``vault/vault``; empty where objects do.
        shards: Into how many parts that hold different things they fall.
        copies: How many of them hold each thing; 0 where all do, or nothing says.
        read_from: Where this was read: ``object``, ``custom resource``, ``rendered``, ``values``, ``add-on``.

    """

    kind: str
    namespace: str
    name: str
    labels: Mapping[str, str] = field(hash=False)
    replicas: int
    pod: Mapping[str, Any] = field(default_factory=dict, hash=False)
    zonal: bool = False
    release: str = ""
    shards: int = 1
    copies: int = 0
    read_from: str = "object"

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A PodDisruptionBudget.

    Attributes:
        namespace: Where it counts.
        name: Its name.
        spec: What it says.
        of: The workload that values say a chart makes it for; empty for an object.

    """

    namespace: str
    name: str
    of: str = ""
    spec: Mapping[str, Any] = field(hash=False)

    def __str__(self) -> str:
        return f"PodDisruptionBudget {self.namespace}/{self.name}"

    def guards(self, workload: Workload) -> bool:
        """Tell whether it is about the pods of a workload."""
        return self.namespace == workload.namespace and selects(self.spec.get("selector"), workload.labels)


def selects(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """Tell whether a label selector holds for labels; none at all selects nothing."""
    return selector is not None and kubernetes(selector).holds(labels)


def workloads(
    manifests: Sequence[Manifest], storage: Mapping[str, str], *, rendered: bool = False
) -> Iterator[Workload]:
    """Yield the workloads among objects that keep a number of pods.

    Args:
        manifests: The objects, each with its namespace.
        storage: Of each StorageClass who makes its volumes; the default class by an empty name too.
        rendered: Whether charts made them, not the program.

    """
    claims = {
        (each["metadata"].get("namespace"), each["metadata"]["name"]): each["spec"].get("storageClassName") or ""
        for each in manifests
        if each.get("kind") == "PersistentVolumeClaim"
    }
    for each in manifests:
        metadata, spec = each.get("metadata") or {}, each.get("spec") or {}
        template = template_of(each)
        if each.get("kind") in _KEPT and template is not None:
            pod = template.get("spec") or {}
            yield Workload(
                kind=each["kind"],
                namespace=metadata.get("namespace") or "default",
                name=metadata["name"],
                labels={**((template.get("metadata") or {}).get("labels") or {})},
                replicas=int(spec.get("replicas", 1)),
                pod=pod,
                zonal=any(zonal(name, storage) for name in _classes(spec, pod, metadata.get("namespace"), claims)),
                read_from="rendered" if rendered else "object",
            )
        elif each.get("kind") in _OPERATED and str(each.get("apiVersion", "")).startswith(_OPERATED_GROUP):
            yield _operated(each, storage)


def budgets(manifests: Sequence[Manifest]) -> Iterator[Budget]:
    """Yield the budgets among objects, each with its namespace."""
    for each in manifests:
        if (each.get("apiVersion"), each.get("kind")) == _BUDGET:
            metadata = each["metadata"]
            yield Budget(namespace=metadata.get("namespace") or "default", name=metadata["name"], spec=each["spec"])


def storage_classes(manifests: Sequence[Manifest]) -> Mapping[str, str]:
    """Return who makes the volumes of each StorageClass; of the default one by an empty name too."""
    found: dict[str, str] = {}
    for each in manifests:
        if each.get("kind") == "StorageClass":
            found[each["metadata"]["name"]] = each["provisioner"]
            if (each["metadata"].get("annotations") or {}).get(_DEFAULT) == "true":
                found[""] = each["provisioner"]
    return found


def zonal(storage_class: str, storage: Mapping[str, str]) -> bool:
    """Tell whether volumes of a class can be mounted in one zone only, as those of EBS."""
    return storage.get(storage_class) not in _EVERYWHERE


def _classes(
    spec: Mapping[str, Any],
    pod: Mapping[str, Any],
    namespace: str | None,
    claims: Mapping[tuple[str | None, str], str],
) -> Iterator[str]:
    """Yield the storage classes of a workload's volumes; a claim that nothing shows is of the default class."""
    for template in spec.get("volumeClaimTemplates") or ():
        yield template["spec"].get("storageClassName") or ""
    for volume in pod.get("volumes") or ():
        if claim := (volume.get("persistentVolumeClaim") or {}).get("claimName"):
            yield claims.get((namespace, claim), "")


def _operated(resource: Manifest, storage: Mapping[str, str]) -> Workload:
    metadata, spec, kind = resource["metadata"], resource["spec"], resource["kind"]
    shards = int(spec.get("shards") or 1)
    template = (spec.get("storage") or {}).get("volumeClaimTemplate")
    return Workload(
        kind=kind,
        namespace=metadata.get("namespace") or "default",
        name=metadata["name"],
        labels={
            **((spec.get("podMetadata") or {}).get("labels") or {}),
            "app.kubernetes.io/managed-by": "prometheus-operator",
            "app.kubernetes.io/name": _OPERATED[kind],
            "app.kubernetes.io/instance": metadata["name"],
            _OPERATED[kind]: metadata["name"],
        },
        replicas=int(spec.get("replicas", 1)) * shards,
        pod={**spec, "topologySpreadConstraints": spec.get("topologySpreadConstraints") or []},
        zonal=template is not None and zonal((template.get("spec") or {}).get("storageClassName") or "", storage),
        shards=shards,
        read_from="custom resource",
    )
