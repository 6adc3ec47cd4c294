"""Finds the pods that an object of the cluster makes: their template, their containers, what is said of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from policies.values import Properties, Unknown, read, split

WORKLOADS: Final = (
    "kubernetes:apps/v1:DaemonSet",
    "kubernetes:apps/v1:Deployment",
    "kubernetes:apps/v1:StatefulSet",
    "kubernetes:batch/v1:CronJob",
    "kubernetes:batch/v1:Job",
    "kubernetes:core/v1:Pod",
)
"""The types whose object holds a template of pods, or is a pod itself."""

OPERATED: Final = (
    "kubernetes:monitoring.coreos.com/v1:Alertmanager",
    "kubernetes:monitoring.coreos.com/v1:Prometheus",
)
"""The types of which the Prometheus operator makes pods; their own containers are its business, all else is theirs."""

EVERY: Final = (*WORKLOADS, *OPERATED)

# The containers that the operator makes; an entry of one of these names only changes what it made.
# https://prometheus-operator.dev/docs/api-reference/api/: PrometheusSpec, AlertmanagerSpec, `containers`
_MADE_BY_OPERATOR: Final = frozenset(
    {"alertmanager", "config-reloader", "init-config-reloader", "prometheus", "thanos-sidecar"}
)
_LISTS: Final = ("initContainers", "containers", "ephemeralContainers")


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a pod.

    Attributes:
        name: Its name.
        given: What is said of it.
        whole: Whether that is all there is; of what an operator makes it is only a part.
        init: Whether it runs before the others.

    """

    name: str
    given: Properties
    whole: bool = True
    init: bool = False


def is_workload(resource: Properties) -> bool:
    """Tell whether an object makes pods."""
    return any(token.endswith(f":{resource.get('kind')}") for token in EVERY)


def is_operated(workload: Properties) -> bool:
    """Tell whether an operator makes the pods of an object."""
    return any(token.endswith(f":{workload.get('kind')}") for token in OPERATED)


def template(workload: Properties) -> Any:
    """Return metadata and spec of the pods; `Unknown` where it is not known, None where there is none."""
    kind = workload.get("kind")
    if kind == "Pod":
        return workload
    if kind == "CronJob":
        return read(workload, "spec", "jobTemplate", "spec", "template")
    if is_operated(workload):
        metadata = read(workload, "spec", "podMetadata", default={})
        return {"metadata": metadata, "spec": read(workload, "spec", default={})}
    return read(workload, "spec", "template")


def spec(workload: Properties) -> Any:
    """Return the spec of the pods, empty where there is none."""
    return read(template(workload), "spec", default={})


def namespace(resource: Properties) -> Any:
    """Return the namespace an object is in, which is ``default`` where it names none."""
    return read(resource, "metadata", "namespace", default="default")


def containers(workload: Properties) -> tuple[list[Container], list[Unknown]]:
    """Return all containers of the pods, and what is not known of which there are."""
    pod = spec(workload)
    if isinstance(pod, Unknown):
        return [], [pod]
    operated = is_operated(workload)
    found, unknown = list(_made(workload, pod)) if operated else [], []
    for field in _LISTS:
        known, hidden = split(read(pod, field))
        unknown += hidden
        for each in known:
            name = str(read(each, "name", default="without a name"))
            whole = not (operated and name in _MADE_BY_OPERATOR)
            found.append(Container(name, each, whole=whole, init=field == "initContainers"))
    return found, unknown


def _made(workload: Properties, pod: Properties) -> Iterator[Container]:
    """Yield what an object of an operator says of the containers that the operator makes."""
    own = str(workload["kind"]).lower()
    yield Container(own, {key: pod[key] for key in ("image", "resources") if key in pod}, whole=False)
    thanos = read(pod, "thanos")
    if isinstance(thanos, dict):
        yield Container(
            "thanos-sidecar", {key: thanos[key] for key in ("image", "resources") if key in thanos}, whole=False
        )


def labels(workload: Properties) -> dict[str, Any]:
    """Return the labels of the pods, those that an operator gives them included; empty where they are not known.

    https://prometheus-operator.dev/docs/platform/troubleshooting/: the labels of its pods
    """
    given = read(template(workload), "metadata", "labels", default={})
    own = {} if isinstance(given, Unknown) else dict(given)
    if is_operated(workload):
        kind, name = str(workload["kind"]).lower(), read(workload, "metadata", "name")
        own |= {"app.kubernetes.io/name": kind, "app.kubernetes.io/instance": name, kind: name}
    return own


def replicas(workload: Properties) -> Any:
    """Return how many pods an object keeps; `Unknown` where it is not known."""
    return read(workload, "spec", "replicas", default=1)
