"""The dashboard of all clusters beside each other."""

from typing import Final

from components.kit.monitoring import Instance
from components.observability.dashboards.panels import Dashboard, Folder, Row, Unit, graph, limited, number, table

FLEET: Final = Dashboard(
    uid="clusters",
    title="Clusters",
    purpose="All clusters beside each other: which needs a look first. What is behind a number is in the "
    "dashboards of one.",
    folder=Folder.CLUSTER,
    watched_by=Instance.SYSTEM,
    rows=[
        Row(
            title="Which needs a look?",
            panels=[
                number("Clusters", "Clusters that are measured.", Unit.COUNT, "count(count by (cluster) (up{@}))"),
                table(
                    "Alerts that fire, by cluster",
                    "How many alerts fire, the watchdog left out, which always does.",
                    Unit.COUNT,
                    'sum by (cluster, severity, owner) (ALERTS{@,alertstate="firing",alertname!="Watchdog"})',
                ),
                graph(
                    "Targets that answer",
                    "The share of targets that answer.",
                    Unit.SHARE,
                    ("avg by (cluster) (up{@})", "{{cluster}}"),
                ),
                graph(
                    "Nodes",
                    "Nodes that are ready.",
                    Unit.COUNT,
                    ('sum by (cluster) (kube_node_status_condition{@,condition="Ready",status="true"})', "{{cluster}}"),
                ),
                graph(
                    "Pods that run",
                    "Pods that run now.",
                    Unit.COUNT,
                    ('sum by (cluster) (kube_pod_status_phase{@,phase="Running"})', "{{cluster}}"),
                ),
                limited(
                    graph(
                        "CPU asked for",
                        "The share of all nodes' CPU that pods ask for.",
                        Unit.SHARE,
                        (
                            (
                                'sum by (cluster) (kube_pod_container_resource_requests{@,resource="cpu"}) / '
                                'sum by (cluster) (kube_node_status_allocatable{@,resource="cpu"})'
                            ),
                            "{{cluster}}",
                        ),
                    ),
                    0.8,
                    0.95,
                ),
                limited(
                    graph(
                        "API servers' errors",
                        "The share of requests that API servers answered with a 5xx.",
                        Unit.SHARE,
                        (
                            (
                                'sum by (cluster) (rate(apiserver_request_total{@,code=~"5.."}[$__rate_interval])) / '
                                "sum by (cluster) (rate(apiserver_request_total{@}[$__rate_interval]))"
                            ),
                            "{{cluster}}",
                        ),
                    ),
                    0.001,
                    0.01,
                ),
                table(
                    "Versions",
                    "The version of Kubernetes that nodes run, by cluster.",
                    Unit.COUNT,
                    "count by (cluster, kubelet_version) (kube_node_info{@})",
                ),
            ],
        ),
    ],
)
