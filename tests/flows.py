"""A platform's flows as its layers will declare them, and the policies that are made from any flows."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from components.kit import flows
from components.kit.flow_data import plain
from components.kit.flows import PROMETHEUS, Cidr, Entity, Flow, Fqdn, Port, Workload
from components.networking.policy_manifests import allow

CLOSED = ("cert-manager", "ingress", "vault", "monitoring", "velero")
API_SERVER = (IPv4Network("10.0.15.240/28"), IPv4Network("10.0.31.240/28"))
REGION = "eu-central-1"

_METRICS = Port(name="http-metrics", number=9402)


def _component(name: str, *ports: Port) -> Workload:
    labels = {"app.kubernetes.io/instance": "cert-manager", "app.kubernetes.io/component": name}
    return Workload(namespace="cert-manager", name=name, labels=labels, ports=ports)


CONTROLLER = _component("controller", _METRICS, Port(name="http-healthz", number=9403))
CAINJECTOR = _component("cainjector", _METRICS)
WEBHOOK = _component("webhook", _METRICS, Port(name="https", number=10250), Port(name="healthcheck", number=6080))
EXTERNAL_DNS = Workload(
    namespace="ingress",
    name="external-dns",
    labels={"app.kubernetes.io/name": "external-dns"},
    ports=(Port(name="http", number=7979),),
)
LOAD_BALANCER_CONTROLLER = Workload(
    namespace="ingress",
    name="load-balancer-controller",
    labels={"app.kubernetes.io/name": "aws-load-balancer-controller"},
    ports=(Port(name="webhook-server", number=9443), Port(number=61779), Port(name="metrics-server", number=8080)),
)
METRICS_SERVER = Workload(
    namespace="monitoring",
    name="metrics-server",
    labels={"app.kubernetes.io/name": "metrics-server"},
    ports=(Port(name="https", number=10250),),
)
NODE_EXPORTER = Workload(
    namespace="monitoring",
    name="node-exporter",
    labels={"app.kubernetes.io/name": "prometheus-node-exporter"},
    ports=(Port(name="http-metrics", number=9100),),
    host_network=True,
)


def platform() -> tuple[Flow, ...]:
    """Return the flows of a handful of well-known charts."""
    return (*flows.name_server(IPv4Address("10.0.0.2")), *_certificates(), *_entry(), *_metrics())


def _certificates() -> tuple[Flow, ...]:
    parts = (CONTROLLER, CAINJECTOR, WEBHOOK)
    return (
        *(flow for part in parts for flow in (*flows.dns(part), *flows.kube_api(part), *flows.scrape(part, 9402))),
        *flows.probes(CONTROLLER, 9403),
        *flows.probes(WEBHOOK, 6080),
        *flows.webhook(WEBHOOK, 10250),
        Flow(client=CONTROLLER, server=Entity.WORLD, port=443, why="asks ACME servers for certificates"),
    )


def _entry() -> tuple[Flow, ...]:
    parts = (EXTERNAL_DNS, LOAD_BALANCER_CONTROLLER)
    callers = (flow for part in parts for flow in (*flows.dns(part), *flows.kube_api(part), *flows.pod_identity(part)))
    return (
        *callers,
        *flows.aws_api(EXTERNAL_DNS, REGION, "route53"),
        *flows.aws_api(LOAD_BALANCER_CONTROLLER, REGION, "ec2", "elasticloadbalancing", "s3"),
        *flows.webhook(LOAD_BALANCER_CONTROLLER, 9443),
        *flows.probes(EXTERNAL_DNS, 7979),
        *flows.probes(LOAD_BALANCER_CONTROLLER, 61779),
        *flows.scrape(EXTERNAL_DNS, 7979),
        *flows.scrape(LOAD_BALANCER_CONTROLLER, 8080),
    )


def _metrics() -> tuple[Flow, ...]:
    return (
        *flows.dns(PROMETHEUS),
        *flows.kube_api(PROMETHEUS),
        *flows.scrape(NODE_EXPORTER, 9100),
        *flows.kube_api(METRICS_SERVER),
        *flows.webhook(METRICS_SERVER, 10250),
        *flows.probes(METRICS_SERVER, 10250),
        Flow(client=METRICS_SERVER, server=Entity.HOST, port=10250, why="asks its kubelet for usage"),
        Flow(client=METRICS_SERVER, server=Entity.REMOTE_NODE, port=10250, why="asks the other kubelets for usage"),
        Flow(
            client=PROMETHEUS,
            server=Cidr(block=IPv4Network("192.0.2.0/24"), excluding=(IPv4Network("192.0.2.128/25"),)),
            port=9090,
            why="reads from a Prometheus outside the cluster",
        ),
        Flow(client=PROMETHEUS, server=Fqdn("hooks.example.com"), port=443, why="sends alerts"),
    )


def outputs(
    declared: Sequence[Flow], namespaces: Sequence[str] = CLOSED, api_server: Sequence[IPv4Network] = API_SERVER
) -> dict[str, Any]:
    """Return what the layer publishes for flows, in the form the state keeps it."""
    return {
        "namespaces": list(namespaces),
        "api_server": [str(block) for block in api_server],
        "declared": plain(declared),
    }


def manifests(
    declared: Sequence[Flow], namespaces: Sequence[str] = CLOSED, api_server: Sequence[IPv4Network] = API_SERVER
) -> list[dict[str, Any]]:
    """Return the policies the layer makes for flows, as the API server gets them."""
    closed = [
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "default-deny", "namespace": namespace},
            "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
        }
        for namespace in namespaces
    ]
    opened = [
        {
            "apiVersion": "cilium.io/v2",
            "kind": "CiliumNetworkPolicy",
            "metadata": {"name": workload.name, "namespace": workload.namespace},
            "spec": spec,
        }
        for workload, spec in allow(declared, namespaces, api_server).items()
    ]
    return [*closed, *opened]
