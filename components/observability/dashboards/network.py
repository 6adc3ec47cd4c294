"""The dashboard of the cluster's network and its names."""

from typing import Final

from components.kit.monitoring import Instance
from components.observability.dashboards.panels import (
    RATE,
    Dashboard,
    Folder,
    Grafana,
    Row,
    Unit,
    graph,
    limited,
    number,
)

NETWORK: Final = Dashboard(
    uid="network",
    title="Network",
    purpose="What Cilium carries and what it drops, and whether names are found.",
    folder=Folder.CLUSTER,
    watched_by=Instance.SYSTEM,
    shown_in=(Grafana.MAIN, Grafana.READ, Grafana.ALLOY),
    rows=[
        Row(
            title="Is anything in the way?",
            panels=[
                graph(
                    "Dropped packets",
                    "Packets a second that Cilium dropped, by why. `Policy denied` is a connection that nobody "
                    "declared.",
                    Unit.PER_SECOND,
                    (
                        f"sum by (reason, direction) (rate(cilium_drop_count_total{{@}}{RATE}))",
                        "{{reason}} {{direction}}",
                    ),
                ),
                graph(
                    "Dropped flows by namespace",
                    "Flows a second that were dropped, from where to where, as Hubble saw them.",
                    Unit.PER_SECOND,
                    (
                        (
                            "sum by (source_namespace, destination_namespace, reason) "
                            f"(rate(hubble_drop_total{{@}}{RATE})) > 0"
                        ),
                        "{{source_namespace}} to {{destination_namespace}}: {{reason}}",
                    ),
                ),
                number(
                    "Endpoints not ready",
                    "Pods whose network Cilium has not set up.",
                    Unit.COUNT,
                    'sum(cilium_endpoint_state{@,endpoint_state!="ready"})',
                    limits=(1, 5),
                ),
                number(
                    "Nodes not reached",
                    "Nodes that another cannot reach.",
                    Unit.COUNT,
                    "sum(cilium_unreachable_nodes{@})",
                    limits=(1, 2),
                ),
                limited(
                    graph(
                        "Fullest maps",
                        "The share of a map in the kernel that is full. A full one loses connections.",
                        Unit.SHARE,
                        ("topk(10, max by (map_name) (cilium_bpf_map_pressure{@}))", "{{map_name}}"),
                    ),
                    0.8,
                    0.9,
                ),
            ],
        ),
        Row(
            title="What is carried?",
            panels=[
                graph(
                    "Bytes",
                    "Bytes a second that Cilium passed on, by direction.",
                    Unit.BYTES_PER_SECOND,
                    (f"sum by (direction) (rate(cilium_forward_bytes_total{{@}}{RATE}))", "{{direction}}"),
                ),
                graph(
                    "Flows",
                    "Flows a second, by what became of them.",
                    Unit.PER_SECOND,
                    (f"sum by (verdict) (rate(hubble_flows_processed_total{{@}}{RATE}))", "{{verdict}}"),
                ),
                graph(
                    "TCP flags",
                    "Connections that begin, end and are torn. Many RST are services that refuse.",
                    Unit.PER_SECOND,
                    (f"sum by (flag) (rate(hubble_tcp_flags_total{{@}}{RATE}))", "{{flag}}"),
                ),
                graph(
                    "Policies in force",
                    "Policies that Cilium enforces.",
                    Unit.COUNT,
                    ("max by (cluster) (cilium_policy{@})", "{{cluster}}"),
                ),
            ],
        ),
        Row(
            title="Are names found?",
            panels=[
                graph(
                    "Questions",
                    "Questions a second to the cluster's DNS, by type.",
                    Unit.REQUESTS,
                    (f"sum by (type) (rate(coredns_dns_requests_total{{@}}{RATE}))", "{{type}}"),
                ),
                graph(
                    "Answers",
                    "Answers a second, by code. SERVFAIL is the resolver before it; NXDOMAIN is mostly the search "
                    "list.",
                    Unit.REQUESTS,
                    (f"sum by (rcode) (rate(coredns_dns_responses_total{{@}}{RATE}))", "{{rcode}}"),
                ),
                limited(
                    graph(
                        "Latency of names",
                        "Within which time all but one of a hundred questions are answered.",
                        Unit.SECONDS,
                        (
                            (
                                "histogram_quantile(0.99, sum by (le) "
                                f"(rate(coredns_dns_request_duration_seconds_bucket{{@}}{RATE})))"
                            ),
                            "p99",
                        ),
                    ),
                    0.1,
                    1,
                ),
                graph(
                    "Answers from the cache",
                    "The share of questions that the cache answered.",
                    Unit.SHARE,
                    (
                        (
                            f"sum(rate(coredns_cache_hits_total{{@}}{RATE})) / "
                            f"(sum(rate(coredns_cache_hits_total{{@}}{RATE})) + "
                            f"sum(rate(coredns_cache_misses_total{{@}}{RATE})))"
                        ),
                        "hits",
                    ),
                ),
            ],
        ),
    ],
)
