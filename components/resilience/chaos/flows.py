"""Who talks to Chaos Mesh, and with whom its pods talk."""

from typing import Final

from components.kit import flows
from components.kit.flows import Flow, Port, Workload
from components.resilience.chaos.settings import CHART, NAMESPACE

# The chart's 10250 is the kubelet's on a node's network, where the webhook may have to listen.
WEBHOOK_PORT: Final = 10290
METRICS_PORT: Final = 10080
_AGENT_PORT: Final = 31767
_AGENT_METRICS_PORT: Final = 31766


def _workload(component: str, *ports: Port) -> Workload:
    labels = {"app.kubernetes.io/instance": CHART, "app.kubernetes.io/component": component}
    return Workload(namespace=NAMESPACE, name=component, labels=labels, ports=ports)


CONTROLLER: Final = _workload(
    "controller-manager", Port(name="webhook", number=WEBHOOK_PORT), Port(name="http", number=METRICS_PORT)
)
"""The controllers with their webhooks."""
AGENT: Final = _workload(
    "chaos-daemon", Port(name="grpc", number=_AGENT_PORT), Port(name="http", number=_AGENT_METRICS_PORT)
)
"""What does to the containers of a node what it is told. It calls nobody: containerd's socket is on the node."""


def connections() -> tuple[Flow, ...]:
    """Return the connections that Chaos Mesh needs."""
    return (
        *flows.dns(CONTROLLER),
        *flows.kube_api(CONTROLLER),
        *flows.webhook(CONTROLLER, WEBHOOK_PORT),
        Flow(client=CONTROLLER, server=AGENT, port=_AGENT_PORT, why="has a fault begin or end on a node"),
        *flows.scrape(CONTROLLER, METRICS_PORT),
        *flows.scrape(AGENT, _AGENT_METRICS_PORT),
    )
