"""The dashboard of what namespaces and teams cost."""

from typing import Final

from components.kit.monitoring import Instance
from components.observability.dashboards.panels import Dashboard, Folder, Row, Unit, Variable, graph, number, table

# OpenCost's allocations, priced by the node that a container runs on.
# https://opencost.io/docs/integrations/opencost-exporter
_CPU: Final = "container_cpu_allocation", "node_cpu_hourly_cost", ""
_MEMORY: Final = "container_memory_allocation_bytes", "node_ram_hourly_cost", " / 1073741824"
_GPU: Final = "container_gpu_allocation", "node_gpu_hourly_cost", ""
_MINE: Final = '{@,namespace=~"$namespace"}'


def _hourly(allocated: str, price: str, per: str) -> str:
    return (
        f"sum by (namespace) (sum by (cluster, namespace, node) ({allocated}{_MINE}){per} * on (cluster, node) "
        f"group_left () max by (cluster, node) ({price}{{@}}))"
    )


_CONTAINERS: Final = f"({_hourly(*_CPU)} + {_hourly(*_MEMORY)})"

COST: Final = Dashboard(
    uid="cost",
    title="Cost",
    purpose="What each namespace, and so each team, costs an hour and a month, and what is paid for and not used.",
    folder=Folder.COST,
    watched_by=Instance.PLATFORM,
    variables=(Variable(name="namespace", metric="kube_pod_info{@}"),),
    rows=[
        Row(
            title="Who keeps others from using what?",
            panels=[
                graph(
                    "Share of the cluster",
                    "What a namespace keeps others from using: half by CPU, half by memory that it asks for. It is its "
                    "part of a bill for the whole cluster.",
                    Unit.SHARE,
                    (f"max by (cluster, namespace) (namespace:cost_share:ratio{_MINE})", "{{cluster}} {{namespace}}"),
                ),
                graph(
                    "CPU asked for and not used",
                    "Cores that a namespace asks for and does not use: what could be given back today.",
                    Unit.CORES,
                    (f"max by (cluster, namespace) (namespace:cpu_unused:sum{_MINE})", "{{cluster}} {{namespace}}"),
                ),
                graph(
                    "Volumes",
                    "What a namespace's volumes take.",
                    Unit.BYTES,
                    (
                        f"max by (cluster, namespace) (namespace:volumes_requested:sum{_MINE})",
                        "{{cluster}} {{namespace}}",
                    ),
                ),
            ],
        ),
        Row(
            title="What is paid, where OpenCost prices it",
            panels=[
                number(
                    "A month of nodes",
                    "What all nodes cost in 730 hours, at today's prices and number.",
                    Unit.DOLLARS,
                    "sum(node_total_hourly_cost{@}) * 730",
                ),
                number(
                    "A month of volumes",
                    "What all volumes cost in 730 hours.",
                    Unit.DOLLARS,
                    "sum(pv_hourly_cost{@} * on (cluster, persistentvolume) group_left () "
                    "max by (cluster, persistentvolume) (kube_persistentvolume_capacity_bytes{@}) / 1073741824) * 730",
                ),
                number(
                    "A month of load balancers",
                    "What all load balancers cost in 730 hours.",
                    Unit.DOLLARS,
                    "sum(kubecost_load_balancer_cost{@}) * 730",
                ),
                number(
                    "Paid and not asked for",
                    "The share of CPU that no pod asks for.",
                    Unit.SHARE,
                    '1 - sum(kube_pod_container_resource_requests{@,resource="cpu"}) / '
                    'sum(kube_node_status_allocatable{@,resource="cpu"})',
                    limits=(0.4, 0.6),
                ),
                table(
                    "A month of each namespace",
                    "What the containers of a namespace cost in 730 hours, by what they ask for or use, whichever "
                    "is more.",
                    Unit.DOLLARS,
                    f"sort_desc({_CONTAINERS} * 730)",
                ),
            ],
        ),
        Row(
            title="By namespace, an hour, where OpenCost prices it",
            panels=[
                graph(
                    "CPU", "What namespaces pay for CPU in an hour.", Unit.DOLLARS, (_hourly(*_CPU), "{{namespace}}")
                ),
                graph(
                    "Memory",
                    "What namespaces pay for memory in an hour.",
                    Unit.DOLLARS,
                    (_hourly(*_MEMORY), "{{namespace}}"),
                ),
                graph(
                    "Devices",
                    "What namespaces pay for GPUs in an hour.",
                    Unit.DOLLARS,
                    (_hourly(*_GPU), "{{namespace}}"),
                ),
                graph(
                    "Nodes by type",
                    "What nodes of a type cost in an hour.",
                    Unit.DOLLARS,
                    ("sum by (instance_type) (node_total_hourly_cost{@})", "{{instance_type}}"),
                ),
            ],
        ),
    ],
)
