"""How an alert reads in ServiceNow: its words, and how urgent it is."""

import json
from collections.abc import Mapping
from typing import Final

from .alerts import Alert

# ServiceNow computes the priority from both: impact and urgency 1 make priority 1, critical.
_IMPACT_AND_URGENCY: Final[Mapping[str, tuple[str, str]]] = {
    "critical": ("1", "1"),
    "warning": ("2", "2"),
    "info": ("3", "3"),
}
# 0 clears, 1 is critical, 4 a warning, 5 information.
_EVENTS_SEVERITY: Final[Mapping[str, str]] = {"critical": "1", "warning": "4", "info": "5"}
_CLEARED: Final = "0"
_SHORT: Final = 160
_LONG: Final = 4000


def short(alert: Alert) -> str:
    """Return what a list shows."""
    about = alert.annotations.get("summary") or alert.name
    where = "/".join(alert.labels[label] for label in ("cluster", "namespace") if alert.labels.get(label))
    return (f"{alert.name}: {about}" + (f" ({where})" if where else ""))[:_SHORT]


def text(alert: Alert) -> str:
    """Return all there is to know."""
    said = [alert.annotations[key] for key in ("summary", "description", "runbook_url") if alert.annotations.get(key)]
    labels = [f"{name}: {value}" for name, value in sorted(alert.labels.items())]
    return "\n".join([*said, "", *labels, *([alert.source] if alert.source else [])])[:_LONG]


def opened(alert: Alert, *, caller: str, assignment_group: str) -> dict[str, str]:
    """Return a new incident."""
    impact, urgency = _IMPACT_AND_URGENCY.get(alert.severity, _IMPACT_AND_URGENCY["warning"])
    optional = {"caller_id": caller, "assignment_group": assignment_group}
    return {
        "correlation_id": alert.correlation,
        "correlation_display": alert.memory,
        "short_description": short(alert),
        "description": text(alert),
        "impact": impact,
        "urgency": urgency,
        **{name: value for name, value in optional.items() if value},
    }


def event(alert: Alert, *, assignment_group: str) -> dict[str, str]:
    """Return an event of Event Management."""
    further = {**alert.labels, **alert.annotations, "assignment_group": assignment_group, "generator": alert.source}
    return {
        "source": "Alertmanager",
        "event_class": alert.labels.get("cluster", ""),
        "node": alert.labels.get("node", alert.labels.get("instance", "")),
        "resource": alert.labels.get("pod", alert.labels.get("namespace", "")),
        "metric_name": alert.name,
        "type": alert.name,
        "message_key": alert.correlation,
        "severity": _EVENTS_SEVERITY.get(alert.severity, _EVENTS_SEVERITY["warning"]) if alert.firing else _CLEARED,
        "resolution_state": "New" if alert.firing else "Closing",
        "time_of_event": (alert.since if alert.firing else alert.until).strftime("%Y-%m-%d %H:%M:%S"),
        "description": short(alert),
        "additional_info": json.dumps(further, sort_keys=True),
    }
