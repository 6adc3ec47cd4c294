"""Who the monitoring calls, and who calls it."""

from collections.abc import Iterator
from typing import Final

from components.kit import chart, flows
from components.kit.flows import DNS_SERVER, PROMETHEUS, Entity, Flow, Fqdn, Port, Workload
from components.kit.monitoring import ALERTMANAGER
from components.observability.prometheus.settings import PrometheusSettings

CHART: Final = "kube-prometheus-stack"
_NAMESPACE: Final = chart.pinned()[CHART].namespace

WEBHOOK_PORT: Final = 10271
"""Where the webhook listens. The chart's 10250 is the kubelet's on a node's network, where it may have to."""

_OPERATOR_PORT: Final = 10250
_RELOADER: Final = 8080
_SIDECAR: Final = 10902
_KUBELET: Final = 10250
_API_SERVER: Final = 443

OPERATOR: Final = Workload(
    namespace=_NAMESPACE,
    name="prometheus-operator",
    labels={"app": f"{CHART}-operator"},
    ports=(Port(name="https", number=_OPERATOR_PORT),),
)
WEBHOOK: Final = Workload(
    namespace=_NAMESPACE,
    name="prometheus-operator-webhook",
    labels={"app": f"{CHART}-operator-webhook"},
    ports=(Port(name="https", number=WEBHOOK_PORT),),
)
STATE_METRICS: Final = Workload(
    namespace=_NAMESPACE,
    name="kube-state-metrics",
    labels={"app.kubernetes.io/name": "kube-state-metrics"},
    ports=(Port(name="http", number=8080), Port(name="metrics", number=8081)),
)
NODE_EXPORTER: Final = Workload(
    namespace="node-exporter",
    name="prometheus-node-exporter",
    labels={"app.kubernetes.io/name": "prometheus-node-exporter"},
    ports=(Port(name="http-metrics", number=9100),),
    host_network=True,
)


def connections(settings: PrometheusSettings) -> tuple[Flow, ...]:
    """Return the connections of the operator, of its webhook, and of every Prometheus but those its targets declare."""
    return (
        *(flow for pods in (OPERATOR, STATE_METRICS, PROMETHEUS) for flow in (*flows.dns(pods), *flows.kube_api(pods))),
        *flows.probes(OPERATOR, _OPERATOR_PORT),
        *flows.scrape(OPERATOR, _OPERATOR_PORT),
        *flows.webhook(WEBHOOK, WEBHOOK_PORT),
        *flows.probes(WEBHOOK, WEBHOOK_PORT),
        *flows.probes(STATE_METRICS, 8080, 8081),
        *flows.scrape(STATE_METRICS, 8080),
        *flows.scrape(NODE_EXPORTER, 9100),
        *flows.probes(PROMETHEUS, 9090, _RELOADER),
        *flows.scrape(PROMETHEUS, 9090, _RELOADER, _SIDECAR),
        *flows.probes(PROMETHEUS, _SIDECAR),
        *flows.scrape(DNS_SERVER, 9153),
        *(
            Flow(client=PROMETHEUS, server=node, port=_KUBELET, why="scrapes the kubelets and their containers")
            for node in (Entity.HOST, Entity.REMOTE_NODE)
        ),
        Flow(client=PROMETHEUS, server=ALERTMANAGER, port=ALERTMANAGER.ports[0].number, why="tells of alerts"),
        *_on_nodes(),
        *_users(settings),
        *_forwarded(settings),
    )


def _on_nodes() -> Iterator[Flow]:
    """Yield the way to Cilium, which listens on its node: agent, operator, Envoy and Hubble.

    https://docs.cilium.io/en/stable/operations/system_requirements/#firewall-rules
    """
    for port in (9962, 9963, 9964, 9965):
        for node in (Entity.HOST, Entity.REMOTE_NODE):
            yield Flow(client=PROMETHEUS, server=node, port=port, why="scrapes Cilium")


def _users(settings: PrometheusSettings) -> Iterator[Flow]:
    ports: dict[tuple[str, str], set[int]] = {}
    for target in settings.targets:
        ports.setdefault((target.namespace, target.app), set()).add(target.port)
    for (namespace, app), numbers in ports.items():
        pods = Workload(
            namespace=namespace,
            name=f"{app}-metrics",
            labels={"app.kubernetes.io/name": app},
            ports=tuple(Port(number=number) for number in sorted(numbers)),
        )
        yield from flows.scrape(pods, *sorted(numbers))


def _forwarded(settings: PrometheusSettings) -> Iterator[Flow]:
    if settings.edge:
        receiver = settings.edge.receiver
        yield Flow(client=PROMETHEUS, server=Fqdn(receiver.host), port=receiver.port, why="sends all samples on")
