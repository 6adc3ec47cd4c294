"""The metrics server: what pods and nodes use right now, which `kubectl top` shows and HPA and VPA decide by."""

from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.capacity import placement
from components.kit import chart
from components.kit.layer import Layer

_CHART: Final = "metrics-server"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsServerOutputs:
    """What whoever asks for metrics waits for."""

    release_id: pulumi.Output[str]


class MetricsServer(Layer, kind="platform:capacity:MetricsServer"):
    """Serves the API `metrics.k8s.io`."""

    def __init__(self, name: str, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        release = chart.install(self, _CHART, values())
        self.outputs = self.publish(MetricsServerOutputs(release_id=release.id))


def values() -> dict[str, Any]:
    """Return what differs from the chart's defaults."""
    return {
        "replicas": placement.REPLICAS,
        "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1},
        # The old pod goes only when the new one has its first metrics: an autoscaler without metrics stands still.
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
        "nodeSelector": {**placement.GENERAL_NODES},
        "topologySpreadConstraints": placement.apart(instance=_CHART),
        # 1 MiB for each node and 100m CPU for up to 100 nodes, upstream says; 200Mi is the chart's own request.
        # https://github.com/kubernetes-sigs/metrics-server#scaling
        "resources": placement.resources("100m", "200Mi", memory_limit="400Mi"),
    }
