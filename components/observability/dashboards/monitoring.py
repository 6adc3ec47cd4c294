"""Dashboards of the monitoring itself: who watches the watchmen."""

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

_COLLECTING: Final = (Grafana.MAIN, Grafana.READ, Grafana.ALLOY)

PROMETHEUS: Final = Dashboard(
    uid="prometheus-and-thanos",
    title="Prometheus and Thanos",
    purpose="Whether everything is scraped, rules are evaluated in time, and blocks reach the bucket and are "
    "compacted.",
    folder=Folder.MONITORING,
    watched_by=Instance.PLATFORM,
    shown_in=_COLLECTING,
    rows=[
        Row(
            title="Prometheus",
            panels=[
                number(
                    "Targets down",
                    "Targets that do not answer.",
                    Unit.COUNT,
                    "count(up{@} == 0) or vector(0)",
                    limits=(1, 5),
                ),
                number(
                    "Configurations not loaded",
                    "Instances that run with an older configuration than they were given.",
                    Unit.COUNT,
                    "count(prometheus_config_last_reload_successful{@} == 0) or vector(0)",
                    limits=(1, 2),
                ),
                number(
                    "Failed rules",
                    "Rules that could not be evaluated within an hour.",
                    Unit.COUNT,
                    "sum(increase(prometheus_rule_evaluation_failures_total{@}[1h]))",
                    limits=(1, 10),
                ),
                graph(
                    "Series in memory",
                    "Series that each instance has in memory; it is what costs memory. A jump is a label with too "
                    "many values.",
                    Unit.COUNT,
                    ("sum by (prometheus, pod) (prometheus_tsdb_head_series{@})", "{{prometheus}} {{pod}}"),
                ),
                graph(
                    "Samples",
                    "Samples a second that each instance takes in.",
                    Unit.PER_SECOND,
                    (
                        f"sum by (prometheus, pod) (rate(prometheus_tsdb_head_samples_appended_total{{@}}{RATE}))",
                        "{{prometheus}} {{pod}}",
                    ),
                ),
                limited(
                    graph(
                        "Rules in their time",
                        "How much of its interval the evaluation of a group takes. At 1 it comes too late.",
                        Unit.SHARE,
                        (
                            (
                                "max by (prometheus, rule_group) (prometheus_rule_group_last_duration_seconds{@} / "
                                "prometheus_rule_group_interval_seconds{@})"
                            ),
                            "{{rule_group}}",
                        ),
                    ),
                    0.5,
                    0.9,
                ),
                limited(
                    graph(
                        "Alerts not delivered",
                        "Alerts a second that no Alertmanager took.",
                        Unit.PER_SECOND,
                        (
                            f"sum by (prometheus) (rate(prometheus_notifications_dropped_total{{@}}{RATE}))",
                            "{{prometheus}}",
                        ),
                    ),
                    0.001,
                    0.1,
                ),
            ],
        ),
        Row(
            title="Thanos",
            panels=[
                graph(
                    "Blocks sent to the bucket",
                    "Uploads within a day, by how they ended.",
                    Unit.COUNT,
                    ("sum by (job) (increase(thanos_shipper_uploads_total{@}[1d]))", "sent {{job}}"),
                    ("sum by (job) (increase(thanos_shipper_upload_failures_total{@}[1d]))", "failed {{job}}"),
                ),
                number(
                    "Compactors that have stopped",
                    "A compactor that finds blocks it does not understand stops, and what is old stays large.",
                    Unit.COUNT,
                    "sum(thanos_compact_halted{@})",
                    limits=(1, 1),
                ),
                number(
                    "Compactions that failed",
                    "Compactions of a group of blocks that failed within a day.",
                    Unit.COUNT,
                    "sum(increase(thanos_compact_group_compactions_failures_total{@}[1d]))",
                    limits=(1, 5),
                ),
                limited(
                    graph(
                        "Latency of queries",
                        "Within which time all but one of a hundred queries are answered.",
                        Unit.SECONDS,
                        (
                            (
                                "histogram_quantile(0.99, sum by (le, job) (rate(http_request_duration_seconds_bucket"
                                f'{{@,job=~".*thanos.*",handler=~"query|query_range"}}{RATE})))'
                            ),
                            "{{job}}",
                        ),
                    ),
                    10,
                    60,
                ),
                graph(
                    "Calls to the bucket that failed",
                    "The share of operations on the bucket that failed, by operation.",
                    Unit.SHARE,
                    (
                        (
                            f"sum by (job, operation) "
                            f"(rate(thanos_objstore_bucket_operation_failures_total{{@}}{RATE})) / "
                            f"sum by (job, operation) (rate(thanos_objstore_bucket_operations_total{{@}}{RATE}))"
                        ),
                        "{{job}} {{operation}}",
                    ),
                ),
            ],
        ),
    ],
)

ALERTMANAGER: Final = Dashboard(
    uid="alertmanager",
    title="Alertmanager",
    purpose="Which alerts there are, and whether whoever should be told is.",
    folder=Folder.MONITORING,
    watched_by=Instance.PLATFORM,
    shown_in=_COLLECTING,
    rows=[
        Row(
            title="What is told?",
            panels=[
                number(
                    "Active",
                    "Alerts that fire and are not silenced.",
                    Unit.COUNT,
                    'max(alertmanager_alerts{@,state="active"})',
                ),
                number(
                    "Suppressed",
                    "Alerts that are silenced or inhibited.",
                    Unit.COUNT,
                    'max(alertmanager_alerts{@,state="suppressed"})',
                ),
                number("Silences", "Silences in force.", Unit.COUNT, 'max(alertmanager_silences{@,state="active"})'),
                number(
                    "Notifications that failed",
                    "The share of notifications that did not arrive within an hour.",
                    Unit.SHARE,
                    "sum(rate(alertmanager_notifications_failed_total{@}[1h])) / "
                    "sum(rate(alertmanager_notifications_total{@}[1h]))",
                    limits=(0.001, 0.01),
                ),
                number(
                    "Members",
                    "Members that know each other; fewer than there are pods, and people are told twice.",
                    Unit.COUNT,
                    "min(alertmanager_cluster_members{@})",
                ),
                number(
                    "Configurations refused",
                    "Members that run with an older configuration than they were given.",
                    Unit.COUNT,
                    "count(alertmanager_config_last_reload_successful{@} == 0) or vector(0)",
                    limits=(1, 2),
                ),
                graph(
                    "Notifications",
                    "Notifications a second, by how people are told.",
                    Unit.PER_SECOND,
                    (
                        f"sum by (integration) (rate(alertmanager_notifications_total{{@}}{RATE}))",
                        "sent {{integration}}",
                    ),
                    (
                        f"sum by (integration) (rate(alertmanager_notifications_failed_total{{@}}{RATE}))",
                        "failed {{integration}}",
                    ),
                ),
                limited(
                    graph(
                        "Latency of notifications",
                        "Within which time all but one of a hundred notifications are taken.",
                        Unit.SECONDS,
                        (
                            (
                                "histogram_quantile(0.99, sum by (le, integration) "
                                f"(rate(alertmanager_notification_latency_seconds_bucket{{@}}{RATE})))"
                            ),
                            "{{integration}}",
                        ),
                    ),
                    5,
                    20,
                ),
                graph(
                    "Alerts that fire, by name",
                    "How many alerts of a name fire.",
                    Unit.COUNT,
                    ('sum by (alertname, severity) (ALERTS{@,alertstate="firing"})', "{{severity}} {{alertname}}"),
                ),
                graph(
                    "Alerts that come in",
                    "Alerts a second that Prometheus and Thanos send.",
                    Unit.PER_SECOND,
                    (f"sum by (status) (rate(alertmanager_alerts_received_total{{@}}{RATE}))", "{{status}}"),
                ),
            ],
        ),
    ],
)
