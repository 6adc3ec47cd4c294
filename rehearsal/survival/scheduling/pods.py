"""The pods of workloads as the scheduler sees them: what they ask for, where they may run, which volumes they mount."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from rehearsal.charts.pods import Manifest, template_of
from rehearsal.survival.workloads import Workload, workloads

_PLACED: Final = ("affinity", "hostNetwork", "nodeSelector", "tolerations", "topologySpreadConstraints")
# The operator's own container beside each server; its values are what the chart of the operator is given.
# https://prometheus-operator.dev/docs/api-reference/api/
_RELOADER: Final = {"requests": {"cpu": "10m", "memory": "64Mi"}}
_IMAGE: Final = "registry.k8s.io/pause:3.10"
_HASH: Final = "pod-template-hash"
_SYSTEM: Final = ("system-cluster-critical", "system-node-critical")
# The kinds that the operator makes a StatefulSet of, by the container of theirs that runs the program.
_OPERATED: Final = frozenset({"Alertmanager", "Prometheus", "ThanosRuler"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeable:
    """One pod and its volumes.

    Attributes:
        owner: The workload, ``StatefulSet vault/vault``.
        pod: As it is given to the API server.
        claims: Its PersistentVolumeClaims, those that are not there yet.

    """

    owner: str
    pod: Mapping[str, Any] = field(hash=False)
    claims: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)


def placeable(manifests: Sequence[Manifest], storage: Mapping[str, str]) -> Iterator[Placeable]:
    """Yield every pod of the workloads that keep a number of them.

    Args:
        manifests: Objects, each with its namespace.
        storage: Of each StorageClass who makes its volumes.

    """
    templates = {
        f"{each['kind']} {each['metadata'].get('namespace')}/{each['metadata']['name']}": each
        for each in manifests
        if template_of(each) is not None or each.get("kind") in _OPERATED
    }
    for workload in workloads(manifests, storage):
        manifest = templates[str(workload)]
        for number in range(workload.replicas):
            yield _one(workload, manifest, number)


def agents(manifests: Sequence[Manifest]) -> Iterator[Manifest]:
    """Yield the DaemonSets among objects."""
    yield from (each for each in manifests if each.get("kind") == "DaemonSet")


def agent(manifest: Manifest, node: str) -> Placeable:
    """Return the pod that a DaemonSet has on a node: it may run on that one only.

    https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#how-daemon-pods-are-scheduled
    """
    template = template_of(manifest) or {}
    spec = _spec(template.get("spec") or {})
    name = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [name]}}}
    pod = _pod(manifest, f"{manifest['metadata']['name']}-{node}", template, {**spec, "affinity": affinity})
    return Placeable(owner=f"DaemonSet {pod['metadata']['namespace']}/{manifest['metadata']['name']}", pod=pod)


def _one(workload: Workload, manifest: Manifest, number: int) -> Placeable:
    name = f"{workload.name}-{number}"
    if workload.kind in _OPERATED:
        spec = manifest["spec"]
        template: Manifest = {"metadata": {"labels": dict(workload.labels)}, "spec": _operated(spec)}
        claim = ((spec.get("storage") or {}).get("volumeClaimTemplate") or {}).get("spec")
        name = f"{workload.kind.lower()}-{name}"
        wanted = [("db", claim)] if claim else []
    else:
        template = template_of(manifest) or {}
        wanted = [
            (each["metadata"]["name"], each["spec"]) for each in manifest["spec"].get("volumeClaimTemplates") or ()
        ]
    spec = _spec(template["spec"])
    claims = tuple(
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": f"{volume}-{name}", "namespace": workload.namespace},
            "spec": claim,
        }
        for volume, claim in wanted
    )
    mounted = [
        {"name": f"claim-{index}", "persistentVolumeClaim": {"claimName": each["metadata"]["name"]}}
        for index, each in enumerate(claims)
    ]
    pod = _pod(manifest, name, template, {**spec, "volumes": [*spec["volumes"], *mounted]})
    return Placeable(owner=str(workload), pod=pod, claims=claims)


def _operated(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the spec of pods that the operator makes of a custom resource, as far as it places them."""
    containers = [{"resources": spec.get("resources") or {}}, {"resources": _RELOADER}]
    if spec.get("thanos"):
        containers.append({"resources": spec["thanos"].get("resources") or {}})
    named = [{**each, "name": f"container-{index}"} for index, each in enumerate(containers)]
    spreads = [
        {key: value for key, value in each.items() if key != "additionalLabelSelectors"}
        for each in spec.get("topologySpreadConstraints") or ()
    ]
    return {
        **{key: spec[key] for key in _PLACED if key in spec},
        "topologySpreadConstraints": spreads,
        "containers": named,
    }


def _pod(manifest: Manifest, name: str, template: Manifest, spec: Mapping[str, Any]) -> dict[str, Any]:
    metadata = manifest["metadata"]
    labels = {**((template.get("metadata") or {}).get("labels") or {}), _HASH: metadata["name"][:63]}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": metadata.get("namespace") or "default", "labels": labels},
        "spec": spec,
    }


def _spec(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the scheduler looks at; of images, commands and mounts it knows nothing."""
    volumes = [
        {"name": each["name"], "persistentVolumeClaim": each["persistentVolumeClaim"]}
        for each in spec.get("volumes") or ()
        if each.get("persistentVolumeClaim")
    ]
    critical = spec.get("priorityClassName")
    return {
        **{key: spec[key] for key in _PLACED if spec.get(key)},
        **({"priorityClassName": critical} if critical in _SYSTEM else {}),
        "automountServiceAccountToken": False,
        "containers": [_container(each) for each in spec["containers"]],
        "initContainers": [_container(each, again=True) for each in spec.get("initContainers") or ()],
        "volumes": volumes,
    }


def _container(container: Mapping[str, Any], *, again: bool = False) -> dict[str, Any]:
    ports = [
        {key: port[key] for key in ("containerPort", "hostPort", "hostIP", "protocol") if key in port}
        for port in container.get("ports") or ()
        if port.get("hostPort")
    ]
    stays = {"restartPolicy": container["restartPolicy"]} if again and container.get("restartPolicy") else {}
    asked = container.get("resources") or {}
    return {
        "name": container["name"],
        "image": _IMAGE,
        "ports": ports,
        "resources": {key: asked[key] for key in ("limits", "requests") if asked.get(key)},
        **stays,
    }
