"""Dashboards of what the platform keeps: backups and databases."""

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
    table,
)

_LAST: Final = "velero_backup_last_successful_timestamp"

BACKUP: Final = Dashboard(
    uid="backup",
    title="Backup",
    purpose="Whether what must not be lost was saved lately, and whether it could be brought back.",
    folder=Folder.PLATFORM,
    watched_by=Instance.PLATFORM,
    rows=[
        Row(
            title="Was it saved?",
            panels=[
                number(
                    "The oldest last backup",
                    "How long ago the schedule that is furthest behind made its last good backup.",
                    Unit.SECONDS,
                    f'time() - min({_LAST}{{@,schedule!=""}})',
                    limits=(90000, 172800),
                ),
                number(
                    "Failed within a day",
                    "Backups that failed, in part or in whole, within a day.",
                    Unit.COUNT,
                    "sum(increase(velero_backup_failure_total{@}[1d])) + "
                    "sum(increase(velero_backup_partial_failure_total{@}[1d]))",
                    limits=(1, 3),
                ),
                number(
                    "Backups that are kept",
                    "Backups that could be restored from.",
                    Unit.COUNT,
                    "sum(velero_backup_total{@})",
                ),
                table(
                    "Last good backup",
                    "How long ago each schedule made its last good backup.",
                    Unit.SECONDS,
                    f'time() - max by (cluster, schedule) ({_LAST}{{@,schedule!=""}})',
                ),
                graph(
                    "Backups",
                    "Backups within a day, by how they ended.",
                    Unit.COUNT,
                    ("sum by (schedule) (increase(velero_backup_success_total{@}[1d]))", "good {{schedule}}"),
                    (
                        "sum by (schedule) (increase(velero_backup_partial_failure_total{@}[1d]))",
                        "in part {{schedule}}",
                    ),
                    ("sum by (schedule) (increase(velero_backup_failure_total{@}[1d]))", "failed {{schedule}}"),
                ),
                graph(
                    "How long backups take",
                    "Within which time nine of ten backups are made.",
                    Unit.SECONDS,
                    (
                        (
                            "histogram_quantile(0.9, sum by (le, schedule) "
                            "(rate(velero_backup_duration_seconds_bucket{@}[1d])))"
                        ),
                        "{{schedule}}",
                    ),
                ),
            ],
        ),
        Row(
            title="Can it be brought back?",
            panels=[
                graph(
                    "Restores",
                    "Restores within a week, by how they ended. A week without one has proved nothing.",
                    Unit.COUNT,
                    ("sum(increase(velero_restore_success_total{@}[7d]))", "good"),
                    ("sum(increase(velero_restore_failed_total{@}[7d]))", "failed"),
                ),
                graph(
                    "Data of volumes",
                    "Volumes whose data was moved to the bucket within a day, by how that ended.",
                    Unit.COUNT,
                    ("sum(increase(podVolume_data_upload_success_total{@}[1d]))", "good"),
                    ("sum(increase(podVolume_data_upload_failure_total{@}[1d]))", "failed"),
                    ("sum(increase(podVolume_data_upload_cancel_total{@}[1d]))", "cancelled"),
                ),
            ],
        ),
    ],
)

DATABASES: Final = Dashboard(
    uid="databases",
    title="Databases",
    purpose="Whether databases answer, how full their connections are, and whether etcd agrees with itself.",
    folder=Folder.PLATFORM,
    watched_by=Instance.DATABASE,
    shown_in=(Grafana.MAIN, Grafana.READ, Grafana.ALLOY),
    rows=[
        Row(
            title="Do they answer?",
            panels=[
                number(
                    "PostgreSQL",
                    "Whether every PostgreSQL answers its exporter.",
                    Unit.YES_NO,
                    "min(pg_up{@})",
                    limits=(1, 0),
                ),
                number(
                    "MySQL", "Whether every MySQL answers its exporter.", Unit.YES_NO, "min(mysql_up{@})", limits=(1, 0)
                ),
                number(
                    "Endpoints that answer",
                    "The share of endpoints outside that answer the black-box exporter.",
                    Unit.SHARE,
                    "avg(probe_success{@})",
                    limits=(1, 0.9),
                ),
                number(
                    "Certificates outside",
                    "How long the certificate of a probed endpoint still lives that ends first.",
                    Unit.SECONDS,
                    "min(probe_ssl_earliest_cert_expiry{@}) - time()",
                    limits=(1209600, 259200),
                ),
            ],
        ),
        Row(
            title="PostgreSQL",
            panels=[
                limited(
                    graph(
                        "Connections of the limit",
                        "The share of its connections that a server has open.",
                        Unit.SHARE,
                        (
                            (
                                "sum by (cluster, instance) (pg_stat_database_numbackends{@}) / "
                                "sum by (cluster, instance) (pg_settings_max_connections{@})"
                            ),
                            "{{instance}}",
                        ),
                    ),
                    0.7,
                    0.9,
                ),
                graph(
                    "Transactions",
                    "Transactions a second, by how they ended.",
                    Unit.PER_SECOND,
                    (f"sum by (datname) (rate(pg_stat_database_xact_commit{{@}}{RATE}))", "done {{datname}}"),
                    (f"sum by (datname) (rate(pg_stat_database_xact_rollback{{@}}{RATE}))", "undone {{datname}}"),
                ),
                graph(
                    "Size",
                    "What a database takes.",
                    Unit.BYTES,
                    ("pg_database_size_bytes{@}", "{{instance}} {{datname}}"),
                ),
                limited(
                    graph(
                        "Behind",
                        "How far a copy is behind.",
                        Unit.SECONDS,
                        ("pg_replication_lag_seconds{@}", "{{instance}}"),
                    ),
                    30,
                    300,
                ),
            ],
        ),
        Row(
            title="etcd of the platform",
            panels=[
                number(
                    "Leader",
                    "Whether every member knows a leader.",
                    Unit.YES_NO,
                    "min(etcd_server_has_leader{@})",
                    limits=(1, 0),
                ),
                number(
                    "Changes of leader in an hour",
                    "More than a few are disks or a network too slow.",
                    Unit.COUNT,
                    "max(increase(etcd_server_leader_changes_seen_total{@}[1h]))",
                    limits=(2, 4),
                ),
                limited(
                    graph(
                        "Writes to disk",
                        "Within which time all but one of a hundred writes are on disk. Above 10 ms members miss "
                        "heartbeats.",
                        Unit.SECONDS,
                        (
                            (
                                "histogram_quantile(0.99, sum by (le, pod) "
                                f"(rate(etcd_disk_wal_fsync_duration_seconds_bucket{{@}}{RATE})))"
                            ),
                            "{{pod}}",
                        ),
                    ),
                    0.01,
                    0.1,
                ),
                graph(
                    "Size of etcd",
                    "What a member's database takes, and of it what is in use.",
                    Unit.BYTES,
                    ("etcd_mvcc_db_total_size_in_bytes{@}", "takes {{pod}}"),
                    ("etcd_mvcc_db_total_size_in_use_in_bytes{@}", "uses {{pod}}"),
                ),
            ],
        ),
    ],
)
