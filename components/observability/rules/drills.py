"""The rules of drills: whether anybody was told of a fault made on purpose, and whether it is still allowed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from components.kit.monitoring import Owner, Severity
from components.observability.rules.catalog import Alert, Annotations, Group, Labels

UNNOTICED: Final = "ChaosWentUnnoticed"
FORBIDDEN: Final = "ChaosOutlivesPermission"
ALERTS: Final = (UNNOTICED, FORBIDDEN)
"""The alerts of this module, which are made from a stack's experiments."""

_RUNNING: Final = "chaos_controller_manager_chaos_experiments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """The experiments of one kind in one namespace, which Chaos Mesh's metrics do not tell apart.

    Attributes:
        namespace: Where they happen.
        kind: What Chaos Mesh calls their faults, ``PodChaos``.
        alerts: The alerts they must raise; any of them is notice.
        minutes: How long a fault is at work until one of them has fired.

    """

    namespace: str
    kind: str
    alerts: tuple[str, ...]
    minutes: int


def unnoticed(drills: Sequence[Drill], cluster: str) -> list[Group]:
    """Return the rules of faults of which their own alerts did not tell, for who sees every Prometheus' alerts.

    Args:
        drills: The experiments that there are.
        cluster: The name of their cluster.

    """
    rules = tuple(_unnoticed(drill, cluster) for drill in drills)
    return [Group(name="drills", rules=rules)] if rules else []


def forbidden(until: date) -> list[Group]:
    """Return the rules of faults that are at work after the last day, in UTC, on which they are allowed."""
    over = datetime.combine(until + timedelta(days=1), time(), tzinfo=UTC)
    alert = Alert(
        alert=FORBIDDEN,
        expr=f'max by (namespace, kind) ({_RUNNING}{{phase=~"injecting|running"}}) > 0\n'
        f"  and on () (vector(time()) >= {over.timestamp():.0f})",
        labels=Labels(severity=Severity.CRITICAL, owner=Owner.PLATFORM),
        annotations=Annotations(
            summary="A fault is made on purpose that nobody allows any more",
            description="A {{ $labels.kind }} is at work in {{ $labels.namespace }}, where chaos was allowed until "
            f"{until}.",
        ),
    )
    return [Group(name="chaos-permission", rules=(alert,))]


def _unnoticed(drill: Drill, cluster: str) -> Alert:
    where = f'cluster="{cluster}", namespace="{drill.namespace}"'
    alerts = "|".join(drill.alerts)
    return Alert(
        alert=UNNOTICED,
        expr=f'max by (cluster, namespace, kind) ({_RUNNING}{{{where}, kind="{drill.kind}", phase="running"}}) > 0\n'
        f'  unless on (cluster, namespace) ALERTS{{{where}, alertname=~"{alerts}", alertstate="firing"}}',
        for_=f"{drill.minutes}m",
        labels=Labels(severity=Severity.WARNING, owner=Owner.PLATFORM),
        annotations=Annotations(
            summary="A fault was made on purpose and its alert did not tell of it",
            description="A {{ $labels.kind }} has been at work in {{ $labels.namespace }} of {{ $labels.cluster }} for "
            f"{drill.minutes} minutes, and {' or '.join(drill.alerts)} does not fire there.",
        ),
    )
