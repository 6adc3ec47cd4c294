"""Dashboards of a cluster: what it has, what of it is used, and what does not run."""

from typing import Final

from components.kit.monitoring import Instance
from components.observability.dashboards.panels import (
    Dashboard,
    Folder,
    Row,
    Unit,
    graph,
    limited,
    number,
    table,
)

_ALLOCATABLE: Final = "kube_node_status_allocatable"
_REQUESTS: Final = "kube_pod_container_resource_requests"
_API: Final = "apiserver_request"
_WATCHES: Final = 'verb!~"WATCH|CONNECT"'


def _share_of_requests(resource: str) -> str:
    return (
        f'sum by (cluster) ({_REQUESTS}{{@,resource="{resource}"}}) / '
        f'sum by (cluster) ({_ALLOCATABLE}{{@,resource="{resource}"}})'
    )


CLUSTER_OVERVIEW: Final = Dashboard(
    uid="cluster-overview",
    title="Cluster overview",
    purpose="Whether a cluster is well: its nodes, what is asked of them, what does not run, and its API server.",
    folder=Folder.CLUSTER,
    watched_by=Instance.SYSTEM,
    rows=[
        Row(
            title="Is it well?",
            panels=[
                number(
                    "Nodes not ready",
                    "Nodes whose kubelet has not said for 40 seconds that it is well.",
                    Unit.COUNT,
                    'sum(kube_node_status_condition{@,condition="Ready",status!="true"})',
                    limits=(1, 2),
                ),
                number(
                    "Pods not running",
                    "Pods that are neither running nor done.",
                    Unit.COUNT,
                    'sum(kube_pod_status_phase{@,phase=~"Pending|Unknown|Failed"})',
                    limits=(1, 10),
                ),
                number(
                    "Missing replicas",
                    "Replicas of Deployments that should be there and are not.",
                    Unit.COUNT,
                    "sum(kube_deployment_spec_replicas{@}) - sum(kube_deployment_status_replicas_available{@})",
                    limits=(1, 5),
                ),
                number(
                    "Restarts in an hour",
                    "How often containers were started again within an hour.",
                    Unit.COUNT,
                    "sum(increase(kube_pod_container_status_restarts_total{@}[1h]))",
                    limits=(5, 20),
                ),
                number(
                    "Requests refused by the API server",
                    "The share of requests that the API server answered with a 5xx.",
                    Unit.SHARE,
                    f'sum(rate({_API}_total{{@,code=~"5.."}}[5m])) / sum(rate({_API}_total{{@}}[5m]))',
                    limits=(0.001, 0.01),
                ),
                number(
                    "Alerts that fire",
                    "Alerts that fire, besides the watchdog, which always does.",
                    Unit.COUNT,
                    'count(ALERTS{@,alertstate="firing",alertname!="Watchdog"}) or vector(0)',
                    limits=(1, 5),
                ),
            ],
        ),
        Row(
            title="What is asked of it",
            panels=[
                limited(
                    graph(
                        "CPU requested",
                        "The share of all nodes' CPU that pods ask for. Above 1 somebody waits.",
                        Unit.SHARE,
                        (_share_of_requests("cpu"), "{{cluster}}"),
                    ),
                    0.8,
                    0.95,
                ),
                limited(
                    graph(
                        "Memory requested",
                        "The share of all nodes' memory that pods ask for.",
                        Unit.SHARE,
                        (_share_of_requests("memory"), "{{cluster}}"),
                    ),
                    0.8,
                    0.95,
                ),
                graph(
                    "CPU used",
                    "What nodes' CPUs do, besides waiting.",
                    Unit.CORES,
                    (
                        'sum by (cluster) (rate(node_cpu_seconds_total{@,mode!="idle"}[$__rate_interval]))',
                        "{{cluster}}",
                    ),
                ),
                graph(
                    "Pods by phase",
                    "How many pods there are in which phase.",
                    Unit.COUNT,
                    ("sum by (phase) (kube_pod_status_phase{@})", "{{phase}}"),
                ),
            ],
        ),
        Row(
            title="The API server",
            panels=[
                graph(
                    "Requests",
                    "Requests a second, by verb.",
                    Unit.REQUESTS,
                    (f"sum by (verb) (rate({_API}_total{{@}}[$__rate_interval]))", "{{verb}}"),
                ),
                limited(
                    graph(
                        "Latency of the API server",
                        "Within which time all but one of a hundred requests are answered; watches last as they like.",
                        Unit.SECONDS,
                        (
                            (
                                f"histogram_quantile(0.99, sum by (le, verb) (rate({_API}_duration_seconds_bucket"
                                f"{{@,{_WATCHES}}}[$__rate_interval])))"
                            ),
                            "{{verb}}",
                        ),
                    ),
                    1,
                    5,
                ),
                graph(
                    "Requests in flight",
                    "Requests that are being answered; those beyond the API server's limit are told to come again.",
                    Unit.COUNT,
                    ("sum by (request_kind) (apiserver_current_inflight_requests{@})", "{{request_kind}}"),
                ),
                table(
                    "Nodes",
                    "The nodes with the versions that they run.",
                    Unit.COUNT,
                    "count by (cluster, node, kubelet_version, kernel_version, os_image) (kube_node_info{@})",
                ),
            ],
        ),
    ],
)
