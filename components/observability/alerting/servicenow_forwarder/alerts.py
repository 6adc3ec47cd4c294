"""Alerts as Alertmanager's webhook tells of them: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert of one notification.

    Attributes:
        correlation: By what ServiceNow's record of it is found: the same for all notifications of an alert.
        firing: Whether it fires; it is over otherwise.
        since: When it began to.
        until: When it was over; as `since` while it fires.
        labels: What identifies it.
        annotations: What people are told of it.
        source: Where its expression is shown.

    """

    correlation: str
    firing: bool
    since: datetime
    until: datetime
    labels: Mapping[str, str] = field(hash=False)
    annotations: Mapping[str, str] = field(hash=False)
    source: str = ""

    @property
    def name(self) -> str:
        """Its name, as its rule has it."""
        return self.labels.get("alertname", "alert")

    @property
    def severity(self) -> str:
        """Its severity; what says none is a warning."""
        return self.labels.get("severity", "warning")

    @property
    def memory(self) -> str:
        """What a record is to remember of it: the newest that was told, by which what comes late is recognised."""
        return f"firing {self.since.isoformat()}" if self.firing else f"resolved {self.until.isoformat()}"


def alerts(payload: Mapping[str, Any], cluster: str) -> list[Alert]:
    """Return the alerts of a notification.

    Args:
        payload: What Alertmanager posts.
        cluster: The cluster it speaks for; part of what identifies an alert, for labels may leave it out.

    Raises:
        ValueError: it is none of Alertmanager's.

    """
    try:
        return [_alert(each, cluster) for each in payload["alerts"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a notification of Alertmanager: {error!r}") from None


def _alert(told: Mapping[str, Any], cluster: str) -> Alert:
    firing = told["status"] == "firing"
    since = moment(told["startsAt"])
    return Alert(
        correlation=f"{cluster}/{told['fingerprint']}",
        firing=firing,
        since=since,
        until=since if firing else moment(told["endsAt"]),
        labels={str(key): str(value) for key, value in told["labels"].items()},
        annotations={str(key): str(value) for key, value in told.get("annotations", {}).items()},
        source=str(told.get("generatorURL", "")),
    )


def moment(text: str) -> datetime:
    """Return a time of RFC 3339, or one that ServiceNow answers, in UTC."""
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def remembered(memory: str) -> tuple[bool, datetime] | None:
    """Return whether an alert fired when its record was written, and since or until when; None if a person wrote it."""
    what, _, when = memory.partition(" ")
    if what not in {"firing", "resolved"}:
        return None
    try:
        return what == "firing", moment(when)
    except ValueError:
        return None
