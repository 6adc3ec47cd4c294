"""Series that nobody asks for and that grow with the cluster: dropped before they are stored."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

INTERFACES_OF_PODS: Final = "^(lxc|cilium_|veth|nodelocaldns|tunl).*$"
"""The names of network interfaces that come and go with pods."""


def _drop(*names: str) -> dict[str, Any]:
    return {"sourceLabels": ["__name__"], "regex": "|".join(names), "action": "drop"}


API_SERVER: Final[Sequence[Mapping[str, Any]]] = (
    # The chart's own: of each histogram of requests the buckets that no objective is set at.
    {
        "sourceLabels": ["__name__", "le"],
        "regex": "(etcd_request|apiserver_request_slo|apiserver_request_sli|apiserver_request)_duration_seconds_bucket;"
        r"(0\.15|0\.2|0\.3|0\.35|0\.4|0\.45|0\.6|0\.7|0\.8|0\.9|1\.25|1\.5|1\.75|2|3|3\.5|4|4\.5|6|7|8|9|15|20|40|45|50)"
        r"(\.0)?",
        "action": "drop",
    },
    # Histograms by resource, verb and group, tens of thousands of series in a cluster with many kinds.
    _drop(
        "apiserver_request_body_size_bytes_bucket",
        "apiserver_response_sizes_bucket",
        "apiserver_watch_events_sizes_bucket",
        "apiserver_watch_cache_read_wait_seconds_bucket",
        "apiserver_watch_list_duration_seconds_bucket",
        "apiserver_admission_step_admission_duration_seconds_(bucket|summary.*)",
        "apiserver_flowcontrol_.*_bucket",
        "etcd_request_duration_seconds_bucket",
        "apiserver_request_slo_duration_seconds_bucket",
    ),
)
"""What is dropped of the API server."""

KUBELET: Final[Sequence[Mapping[str, Any]]] = (
    # The chart's own.
    {
        "sourceLabels": ["__name__", "le"],
        "regex": r"(csi_operations|storage_operation_duration)_seconds_bucket;(0.25|2.5|15|25|120|600)(\.0)?",
        "action": "drop",
    },
    _drop(
        "kubelet_(runtime|docker|cgroup_manager)_.*_bucket",
        "kubelet_http_requests_duration_seconds_bucket",
        "kubernetes_feature_enabled",
        "rest_client_(request|rate_limiter|response|request_size).*_bucket",
        "apiserver_.*",
    ),
)
"""What is dropped of the kubelets themselves."""

CADVISOR: Final[Sequence[Mapping[str, Any]]] = (
    # The chart's own, but that throttling and the split of CPU time are kept: requests are set by them.
    _drop(
        "container_cpu_load_average_10s",
        "container_fs_(io_current|io_time_seconds_total|io_time_weighted_seconds_total|reads_merged_total|"
        "sector_reads_total|sector_writes_total|writes_merged_total)",
        "container_memory_(mapped_file|swap)",
        "container_(file_descriptors|tasks_state|threads_max)",
        "container_spec.*",
        "container_blkio_device_usage_total",
    ),
    {"sourceLabels": ["__name__", "scope"], "regex": "container_memory_failures_total;hierarchy", "action": "drop"},
    {
        "sourceLabels": ["__name__", "interface"],
        "regex": "container_network_.*;(cali|cilium|cni|lxc|nodelocaldns|tunl).*",
        "action": "drop",
    },
    # What belongs to no pod: the slices of systemd, by which the node exporter tells the same.
    {"sourceLabels": ["id", "pod"], "regex": ".+;", "action": "drop"},
)
"""What is dropped of containers."""
