"""The classes of backup, as data: how often, for how long, and what each promises to whoever chooses it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from components.kit import cron, monitoring

LABEL: Final = "platform/backup"
"""The label by which a namespace chooses its class."""

CANARY: Final = "backup-canary"
"""The namespace that is in every class: what a drill restores."""


class BackupClass(StrEnum):
    """What a namespace's label `platform/backup` may say, besides `none`."""

    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"


class Choice(StrEnum):
    """A class, or that nothing is kept."""

    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a class is kept, and what it promises.

    Attributes:
        schedule: When a backup begins, as cron writes it, in UTC.
        retention_days: Days that each backup is kept.
        move_data: Whether the data of volumes goes to the bucket; if not, it stays in snapshots of its region.
        timeout_hours: Hours after which a backup whose volumes are not moved yet is given up.
        rpo_hours: The promise: at most the changes of so many hours are lost.
        history_days: The promise: what was there so many days ago can be brought back.

    """

    schedule: str
    retention_days: int
    move_data: bool
    timeout_hours: int
    rpo_hours: int
    history_days: int

    @property
    def ttl(self) -> str:
        """The retention as Velero writes it."""
        return f"{self.retention_days * 24}h0m0s"


CLASSES: Final[Mapping[BackupClass, Plan]] = {
    # Velero's own limit for what moves data is four hours; gold gives up earlier, so that the next begins on time.
    BackupClass.GOLD: Plan(
        schedule="0 */4 * * *", retention_days=35, move_data=True, timeout_hours=2, rpo_hours=6, history_days=30
    ),
    BackupClass.SILVER: Plan(
        schedule="30 1 * * *", retention_days=32, move_data=True, timeout_hours=4, rpo_hours=28, history_days=30
    ),
    BackupClass.BRONZE: Plan(
        schedule="0 3 * * 0", retention_days=100, move_data=True, timeout_hours=4, rpo_hours=172, history_days=90
    ),
}

STATEFUL: Final[Mapping[str, str]] = {
    "vault": "the servers' data and audit logs",
    "platform-etcd": "what the platform remembers",
    monitoring.NAMESPACE: "metrics and alerts of the last days",
    "thanos": "what is not in the bucket of metrics yet",
    "grafana": "sessions and plug-ins",
}
"""The platform's namespaces with volumes, and what is in them. Each must have a class."""

PLATFORM: Final[Mapping[str, Choice]] = {
    "vault": Choice.GOLD,
    "platform-etcd": Choice.GOLD,
    # Its database is in RDS, which keeps its own copies; what is here are objects.
    "keycloak": Choice.SILVER,
    "grafana": Choice.SILVER,
    # Blocks are in a bucket of their own: what a volume loses is hours.
    monitoring.NAMESPACE: Choice.BRONZE,
    "thanos": Choice.BRONZE,
}
"""The class of each of the platform's namespaces; one that is not here holds nothing that the program does not make."""


def worst_loss(plan: Plan) -> timedelta:
    """Return what a class can lose at worst: all since the last backup that was good, a moment before the next one is.

    A backup shows the time at which it began and counts once it is complete: the longest gap between two, and the
    longest that one may take.
    """
    longest, _ = cron.gaps(plan.schedule)
    return longest + timedelta(hours=plan.timeout_hours)


def reaches_back(plan: Plan) -> timedelta:
    """Return how far back a class reaches at least: when the oldest backup went and the next is not complete yet."""
    return timedelta(days=plan.retention_days) - worst_loss(plan)


def overlaps(plan: Plan) -> bool:
    """Tell whether a backup may still be in work when the next is due, which Velero then leaves out."""
    _, shortest = cron.gaps(plan.schedule)
    return shortest <= timedelta(hours=plan.timeout_hours)


def schedule_name(backup_class: BackupClass, mark: str = "") -> str:
    """Return the Schedule of a class's platform namespaces.

    Backups are called after their Schedule and the second they began in. Of two that are called the same, one from each
    of two clusters, Velero sees the first only: a cluster that reads another's backups marks its own.
    """
    return f"{mark}platform-{backup_class}"


def apps_schedule_name(backup_class: BackupClass, mark: str = "") -> str:
    """Return the Schedule of the namespaces that chose a class by their label."""
    return f"{mark}apps-{backup_class}"
