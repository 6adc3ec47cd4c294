"""The metrics server: what pods and nodes use right now, which `kubectl top` shows and HPA and VPA decide by."""

from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.capacity.flows import METRICS_SERVER
from components.kit import chart, placement
from components.kit.host_network import ROLLING
from components.kit.layer import Layer

_CHART: Final = "metrics-server"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsServerOutputs:
    """What whoever asks for metrics waits for."""

    release_id: pulumi.Output[str]


class MetricsServer(Layer, kind="platform:capacity:MetricsServer"):
    """Serves the API `metrics.k8s.io`."""

    def __init__(self, name: str, *, host_network: bool = False, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        release = chart.install(self, _CHART, values(host_network=host_network))
        self.outputs = self.publish(MetricsServerOutputs(release_id=release.id))


def values(*, host_network: bool = False) -> dict[str, Any]:
    """Return what differs from the chart's defaults."""
    # The old pod goes only when the new one has its first metrics: an autoscaler without metrics stands still.
    after = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    return {
        "replicas": placement.REPLICAS,
        "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1},
        "updateStrategy": {**ROLLING} if host_network else after,
        # The chart's 10250 is the kubelet's on a node's network.
        "containerPort": METRICS_SERVER.ports[0].number,
        "hostNetwork": {"enabled": host_network},
        "nodeSelector": {**placement.GENERAL_NODES},
        "topologySpreadConstraints": placement.apart(instance=_CHART),
        # 1 MiB for each node and 100m CPU for up to 100 nodes, upstream says; 200Mi is the chart's own request.
        # https://github.com/kubernetes-sigs/metrics-server#scaling
        "resources": placement.resources("100m", "200Mi", memory_limit="400Mi"),
    }
