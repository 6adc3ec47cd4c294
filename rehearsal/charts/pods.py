"""What rendered workloads say of their pods: who they are, where they listen, which images and resources they need."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

Manifest = Mapping[str, Any]
Socket = tuple[int, str]

_PATHS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("apps/v1", "DaemonSet"): ("spec", "template"),
    ("apps/v1", "Deployment"): ("spec", "template"),
    ("apps/v1", "ReplicaSet"): ("spec", "template"),
    ("apps/v1", "StatefulSet"): ("spec", "template"),
    ("batch/v1", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("batch/v1", "Job"): ("spec", "template"),
    ("v1", "Pod"): (),
}
"""Where a workload holds the template of its pods."""

_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_ASKED: Final = ("cpu", "memory")
_BINDINGS: Final = frozenset({"ClusterRoleBinding", "RoleBinding"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pods:
    """The pods of one workload.

    Attributes:
        owner: The workload, ``Deployment cert-manager/cert-manager``.
        release: The release it is of, ``cert-manager/cert-manager``; empty for one that the program itself declares.
        namespace: Where they live.
        labels: What they carry.
        host_network: Whether they use their node's network.
        sockets: Where anything rendered says that they listen: a container's ports, probes, Services.
        calls_api: Whether anything rendered grants their service account a role, so that they call the API server.
        images: What they run.
        without_requests: The containers that do not say how much CPU and memory they need.

    """

    owner: str
    release: str
    namespace: str
    labels: Mapping[str, str] = field(hash=False)
    host_network: bool
    sockets: frozenset[Socket]
    calls_api: bool
    images: tuple[str, ...]
    without_requests: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.owner} (release {self.release})" if self.release else self.owner


def template_of(manifest: Manifest) -> Manifest | None:
    """Return the template of a workload's pods, a Pod itself, or None for anything else."""
    path = _PATHS.get((manifest.get("apiVersion", ""), manifest.get("kind", "")))
    place: Any = manifest
    for step in path or ():
        place = place.get(step) if isinstance(place, Mapping) else None
    return place if path is not None and isinstance(place, Mapping) else None


def placed(manifest: Manifest, namespace: str) -> Manifest:
    """Return an object with a namespace in it, which Helm adds to those that name none."""
    return {**manifest, "metadata": {"namespace": namespace, **(manifest.get("metadata") or {})}}


def read(manifests: Sequence[Manifest], namespace: str, release: str = "") -> tuple[Pods, ...]:
    """Return the pods of the workloads among some objects.

    Args:
        manifests: The objects, Services among them.
        namespace: Where those live that name no namespace.
        release: The release they are of.

    """
    services = [each for each in manifests if (each.get("apiVersion"), each.get("kind")) == ("v1", "Service")]
    granted = frozenset(_granted(manifests, namespace))
    found = (
        (manifest, _pods(manifest, template, namespace, release, services))
        for manifest in manifests
        if (template := template_of(manifest)) is not None
    )
    return tuple(replace(pods, calls_api=(pods.namespace, _account(manifest)) in granted) for manifest, pods in found)


def _granted(manifests: Iterable[Manifest], namespace: str) -> Iterator[tuple[str, str]]:
    """Yield namespace and name of every service account that a binding among some objects gives a role."""
    for each in manifests:
        if str(each.get("apiVersion", "")).startswith("rbac.") and each.get("kind") in _BINDINGS:
            for subject in each.get("subjects") or ():
                if subject.get("kind") == "ServiceAccount":
                    yield subject.get("namespace") or namespace, subject.get("name", "")


def _account(manifest: Manifest) -> str:
    spec = (template_of(manifest) or {}).get("spec") or {}
    return spec.get("serviceAccountName") or spec.get("serviceAccount") or "default"


def _pods(manifest: Manifest, template: Manifest, default: str, release: str, services: Iterable[Manifest]) -> Pods:
    metadata = manifest.get("metadata") or {}
    namespace = metadata.get("namespace") or default
    spec = template.get("spec") or {}
    labels = {**((template.get("metadata") or {}).get("labels") or {}), **_given(manifest)}
    containers = [*(spec.get("containers") or ()), *filter(_stays, spec.get("initContainers") or ())]
    every = [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]
    named = {port["name"]: port for each in containers for port in each.get("ports") or () if port.get("name")}
    aimed = [
        (port.get("targetPort", port["port"]), port.get("protocol"))
        for service in services
        if ((service.get("metadata") or {}).get("namespace") or default) == namespace and _selects(service, labels)
        for port in service["spec"].get("ports") or ()
    ]
    probed = [(port, None) for each in containers for port in _probed(each)]
    own = [(port["containerPort"], port.get("protocol")) for each in containers for port in each.get("ports") or ()]
    sockets = {_socket(port, protocol, named) for port, protocol in (*own, *probed, *aimed)}
    return Pods(
        owner=f"{manifest['kind']} {namespace}/{metadata.get('name', '')}",
        release=release,
        namespace=namespace,
        labels={str(key): str(value) for key, value in labels.items()},
        host_network=bool(spec.get("hostNetwork")),
        sockets=frozenset(socket for socket in sockets if socket is not None),
        calls_api=False,
        images=tuple(dict.fromkeys(str(each["image"]) for each in every if each.get("image"))),
        without_requests=tuple(each.get("name", "") for each in every if not _asks(each)),
    )


def _given(manifest: Manifest) -> Mapping[str, str]:
    """Return the labels that a controller gives the pods it makes, as far as they are known before.

    https://kubernetes.io/docs/reference/labels-annotations-taints/#batchkubernetesio-job-name
    """
    name = (manifest.get("metadata") or {}).get("name", "")
    return {"batch.kubernetes.io/job-name": name, "job-name": name} if manifest.get("kind") == "Job" else {}


def _stays(container: Manifest) -> bool:
    """Tell whether an init container runs as long as its pod does."""
    return container.get("restartPolicy") == "Always"


def _probed(container: Manifest) -> Iterator[Any]:
    for name in _PROBES:
        probe = container.get(name) or {}
        for how in ("httpGet", "tcpSocket", "grpc"):
            if port := (probe.get(how) or {}).get("port"):
                yield port


def _selects(service: Manifest, labels: Manifest) -> bool:
    selector = (service.get("spec") or {}).get("selector") or {}
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


def _socket(port: Any, protocol: str | None, named: Mapping[str, Manifest]) -> Socket | None:
    """Return number and protocol of a port that may be given by its name; None for a name nobody has."""
    if isinstance(port, str) and not port.isdecimal():
        found = named.get(port)
        return (int(found["containerPort"]), found.get("protocol") or "TCP") if found else None
    return int(port), protocol or "TCP"


def _asks(container: Manifest) -> bool:
    requests = (container.get("resources") or {}).get("requests") or {}
    limits = (container.get("resources") or {}).get("limits") or {}
    # A limit alone is a request of as much.
    return all(requests.get(name) or limits.get(name) for name in _ASKED)
