"""The kinds of the Prometheus operator, before every chart that brings a monitor or a rule of its own."""

from dataclasses import dataclass
from typing import Final

import pulumi

from components.kit import chart
from components.kit.layer import Layer

CHART: Final = "prometheus-operator-crds"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoringCrdsOutputs:
    """Nothing to refer to: what uses the definitions depends on the layer."""


class MonitoringCrds(Layer, kind="platform:observability:MonitoringCrds"):
    """The definitions alone. The operator's own chart would install them once and never change them again."""

    def __init__(self, name: str, *, retain_data: bool, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        # Templates of their chart: uninstalling it takes every Prometheus, monitor and rule in the cluster along.
        # Nothing in it runs, so that it has no node to wait for.
        chart.install(self, CHART, {}, wait=False, protect=retain_data)
        self.outputs = self.publish(MonitoringCrdsOutputs())
