"""Makes the API server take objects of kinds whose definition is not at hand, without judging them."""

import re
import threading
from typing import Any, Final

from rehearsal.kubernetes.readiness import wait_until_established
from rehearsal.kubernetes.resource_types import DEFINITIONS, ResourceType, defined_by
from rehearsal.kubernetes.rest import APPLY, Rest

PERMISSIVE_LABEL: Final = "rehearsal/permissive"
"""The label on a CustomResourceDefinition that the rehearsal made up."""

_ANYTHING: Final = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


class PermissiveDefinitions:
    """Makes up a CustomResourceDefinition that accepts anything; one per kind, however many threads ask."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._lock = threading.Lock()
        made_up = rest.get(DEFINITIONS, {"labelSelector": PERMISSIVE_LABEL})["items"]
        self._kinds = {(each["spec"]["group"], each["spec"]["names"]["kind"]) for each in made_up}

    def cover(self, group: str, kind: str) -> bool:
        """Tell whether objects of a kind are accepted unjudged."""
        return (group, kind) in self._kinds

    def define(self, api_version: str, kind: str, *, namespaced: bool) -> tuple[ResourceType, ...]:
        """Have the kind served and return its types.

        Raises:
            ApiError: the API server refuses, for instance a kind in the core group.

        """
        group, _, version = api_version.rpartition("/")
        plural = _plural(kind)
        path = f"{DEFINITIONS}/{plural}.{group}"
        with self._lock:
            known = self._rest.find(path)
            versions = {each["name"] for each in known["spec"]["versions"]} if known else set()
            definition = _definition(group, plural, kind, sorted({*versions, version}), namespaced=namespaced)
            query = {"fieldManager": "rehearsal", "force": "true"}
            self._rest.request("PATCH", path, query, definition, content_type=APPLY)
            types = defined_by(wait_until_established(self._rest, path))
            self._kinds.add((group, kind))
            return types


def _definition(group: str, plural: str, kind: str, versions: list[str], *, namespaced: bool) -> dict[str, Any]:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural}.{group}",
            "labels": {PERMISSIVE_LABEL: "true"},
            # Groups ending in k8s.io are reserved for definitions the Kubernetes project has approved.
            "annotations": {"api-approved.kubernetes.io": "unapproved, made up for a rehearsal"},
        },
        "spec": {
            "group": group,
            "names": {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()},
            "scope": "Namespaced" if namespaced else "Cluster",
            "versions": [
                {
                    "name": version,
                    "served": True,
                    # Exactly one version is stored; the API server keeps the others readable by itself.
                    "storage": version == versions[0],
                    "schema": {"openAPIV3Schema": _ANYTHING},
                }
                for version in versions
            ],
        },
    }


def _plural(kind: str) -> str:
    """Return the plural that code generators for Kubernetes give a kind."""
    singular = kind.lower()
    if re.search(r"(s|x|z|ch|sh)$", singular):
        return f"{singular}es"
    if re.search(r"[^aeiou]y$", singular):
        return f"{singular[:-1]}ies"
    return f"{singular}s"
