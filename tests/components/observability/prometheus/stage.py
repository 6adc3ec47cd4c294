"""What tests of the Prometheus instances have in common: the surroundings of a stack, and all six specs of it."""

from typing import Any

import pulumi

from components.kit.monitoring import Instance
from components.observability.prometheus import manifests
from components.observability.prometheus.manifests import Surroundings
from components.observability.prometheus.settings import PrometheusSettings
from tests.components import examples

PLATFORM = ["vault", "monitoring", "kube-system"]


def around(**changes: Any) -> Surroundings:
    """Return surroundings with some of them changed."""
    given: dict[str, Any] = {
        "cluster_name": "platform-test",
        "platform": PLATFORM,
        "storage_class": "gp3",
        "objstore_secret": "thanos-objstore",
        "retain_data": True,
        "zones": 3,
    }
    return Surroundings(**(given | changes))


def specs(surroundings: Surroundings | None = None, **settings: Any) -> dict[str, dict[str, Any]]:
    """Return the spec of each instance by its name."""
    parsed = examples.parsed(PrometheusSettings, **settings)
    made = {each: manifests.prometheus(parsed, each, surroundings or around()) for each in Instance}
    return {each.value: manifest["spec"] for each, manifest in made.items()}


def output(value: str) -> pulumi.Output[str]:
    """Return what another layer would publish."""
    return pulumi.Output.from_input(value)
