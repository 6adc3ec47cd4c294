"""A release of the chart `kite`, and what the engine asks the stand-in about it."""

from typing import Any

from rehearsal.kubernetes.provider import KubernetesStandIn
from rehearsal.kubernetes.releases import RELEASE
from rehearsal.providers.standin import Properties, Resource

RESOURCE = Resource(urn=f"urn:pulumi:test::platform::{RELEASE}::kite", type=RELEASE, name="kite")


def inputs(namespace: str, **more: Any) -> Properties:
    """Return the inputs of a release in a namespace."""
    return {"chart": "kite", "version": "1.2.3", "name": "kite", "namespace": namespace, "values": {}, **more}


def create(helm: KubernetesStandIn, given: Properties) -> tuple[str, Properties]:
    """Check and create; return the id and the outputs."""
    checked, failures = helm.check(RESOURCE, given, olds={}, seed=b"seed")
    assert failures == []
    return helm.create(RESOURCE, checked, preview=False)
