"""JVMs with the JMX exporter's agent: one monitor for all of them, by a label that says they carry it."""

from collections.abc import Sequence
from typing import Any, Final

from components.kit import flows
from components.kit.flows import Flow, Port, Workload
from components.kit.monitoring import NAMESPACE, Instance, watched_by
from components.observability.exporters.probes import API
from components.observability.exporters.settings import JvmSettings

LABEL: Final = {"platform/metrics": "jvm"}
"""What pods have that carry the agent."""

PORT: Final = "jmx-metrics"
"""What they call the port it listens on."""


def objects(settings: JvmSettings) -> Sequence[dict[str, Any]]:
    """Return the monitor of all, if there is a namespace to look into."""
    if not settings.namespaces:
        return []
    labels = {"app.kubernetes.io/managed-by": "pulumi", **watched_by(Instance.APP)}
    spec = {
        "selector": {"matchLabels": {**LABEL}},
        "namespaceSelector": {"matchNames": sorted(settings.namespaces)},
        # The pods' own name tells whose JVM it is.
        "podTargetLabels": ["app.kubernetes.io/name"],
        "podMetricsEndpoints": [
            {"port": PORT, "relabelings": [{"targetLabel": "job", "replacement": "jvm", "action": "replace"}]}
        ],
    }
    return [
        {
            "apiVersion": API,
            "kind": "PodMonitor",
            "metadata": {"name": "jvm", "namespace": NAMESPACE, "labels": labels},
            "spec": spec,
        }
    ]


def connections(settings: JvmSettings) -> tuple[Flow, ...]:
    """Return the way of Prometheus to the agents."""
    return tuple(
        flow
        for namespace in sorted(settings.namespaces)
        for flow in flows.scrape(
            Workload(
                namespace=namespace,
                name="jvm-metrics",
                labels={**LABEL},
                ports=(Port(name=PORT, number=settings.port),),
            ),
            settings.port,
        )
    )
