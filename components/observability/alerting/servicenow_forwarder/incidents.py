"""Incidents: one for each alert, opened, changed and resolved as it fires and ends, however often that is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from .alerts import Alert, moment, remembered
from .claims import Claim, Claims
from .failures import LostAnswerError, UndeliveredError
from .metrics import Metrics
from .records import opened
from .servicenow import ServiceNow

TABLE: Final = "incident"
_FIELDS: Final = (
    "sys_id",
    "number",
    "state",
    "sys_created_on",
    "closed_at",
    "resolved_at",
    "correlation_display",
)
# A person may have closed a few of one alert; the newest say what there is to know.
_NEWEST: Final = 20

# https://www.servicenow.com/docs/bundle/zurich-it-service-management/page/product/incident-management/concept/c_IncidentManagementStateModel.html
NEW: Final = "1"
RESOLVED: Final = "6"
_OVER: Final = frozenset({"7", "8"})
"""Closed and cancelled: nobody opens these again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be written, to a record or as a new one where `sys_id` is empty. Without fields it is but a look."""

    sys_id: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Incidents:
    """The desk that writes incidents.

    Attributes:
        instance: ServiceNow.
        claims: Who may write of an alert.
        metrics: Counts duplicates.
        close_code: Of what has ended.
        caller: Whom incidents name as their caller; nobody if empty.

    """

    instance: ServiceNow = field(repr=False)
    claims: Claims = field(repr=False)
    metrics: Metrics = field(repr=False)
    close_code: str
    caller: str = ""

    def deliver(self, alert: Alert, assignment_group: str = "") -> None:
        """Bring an alert's incident up to what is told of it.

        Raises:
            UndeliveredError: another attempt is needed.

        """
        if self._change(alert, self._records(alert), assignment_group) is None:
            return
        claim = self.claims.take(alert.correlation, alert.memory, lambda intent: self._landed(alert, intent))
        try:
            self._write(alert, claim, assignment_group)
        except LostAnswerError:
            # The claim stays: whoever comes next sees what became of it, or waits until nothing can.
            if not self._landed(alert, claim.intent):
                raise
        except BaseException:
            self.claims.release(claim)
            raise
        self.claims.release(claim)

    def _write(self, alert: Alert, claim: Claim, assignment_group: str) -> None:
        records = self._records(alert)
        for later in _live(records)[1:]:
            self._close_duplicate(later, claim)
        change = self._change(alert, records, assignment_group)
        if change is None or not change.fields:
            return
        if change.sys_id:
            self.instance.update(TABLE, change.sys_id, change.fields, lambda: self.claims.check(claim))
        else:
            self.instance.create(TABLE, change.fields, lambda: self.claims.check(claim))

    def _close_duplicate(self, record: Mapping[str, str], claim: Claim) -> None:
        """Close what somebody else made: no claim holds people and other programs."""
        if record["state"] == RESOLVED:
            return
        notes = "An older incident is of the same alert."
        closed = {"state": RESOLVED, "close_code": self.close_code, "close_notes": notes}
        self.instance.update(TABLE, record["sys_id"], closed, lambda: self.claims.check(claim))
        self.metrics.count("duplicates")

    def _records(self, alert: Alert) -> list[dict[str, str]]:
        """Return the alert's records, the oldest first."""
        query = f"correlation_id={alert.correlation}^ORDERBYDESCsys_created_on"
        found = self.instance.find(TABLE, query, _FIELDS, _NEWEST)
        return sorted(found, key=lambda record: (record["sys_created_on"], record["sys_id"]))

    def _landed(self, alert: Alert, intent: str) -> bool:
        try:
            live = _live(self._records(alert))
        except UndeliveredError:
            return False
        return bool(live) and live[0]["correlation_display"] == intent

    def _change(self, alert: Alert, records: list[dict[str, str]], assignment_group: str) -> Change | None:
        """Return what is to be written; None if nothing is, whatever others are writing."""
        live = _live(records)
        if not live:
            return self._first(alert, records, assignment_group)
        record = live[0]
        known = remembered(record["correlation_display"])
        if (known and is_old(alert, *known)) or (fields := self._fields(alert, record, known)) is None:
            return Change() if any(later["state"] != RESOLVED for later in live[1:]) else None
        return Change(sys_id=record["sys_id"], fields={"correlation_display": alert.memory, **fields})

    def _first(self, alert: Alert, records: list[dict[str, str]], assignment_group: str) -> Change | None:
        if not alert.firing:
            # One may be about to be made by a request whose answer was lost: only who has the claim can tell.
            return Change()
        if any(moment(over["closed_at"]) >= alert.since for over in records if over.get("closed_at")):
            # Somebody closed it while it fired, and has decided.
            return None
        return Change(fields=opened(alert, caller=self.caller, assignment_group=assignment_group))

    def _fields(
        self, alert: Alert, record: Mapping[str, str], known: tuple[bool, datetime] | None
    ) -> dict[str, str] | None:
        """Return what changes besides what the record remembers; None if not even that does."""
        resolved = record["state"] == RESOLVED
        if not alert.firing:
            ended = f"The alert ended at {alert.until.isoformat()}."
            closed = {"state": RESOLVED, "close_code": self.close_code, "close_notes": ended}
            # Resolved by a person already: what is left is to remember that it is over.
            return {} if resolved else closed
        if known == (True, alert.since):
            return None
        by_somebody = record.get("resolved_at") if known and known[0] else ""
        if not resolved or (by_somebody and moment(by_somebody) >= alert.since):
            return {}
        return {"state": NEW, "work_notes": f"The alert fires again, since {alert.since.isoformat()}."}


def is_old(alert: Alert, fired: bool, when: datetime) -> bool:  # noqa: FBT001 - a pair that a record remembers
    """Tell whether a record remembers something newer than an alert tells, or what it tells to the letter."""
    if alert.firing:
        return alert.since < when if fired else alert.since <= when
    return alert.until < when if fired else alert.until <= when


def _live(records: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return what can still be opened again, the oldest first: that is the alert's."""
    return [record for record in records if record["state"] not in _OVER]
