"""Who is watched: a monitor for each connection by which a system of the platform is scraped, made from the flows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from components.kit.flows import DNS_SERVER, PROMETHEUS, Flow, Workload
from components.kit.monitoring import NAMESPACE, Instance, watched_by
from components.observability.prometheus.manifests import API

_SYSTEM_NAMESPACE: Final = "kube-system"

# Whose layers, or whose charts, make monitors of their own.
_OWN: Final = frozenset({NAMESPACE, "node-exporter", "thanos", "grafana", "platform-etcd"})

_INSTANCES: Final[Mapping[str, Instance]] = {
    _SYSTEM_NAMESPACE: Instance.SYSTEM,
    "gpu": Instance.SYSTEM,
    "keycloak": Instance.TOOLING,
}
"""Which Prometheus watches what is in a namespace, where it is not that of the platform's services."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """How metrics are asked for, where it is not plain HTTP at the usual path.

    Attributes:
        path: Of the metrics.
        parameters: Of the query.
        authority: The Secret beside the pods whose key `ca.crt` has who signed for them; none for HTTP.
        server_name: The name that their certificate has; they are called by address.
        components: Which of the pods are asked, by their label `component`; all, if none is named.

    """

    path: str = "/metrics"
    parameters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    authority: str = ""
    server_name: str = ""
    components: Sequence[str] = ()


_ENDPOINTS: Final[Mapping[str, Endpoint]] = {
    # https://developer.hashicorp.com/vault/api-docs/system/metrics
    "vault/vault-server": Endpoint(
        path="/v1/sys/metrics",
        parameters={"format": ["prometheus"]},
        authority="vault-tls",
        server_name="vault.vault.svc",
    ),
    # The other services tell nothing, or answer at this port in another way.
    "kasten-io/kasten": Endpoint(components=("catalog", "controllermanager", "crypto", "dashboardbff", "metering")),
}
"""By namespace and name of the pods."""

_BY_TOKEN: Final = frozenset({"kube-system/metrics-server"})
"""Who asks callers for a token, which only a monitor of a Service can send: see `cluster_monitors`."""


def scraped(flows: Sequence[Flow]) -> Mapping[Workload, Sequence[int]]:
    """Return who is scraped at which ports, by flows, and has no monitor of its own."""
    found: dict[Workload, set[int]] = {}
    for flow in flows:
        server = flow.server
        if flow.client == PROMETHEUS and isinstance(server, Workload) and _needs_a_monitor(server):
            found.setdefault(server, set()).add(flow.port)
    return {server: sorted(ports) for server, ports in sorted(found.items(), key=lambda each: str(each[0]))}


def _needs_a_monitor(server: Workload) -> bool:
    return server != DNS_SERVER and server.namespace not in _OWN and str(server) not in _BY_TOKEN


def pod_monitors(flows: Sequence[Flow], platform: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield a PodMonitor for each of the platform's systems that flows let Prometheus scrape.

    Not the charts' own monitors: each would name its labels, its job and its release in another way, and each chart
    would have to wait for their kind.

    Args:
        flows: All of a stack's.
        platform: The names of the platform's own namespaces: whoever lives elsewhere is for its owner to watch.

    """
    for server, ports in scraped(flows).items():
        if server.namespace not in platform:
            continue
        instance = _INSTANCES.get(server.namespace, Instance.PLATFORM)
        endpoint = _ENDPOINTS.get(str(server), Endpoint())
        yield _monitor(
            "PodMonitor",
            server.name,
            server.namespace,
            instance,
            {
                "selector": {"matchLabels": dict(server.labels)},
                "podMetricsEndpoints": [_pod_endpoint(server.name, port, endpoint) for port in ports],
            },
        )


def _pod_endpoint(job: str, port: int, endpoint: Endpoint) -> dict[str, Any]:
    secure = {
        "scheme": "https",
        "tlsConfig": {
            "ca": {"secret": {"name": endpoint.authority, "key": "ca.crt"}},
            "serverName": endpoint.server_name,
        },
    }
    return {
        # A port's name may be another's too; the number is what policies let pass.
        "portNumber": port,
        "path": endpoint.path,
        **({"params": {key: [*values] for key, values in endpoint.parameters.items()}} if endpoint.parameters else {}),
        **(secure if endpoint.authority else {}),
        # What an exporter says of another's object has that object's namespace, by which alerts are routed.
        "honorLabels": True,
        "relabelings": [*_only(endpoint.components), job_is(job)],
    }


def _only(components: Sequence[str]) -> list[dict[str, Any]]:
    label = "__meta_kubernetes_pod_label_component"
    return [{"sourceLabels": [label], "regex": "|".join(components), "action": "keep"}] if components else []


def job_is(name: str) -> dict[str, Any]:
    """Return the rule by which series have a job of the system's name, as rules and dashboards ask for it."""
    return {"targetLabel": "job", "replacement": name, "action": "replace"}


def _monitor(kind: str, name: str, namespace: str, instance: Instance, spec: Mapping[str, Any]) -> dict[str, Any]:
    labels = {"app.kubernetes.io/managed-by": "pulumi", **watched_by(instance)}
    return {
        "apiVersion": API,
        "kind": kind,
        "metadata": {"name": f"platform-{name}", "namespace": namespace, "labels": labels},
        "spec": spec,
    }


def own_monitors() -> Iterator[dict[str, Any]]:
    """Yield the monitors of the Prometheus instances themselves, and of the sidecars beside them."""
    for job, ports in (("prometheus", ("http-web", "reloader-web")), ("thanos-sidecar", ("http",))):
        spec = {
            "selector": {"matchLabels": dict(PROMETHEUS.labels)},
            "podMetricsEndpoints": [
                {"port": port, "relabelings": [job_is("config-reloader" if port == "reloader-web" else job)]}
                for port in ports
            ],
        }
        yield _monitor("PodMonitor", job, NAMESPACE, Instance.PLATFORM, spec)


def network_monitors() -> Iterator[dict[str, Any]]:
    """Yield the monitors of Cilium, whose release comes before there is a node and waits for no kind."""
    pods = {
        "cilium-agent": ({"k8s-app": "cilium"}, "prometheus"),
        "cilium-operator": ({"io.cilium/app": "operator"}, "prometheus"),
        "hubble": ({"k8s-app": "cilium"}, "hubble-metrics"),
    }
    for job, (labels, port) in pods.items():
        endpoint = {"port": port, "honorLabels": True, "relabelings": [job_is(job), _NODE]}
        spec = {"selector": {"matchLabels": labels}, "podMetricsEndpoints": [endpoint]}
        yield _monitor("PodMonitor", job, _SYSTEM_NAMESPACE, Instance.SYSTEM, spec)
    # Envoy's pods name no port; the Service that the chart makes for it does.
    envoy = {"port": "envoy-metrics", "honorLabels": True, "relabelings": [job_is("cilium-envoy"), _NODE]}
    spec = {"selector": {"matchLabels": {"k8s-app": "cilium-envoy"}}, "endpoints": [envoy]}
    yield _monitor("ServiceMonitor", "cilium-envoy", _SYSTEM_NAMESPACE, Instance.SYSTEM, spec)


_NODE: Final = {"sourceLabels": ["__meta_kubernetes_pod_node_name"], "targetLabel": "node", "action": "replace"}

_TOKEN: Final = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105 - where a token lies, not a token


def cluster_monitors() -> Iterator[dict[str, Any]]:
    """Yield the monitors of what asks for the token of a service account: AWS's part of the control plane, metrics.

    EKS passes on what the scheduler and the controller manager tell, by way of the API server.
    https://docs.aws.amazon.com/eks/latest/userguide/view-raw-metrics.html
    """
    secure = {"scheme": "https", "bearerTokenFile": f"{_TOKEN}/token"}
    parts = {"kube-controller-manager": "kcm", "kube-scheduler": "ksh"}
    endpoints = [
        {
            "port": "https",
            "path": f"/apis/metrics.eks.amazonaws.com/v1/{part}/container/metrics",
            **secure,
            "tlsConfig": {"caFile": f"{_TOKEN}/ca.crt", "serverName": "kubernetes"},
            "relabelings": [job_is(job)],
        }
        for job, part in parts.items()
    ]
    api = {"matchLabels": {"component": "apiserver", "provider": "kubernetes"}}
    yield _monitor(
        "ServiceMonitor",
        "eks-control-plane",
        NAMESPACE,
        Instance.SYSTEM,
        {"selector": api, "namespaceSelector": {"matchNames": ["default"]}, "endpoints": endpoints},
    )
    # It signs for itself, anew at every start.
    endpoint = {"port": "https", **secure, "tlsConfig": {"insecureSkipVerify": True}}
    yield _monitor(
        "ServiceMonitor",
        "metrics-server",
        _SYSTEM_NAMESPACE,
        Instance.SYSTEM,
        {
            "selector": {"matchLabels": {"app.kubernetes.io/instance": "metrics-server"}},
            "endpoints": [{**endpoint, "relabelings": [job_is("metrics-server")]}],
        },
    )
