"""Lists every object on the API server, so that what a rehearsal leaves behind can be told to the last ConfigMap."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kubernetes import client

from rehearsal.kubernetes.permissive import PERMISSIVE_LABEL
from rehearsal.kubernetes.resource_types import ResourceType, discover
from rehearsal.kubernetes.rest import JSON, Rest

_METADATA_ONLY: Final = f"{JSON};g=meta.k8s.io;v=v1;as=PartialObjectMetadataList"

# What the control plane makes and renews for itself, at its own times.
_OWN_TYPES: Final = frozenset(
    {
        "componentstatuses",  # not objects at all
        "endpoints",
        "endpointslices.discovery.k8s.io",
        "events",
        "events.events.k8s.io",
        "ipaddresses.networking.k8s.io",  # one for each service
        "leases.coordination.k8s.io",
    }
)
# What the control plane puts into every namespace.
_OWN_OBJECTS: Final = frozenset({("serviceaccounts", "default"), ("configmaps", "kube-root-ca.crt")})
# The first marks the APIService that the control plane adds for every group and version.
_OWN_LABELS: Final = frozenset({"kube-aggregator.kubernetes.io/automanaged", PERMISSIVE_LABEL})


@dataclass(frozen=True, slots=True, order=True)
class ObjectKey:
    """Which object: API group (empty for the core group), kind, namespace (empty where there is none), name."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """Read like ``apps/Deployment monitoring/grafana`` or ``Namespace monitoring``."""
        return f"{self.group}/{self.kind} {self.namespace}/{self.name}".lstrip("/").replace(" /", " ")


def snapshot(api_client: client.ApiClient) -> frozenset[ObjectKey]:
    """Return every object but those the control plane makes for itself.

    Raises:
        ApiError: the API server refuses.
        UnreachableError: the API server does not answer.

    """
    rest = Rest(api_client)
    return frozenset(key for each in _listable(discover(rest)) for key in _objects(rest, each))


def _listable(types: tuple[ResourceType, ...]) -> Iterator[ResourceType]:
    seen = set(_OWN_TYPES)
    for each in types:
        # The same objects are served in every version of their group; one will do.
        if "list" in each.verbs and each.full_name not in seen:
            seen.add(each.full_name)
            yield each


def _objects(rest: Rest, resource_type: ResourceType) -> Iterator[ObjectKey]:
    # An empty list comes as null.
    for item in rest.get(resource_type.everywhere, accept=_METADATA_ONLY)["items"] or ():
        metadata: Mapping[str, Any] = item["metadata"]
        if (resource_type.full_name, metadata["name"]) in _OWN_OBJECTS or _OWN_LABELS & metadata.get(
            "labels", {}
        ).keys():
            continue
        yield ObjectKey(resource_type.group, resource_type.kind, metadata.get("namespace", ""), metadata["name"])
