"""The types of objects the API server serves, and the paths of their objects."""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.kubernetes.rest import JSON, Rest

# Aggregated discovery: every type in two requests, https://kubernetes.io/docs/concepts/overview/kubernetes-api/
_AGGREGATED: Final = f"{JSON};g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

DEFINITIONS: Final = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
"""The path of all CustomResourceDefinitions."""


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A type of objects.

    Attributes:
        group: The API group, empty for the core group.
        version: The version within the group, ``v1``.
        kind: The kind, ``NetworkPolicy``.
        plural: The name in paths, ``networkpolicies``.
        namespaced: Whether its objects live in namespaces.
        verbs: What can be done with its objects; empty where nobody asked.

    """

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool
    verbs: frozenset[str] = frozenset()

    @property
    def full_name(self) -> str:
        """The name in the API server's own messages, ``networkpolicies.networking.k8s.io``."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def everywhere(self) -> str:
        """The path of all objects, in whatever namespace."""
        root = f"/apis/{self.group}" if self.group else "/api"
        return f"{root}/{self.version}/{self.plural}"

    def path(self, namespace: str, name: str) -> str:
        """Return the path of one object; `namespace` counts only for a namespaced type."""
        root = self.everywhere.removesuffix(self.plural)
        inside = f"namespaces/{namespace}/" if self.namespaced else ""
        return f"{root}{inside}{self.plural}/{name}"


def discover(rest: Rest) -> tuple[ResourceType, ...]:
    """Return every type in every version, the API server's preferred version of each group first."""
    groups = [group for root in ("/api", "/apis") for group in rest.get(root, accept=_AGGREGATED)["items"]]
    return tuple(
        _served(group["metadata"].get("name", ""), version["version"], resource)
        for group in groups
        for version in group["versions"]
        for resource in version.get("resources") or ()  # null while a definition is being taken in
    )


def defined_by(definition: Mapping[str, Any]) -> tuple[ResourceType, ...]:
    """Return the types that a CustomResourceDefinition the API server has accepted makes it serve."""
    spec = definition["spec"]
    return tuple(
        ResourceType(
            group=spec["group"],
            version=version["name"],
            kind=spec["names"]["kind"],
            plural=spec["names"]["plural"],
            namespaced=spec["scope"] == "Namespaced",
        )
        for version in spec["versions"]
        if version["served"]
    )


class Catalogue:
    """Finds types by apiVersion and kind; shared by all threads."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._lock = threading.Lock()
        self._types: dict[tuple[str, str], ResourceType] = {}
        self.add(discover(rest))
        self._own_groups = frozenset(each.group for each in self._types.values()) - _defined_groups(rest)

    def find(self, api_version: str, kind: str) -> ResourceType | None:
        """Return the type, or None where the API server does not serve it now."""
        key = (api_version, kind)
        if key not in self._types:
            self.add(discover(self._rest))
        return self._types.get(key)

    def is_own(self, group: str) -> bool:
        """Tell whether a group is the API server's own, in which nobody else can define a kind."""
        return group in self._own_groups

    def versions(self, group: str, kind: str) -> tuple[str, ...]:
        """Return the versions in which a kind of a group is served, sorted."""
        return tuple(sorted(each.version for each in self._types.values() if (each.group, each.kind) == (group, kind)))

    @property
    def digest(self) -> str:
        """A digest of all types that are known."""
        names = sorted(f"{api_version} {kind}" for api_version, kind in self._types)
        return hashlib.sha256("\n".join(names).encode()).hexdigest()

    def add(self, types: tuple[ResourceType, ...]) -> None:
        """Take in types that the API server is known to serve."""
        found = {(f"{each.group}/{each.version}".lstrip("/"), each.kind): each for each in types}
        with self._lock:
            # A new mapping, so that readers need no lock.
            self._types = {**self._types, **found}


def _defined_groups(rest: Rest) -> frozenset[str]:
    return frozenset(each["spec"]["group"] for each in rest.get(DEFINITIONS)["items"])


def _served(group: str, version: str, resource: Mapping[str, Any]) -> ResourceType:
    return ResourceType(
        group=group,
        version=version,
        kind=resource["responseKind"]["kind"],
        plural=resource["resource"],
        namespaced=resource["scope"] == "Namespaced",
        verbs=frozenset(resource["verbs"]),
    )
