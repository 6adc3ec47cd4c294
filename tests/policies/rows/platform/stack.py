"""Makes resources of a stack for rows, with what a graph knows of them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from policies.rules.kubernetes.releases import RELEASE
from tests.policies.rows.kubernetes.objects import made, namespace
from tests.policies.rows.row import ENTRY

APPS: Final = "urn:pulumi:dev::platform::kubernetes:core/v1:Namespace::apps"
"""The URN of the Namespace of `in_apps`."""


def entry(token: str, name: str = "it", **inputs: Any) -> dict[str, Any]:
    """Return a resource that is no object of the cluster."""
    return {ENTRY: {"type": token, "name": name}, **inputs}


def after(resource: Mapping[str, Any], *dependencies: str, **more: Any) -> dict[str, Any]:
    """Return a resource that waits for others, by their URNs."""
    return {**resource, ENTRY: {**resource.get(ENTRY, {}), "dependencies": list(dependencies), **more}}


def urn(token: str, name: str = "it") -> str:
    """Return the URN of a resource of a row."""
    return f"urn:pulumi:dev::platform::{token}::{name}"


def release(name: str = "it", home: Any = "apps", **inputs: Any) -> dict[str, Any]:
    """Return a release of a chart, one that no rule objects to."""
    whole = {
        "chart": "a",
        "version": "1.2.3",
        "namespace": home,
        "repositoryOpts": {"repo": "https://charts.example.com"},
        "atomic": True,
        "timeout": 600,
        "maxHistory": 3,
        "values": {},
    }
    return entry(RELEASE, name, **{key: value for key, value in {**whole, **inputs}.items() if value is not None})


def apps(purpose: str = "An app", **labels: str) -> dict[str, Any]:
    """Return the Namespace ``apps``."""
    found = namespace("restricted") | {ENTRY: {"name": "apps"}}
    metadata = {"name": "apps", "labels": labels, "annotations": {"platform/purpose": purpose}}
    return found | {"metadata": metadata}


def named(resource: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a resource under a logical name."""
    return {**resource, ENTRY: {**resource.get(ENTRY, {}), "name": name}}


def labelled(token: str, labels: Any, name: str = "it", home: str = "apps", spec: Any = None) -> dict[str, Any]:
    """Return an object with labels."""
    found = made(token, name, home, spec=spec if spec is not None else {})
    return {**found, "metadata": {**found["metadata"], "labels": labels}, ENTRY: {"name": name}}


def protected(*resources: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    """Return resources that the engine refuses to delete."""
    return [{**each, ENTRY: {**each.get(ENTRY, {}), "protect": True}} for each in resources]
