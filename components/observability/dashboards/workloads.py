"""The dashboard of what a team runs in its namespaces."""

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
    table,
)

_MINE: Final = '{@,namespace=~"$namespace"'
_CONTAINERS: Final = f'{_MINE},container!=""'
_POD: Final = "{{namespace}}/{{pod}}"

WORKLOADS: Final = Dashboard(
    uid="workloads",
    title="Workloads",
    purpose="What runs in a namespace, what of it does not, what it uses, and what it asked for.",
    folder=Folder.CLUSTER,
    watched_by=Instance.SYSTEM,
    shown_in=(Grafana.MAIN, Grafana.READ, Grafana.PYROSCOPE),
    variables=(Variable(name="namespace", metric="kube_pod_info{@}"),),
    rows=[
        Row(
            title="Does it run?",
            panels=[
                number(
                    "Pods",
                    "Pods that run now.",
                    Unit.COUNT,
                    f'sum(kube_pod_status_phase{_MINE},phase="Running"}})',
                ),
                number(
                    "Containers that wait",
                    "Containers that cannot start: an image that is not there, a configuration that is missing, a "
                    "program "
                    "that ends again and again.",
                    Unit.COUNT,
                    f"sum(kube_pod_container_status_waiting_reason{_MINE}}})",
                    limits=(1, 3),
                ),
                number(
                    "Failed jobs",
                    "Jobs that have given up.",
                    Unit.COUNT,
                    f"sum(kube_job_status_failed{_MINE}}} > 0) or vector(0)",
                    limits=(1, 3),
                ),
                limited(
                    graph(
                        "Restarts",
                        "Starts of a pod's containers beyond the first, within an hour.",
                        Unit.COUNT,
                        (
                            (
                                "sum by (namespace, pod) "
                                f"(increase(kube_pod_container_status_restarts_total{_MINE}}}[1h])) > 0"
                            ),
                            _POD,
                        ),
                    ),
                    1,
                    5,
                ),
                table(
                    "Replicas that are missing",
                    "Deployments, with how many of their replicas are not there.",
                    Unit.COUNT,
                    f"sum by (namespace, deployment) (kube_deployment_spec_replicas{_MINE}}} - "
                    f"kube_deployment_status_replicas_available{_MINE}}}) > 0",
                ),
                table(
                    "Why containers wait",
                    "The reason that the kubelet gives.",
                    Unit.COUNT,
                    "sum by (namespace, pod, container, reason) "
                    f"(kube_pod_container_status_waiting_reason{_MINE}}}) > 0",
                ),
            ],
        ),
        Row(
            title="What does it use?",
            panels=[
                graph(
                    "CPU of pods",
                    "The CPU that pods use.",
                    Unit.CORES,
                    (
                        (
                            "sum by (namespace, pod) "
                            f"(rate(container_cpu_usage_seconds_total{_CONTAINERS}}}[$__rate_interval]))"
                        ),
                        _POD,
                    ),
                ),
                graph(
                    "Memory of pods",
                    "What pods cannot give back.",
                    Unit.BYTES,
                    (f"sum by (namespace, pod) (container_memory_working_set_bytes{_CONTAINERS}}})", _POD),
                ),
                graph(
                    "CPU of what was asked for",
                    "The share of its requests that a namespace uses. Far below 1 it pays for what it does not need.",
                    Unit.SHARE,
                    (
                        (
                            "sum by (namespace) "
                            f"(rate(container_cpu_usage_seconds_total{_CONTAINERS}}}[$__rate_interval])) / "
                            f'sum by (namespace) (kube_pod_container_resource_requests{_MINE},resource="cpu"}})'
                        ),
                        "{{namespace}}",
                    ),
                ),
                graph(
                    "Memory of what was asked for",
                    "The share of its requests that a namespace uses.",
                    Unit.SHARE,
                    (
                        (
                            f"sum by (namespace) (container_memory_working_set_bytes{_CONTAINERS}}}) / "
                            f'sum by (namespace) (kube_pod_container_resource_requests{_MINE},resource="memory"}})'
                        ),
                        "{{namespace}}",
                    ),
                ),
                graph(
                    "Network of pods",
                    "Bytes a second that pods receive and send.",
                    Unit.BYTES_PER_SECOND,
                    (
                        f"sum by (namespace) (rate(container_network_receive_bytes_total{_MINE}}}[$__rate_interval]))",
                        "received {{namespace}}",
                    ),
                    (
                        f"sum by (namespace) (rate(container_network_transmit_bytes_total{_MINE}}}[$__rate_interval]))",
                        "sent {{namespace}}",
                    ),
                ),
                graph(
                    "Replicas of autoscalers",
                    "How many replicas horizontal autoscalers have, and how many they want.",
                    Unit.COUNT,
                    (
                        f"kube_horizontalpodautoscaler_status_current_replicas{_MINE}}}",
                        "has {{namespace}}/{{horizontalpodautoscaler}}",
                    ),
                    (
                        f"kube_horizontalpodautoscaler_status_desired_replicas{_MINE}}}",
                        "wants {{namespace}}/{{horizontalpodautoscaler}}",
                    ),
                ),
            ],
        ),
    ],
)
