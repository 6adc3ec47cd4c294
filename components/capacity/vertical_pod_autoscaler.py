"""The Vertical Pod Autoscaler: finds out what pods need and, where a VerticalPodAutoscaler says so, requests that."""

from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.kit import chart, placement
from components.kit.layer import Layer

_CHART: Final = "vertical-pod-autoscaler"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerticalPodAutoscalerOutputs:
    """What whoever makes a VerticalPodAutoscaler waits for."""

    release_id: pulumi.Output[str]


class VerticalPodAutoscaler(Layer, kind="platform:capacity:VerticalPodAutoscaler"):
    """Recommender, updater and the admission controller."""

    def __init__(self, name: str, *, host_network: bool = False, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        release = chart.install(self, _CHART, values(host_network=host_network))
        self.outputs = self.publish(VerticalPodAutoscalerOutputs(release_id=release.id))


def values(*, host_network: bool = False) -> dict[str, Any]:
    """Return what differs from the chart's defaults, which has two replicas and a disruption budget for each part."""
    part = {
        "nodeSelector": {**placement.GENERAL_NODES},
        # What a webhook or an eviction depends on must not itself be evicted for want of room.
        "priorityClassName": "system-cluster-critical",
    }
    return {
        "podSecurityContext": {**placement.RESTRICTED_POD},
        "containerSecurityContext": {**placement.RESTRICTED_CONTAINER},
        # Requests and limits as the chart's own comments give them.
        "admissionController": {
            **part,
            "hostNetwork": host_network,
            "resources": placement.resources("50m", "200Mi", memory_limit="500Mi"),
            "certGen": {"nodeSelector": {**placement.GENERAL_NODES}},
        },
        "recommender": {**part, "resources": placement.resources("50m", "500Mi", memory_limit="1000Mi")},
        "updater": {**part, "resources": placement.resources("50m", "200Mi", memory_limit="500Mi")},
    }
