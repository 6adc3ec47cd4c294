"""Dashboards of nodes and of the devices in them."""

from typing import Final

from components.kit.monitoring import Instance
from components.observability.dashboards.panels import (
    RATE,
    Dashboard,
    Folder,
    Row,
    Unit,
    Variable,
    graph,
    limited,
    number,
)

_ON_NODE: Final = '{@,instance=~"$instance"'
_DISK: Final = f'{_ON_NODE},fstype!~"tmpfs|overlay|squashfs"'
_CARD: Final = f'{_ON_NODE},device!~"lo|veth.*|lxc.*|cilium.*"'

NODES: Final = Dashboard(
    uid="nodes",
    title="Nodes",
    purpose="What each node does with its CPU, memory, disks and network, and which is under pressure.",
    folder=Folder.CLUSTER,
    watched_by=Instance.SYSTEM,
    variables=(Variable(name="instance", metric="node_load5{@}"),),
    rows=[
        Row(
            title="Pressure",
            panels=[
                number(
                    "Under pressure",
                    "Nodes that are short of memory, disk or process ids, and turn pods out.",
                    Unit.COUNT,
                    'sum(kube_node_status_condition{@,condition=~".*Pressure",status="true"})',
                    limits=(1, 2),
                ),
                number(
                    "Closed to pods",
                    "Nodes that take no new pods: they are being drained, or somebody forgot.",
                    Unit.COUNT,
                    "sum(kube_node_spec_unschedulable{@})",
                    limits=(1, 3),
                ),
                limited(
                    graph(
                        "Load of a core",
                        "Processes that run or wait to, for each core. Above 1 they wait for each other.",
                        Unit.COUNT,
                        (
                            (
                                f"node_load5{_ON_NODE}}} / on (cluster, instance) group_left () "
                                f'count by (cluster, instance) (node_cpu_seconds_total{_ON_NODE},mode="idle"}})'
                            ),
                            "{{instance}}",
                        ),
                    ),
                    1,
                    2,
                ),
            ],
        ),
        Row(
            title="CPU and memory",
            panels=[
                limited(
                    graph(
                        "CPU in use",
                        "The share of a node's CPU that is not idle.",
                        Unit.SHARE,
                        (
                            (
                                "1 - avg by (cluster, instance) "
                                f'(rate(node_cpu_seconds_total{_ON_NODE},mode="idle"}}{RATE}))'
                            ),
                            "{{instance}}",
                        ),
                    ),
                    0.8,
                    0.95,
                ),
                limited(
                    graph(
                        "Memory in use",
                        "The share of a node's memory that nobody else can have.",
                        Unit.SHARE,
                        (
                            f"1 - node_memory_MemAvailable_bytes{_ON_NODE}}} / node_memory_MemTotal_bytes{_ON_NODE}}}",
                            "{{instance}}",
                        ),
                    ),
                    0.85,
                    0.95,
                ),
            ],
        ),
        Row(
            title="Disks and network",
            panels=[
                limited(
                    graph(
                        "File systems in use",
                        "The share of each file system that is full.",
                        Unit.SHARE,
                        (
                            f"1 - node_filesystem_avail_bytes{_DISK}}} / node_filesystem_size_bytes{_DISK}}}",
                            "{{instance}} {{mountpoint}}",
                        ),
                    ),
                    0.8,
                    0.95,
                ),
                graph(
                    "Disks at work",
                    "The share of time in which a disk had something to do.",
                    Unit.SHARE,
                    (f"rate(node_disk_io_time_seconds_total{_ON_NODE}}}{RATE})", "{{instance}} {{device}}"),
                ),
                graph(
                    "Received and sent",
                    "Bytes a second over a node's own network cards.",
                    Unit.BYTES_PER_SECOND,
                    (
                        f"sum by (instance) (rate(node_network_receive_bytes_total{_CARD}}}{RATE}))",
                        "received {{instance}}",
                    ),
                    (
                        f"sum by (instance) (rate(node_network_transmit_bytes_total{_CARD}}}{RATE}))",
                        "sent {{instance}}",
                    ),
                ),
                graph(
                    "Packets lost by cards",
                    "Packets a second that a card dropped, in either direction.",
                    Unit.PER_SECOND,
                    (
                        f"sum by (instance) (rate(node_network_receive_drop_total{_CARD}}}{RATE}))",
                        "receiving {{instance}}",
                    ),
                    (
                        f"sum by (instance) (rate(node_network_transmit_drop_total{_CARD}}}{RATE}))",
                        "sending {{instance}}",
                    ),
                ),
            ],
        ),
    ],
)

_DEVICE: Final = "{{Hostname}} {{gpu}}"

GPUS: Final = Dashboard(
    uid="gpus",
    title="GPUs",
    purpose="Whether the dearest nodes are used, by whom, and whether their devices are well.",
    folder=Folder.CLUSTER,
    watched_by=Instance.SYSTEM,
    rows=[
        Row(
            title="Are they used?",
            panels=[
                graph(
                    "Use",
                    "The share of time in which anything ran on a device, in percent of a hundred. One that is "
                    "idle for "
                    "hours is paid for nothing.",
                    Unit.SHARE,
                    ("DCGM_FI_DEV_GPU_UTIL{@} / 100", f"{_DEVICE} {{{{exported_pod}}}}"),
                ),
                graph(
                    "Memory of devices",
                    "The share of a device's memory that is in use.",
                    Unit.SHARE,
                    ("DCGM_FI_DEV_FB_USED{@} / (DCGM_FI_DEV_FB_USED{@} + DCGM_FI_DEV_FB_FREE{@})", _DEVICE),
                ),
                number(
                    "Devices",
                    "Devices that are measured.",
                    Unit.COUNT,
                    "count(DCGM_FI_DEV_GPU_UTIL{@}) or vector(0)",
                ),
                number(
                    "Devices asked for",
                    "Devices that pods ask for, of those that nodes offer.",
                    Unit.SHARE,
                    'sum(kube_pod_container_resource_requests{@,resource="nvidia_com_gpu"}) / '
                    'sum(kube_node_status_allocatable{@,resource="nvidia_com_gpu"})',
                ),
            ],
        ),
        Row(
            title="Are they well?",
            panels=[
                limited(
                    graph(
                        "Temperature",
                        "Devices slow down above 85 °C or so.",
                        Unit.CELSIUS,
                        ("DCGM_FI_DEV_GPU_TEMP{@}", _DEVICE),
                    ),
                    80,
                    88,
                ),
                graph("Power", "What devices draw.", Unit.WATTS, ("DCGM_FI_DEV_POWER_USAGE{@}", _DEVICE)),
                graph(
                    "Clock",
                    "The clock of the multiprocessors; it falls when a device is too hot or draws too much.",
                    Unit.HERTZ,
                    ("DCGM_FI_DEV_SM_CLOCK{@} * 1000000", _DEVICE),
                ),
                limited(
                    graph(
                        "Errors of the driver",
                        "The number of the last XID error; 0 is none, "
                        "https://docs.nvidia.com/deploy/xid-errors/ says what the others are.",
                        Unit.COUNT,
                        ("DCGM_FI_DEV_XID_ERRORS{@}", _DEVICE),
                    ),
                    1,
                    2,
                ),
            ],
        ),
    ],
)
