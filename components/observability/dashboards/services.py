"""Dashboards of services as those see them who use them: the golden signals."""

from typing import Final

from components.kit.monitoring import Instance
from components.observability.dashboards.panels import (
    Dashboard,
    Folder,
    Grafana,
    Row,
    Unit,
    Variable,
    graph,
    limited,
    number,
)

_NAMESPACE: Final = Variable(name="namespace", metric="kube_pod_info{@}")
_ENTRY: Final = "envoy_cluster_upstream_rq"
_MINE: Final = '{@,namespace=~"$namespace"'
_CONTAINERS: Final = f'{_MINE},container!=""'

GOLDEN_SIGNALS: Final = Dashboard(
    uid="golden-signals",
    title="Golden signals",
    purpose="Latency, traffic, errors and saturation of every service: at the entry, as services measure "
    "themselves, and "
    "of what they run on. Start here when somebody says that it is slow or broken.",
    folder=Folder.SERVICES,
    watched_by=Instance.APP,
    shown_in=(Grafana.MAIN, Grafana.READ, Grafana.PYROSCOPE),
    variables=(_NAMESPACE,),
    rows=[
        Row(
            title="At the entry, as the Gateways' Envoy measures it",
            panels=[
                graph(
                    "Traffic at the entry",
                    "Requests a second that Envoy passed on, by the Service behind.",
                    Unit.REQUESTS,
                    (
                        f"sum by (envoy_cluster_name) (rate({_ENTRY}_xx{{@}}[$__rate_interval]))",
                        "{{envoy_cluster_name}}",
                    ),
                ),
                limited(
                    graph(
                        "Errors at the entry",
                        "The share of requests that were answered with a 5xx, by the Service behind.",
                        Unit.SHARE,
                        (
                            (
                                f'sum by (envoy_cluster_name) (rate({_ENTRY}_xx{{@,envoy_response_code_class="5"}}'
                                f"[$__rate_interval])) / sum by (envoy_cluster_name) "
                                f"(rate({_ENTRY}_xx{{@}}[$__rate_interval]))"
                            ),
                            "{{envoy_cluster_name}}",
                        ),
                    ),
                    0.001,
                    0.01,
                ),
                graph(
                    "Latency at the entry",
                    "How long the Service behind takes to answer: half of the requests, and all but one of a hundred.",
                    Unit.SECONDS,
                    *(
                        (
                            (
                                f"histogram_quantile({share}, sum by (le, envoy_cluster_name) "
                                f"(rate({_ENTRY}_time_bucket{{@}}[$__rate_interval]))) / 1000"
                            ),
                            f"{name} {{{{envoy_cluster_name}}}}",
                        )
                        for share, name in ((0.5, "median"), (0.99, "p99"))
                    ),
                ),
                graph(
                    "In flight at the entry",
                    "Requests that are being answered. A number that grows while traffic does not is a Service "
                    "that is full.",
                    Unit.COUNT,
                    (f"sum by (envoy_cluster_name) ({_ENTRY}_active{{@}})", "{{envoy_cluster_name}}"),
                ),
            ],
        ),
        Row(
            title="Services, as they measure themselves",
            panels=[
                graph(
                    "Traffic",
                    "Requests a second, by namespace and job.",
                    Unit.REQUESTS,
                    (f"job:http_requests:rate5m{_MINE}}}", "{{namespace}}/{{job}}"),
                ),
                limited(
                    graph(
                        "Errors",
                        "The share of requests that were answered with a 5xx, by namespace and job.",
                        Unit.SHARE,
                        (f"job:http_errors:ratio_rate5m{_MINE}}}", "{{namespace}}/{{job}}"),
                    ),
                    0.001,
                    0.01,
                ),
                limited(
                    graph(
                        "Latency",
                        "How long answers take: half of the requests, and all but one of a hundred.",
                        Unit.SECONDS,
                        (f"job:http_request_duration:p50_rate5m{_MINE}}}", "median {{namespace}}/{{job}}"),
                        (f"job:http_request_duration:p99_rate5m{_MINE}}}", "p99 {{namespace}}/{{job}}"),
                    ),
                    0.5,
                    1,
                ),
                graph(
                    "Requests in flight",
                    "Requests that are being answered.",
                    Unit.COUNT,
                    (f"sum by (namespace, job) (http_requests_in_flight{_MINE}}})", "{{namespace}}/{{job}}"),
                ),
            ],
        ),
        Row(
            title="Saturation: how full what they run on is",
            panels=[
                limited(
                    graph(
                        "Throttled CPU",
                        "The share of periods in which a container wanted more CPU than its limit. What has no limit "
                        "cannot be throttled and is not shown.",
                        Unit.SHARE,
                        (
                            (
                                "sum by (namespace, pod) (rate(container_cpu_cfs_throttled_periods_total"
                                f"{_CONTAINERS}}}[$__rate_interval])) / sum by (namespace, pod) "
                                f"(rate(container_cpu_cfs_periods_total{_CONTAINERS}}}[$__rate_interval]))"
                            ),
                            "{{namespace}}/{{pod}}",
                        ),
                    ),
                    0.1,
                    0.25,
                ),
                limited(
                    graph(
                        "Memory of its limit",
                        "The share of its limit that a pod uses. At 1 the kernel ends it.",
                        Unit.SHARE,
                        (
                            (
                                f"sum by (namespace, pod) (container_memory_working_set_bytes{_CONTAINERS}}}) / "
                                "sum by (namespace, pod) "
                                f'(kube_pod_container_resource_limits{_MINE},resource="memory"}})'
                            ),
                            "{{namespace}}/{{pod}}",
                        ),
                    ),
                    0.8,
                    0.95,
                ),
                limited(
                    graph(
                        "Volumes in use",
                        "The share of a volume that is full.",
                        Unit.SHARE,
                        (
                            (
                                f"1 - sum by (namespace, persistentvolumeclaim) "
                                f"(kubelet_volume_stats_available_bytes{_MINE}}})"
                                f" / sum by (namespace, persistentvolumeclaim) "
                                f"(kubelet_volume_stats_capacity_bytes{_MINE}}})"
                            ),
                            "{{namespace}}/{{persistentvolumeclaim}}",
                        ),
                    ),
                    0.8,
                    0.95,
                ),
                limited(
                    number(
                        "Autoscalers at their end",
                        "Horizontal autoscalers that have as many replicas as they may: more load finds no more of "
                        "them.",
                        Unit.COUNT,
                        f"count(kube_horizontalpodautoscaler_status_current_replicas{_MINE}}} >= "
                        f"kube_horizontalpodautoscaler_spec_max_replicas{_MINE}}}) or vector(0)",
                    ),
                    1,
                    3,
                ),
            ],
        ),
    ],
)
