"""Takes a notification, delivers its alerts, and answers so that Alertmanager comes back with what is missing."""

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

from .alerts import Alert, alerts
from .failures import UndeliveredError
from .metrics import Metrics
from .records import event
from .servicenow import ServiceNow

_LOG: Final = logging.getLogger("servicenow-forwarder")

OK: Final = 200
BAD_REQUEST: Final = 400
UNAVAILABLE: Final = 503

# Alertmanager hears nothing any more after 50 seconds; what was begun must have its end before.
_BUDGET_SECONDS: Final = 35.0


class Desk(Protocol):
    """Who writes to ServiceNow."""

    def deliver(self, alert: Alert, assignment_group: str = "") -> None:
        """Bring ServiceNow up to what is told of an alert.

        Raises:
            UndeliveredError: another attempt is needed.

        """


@dataclass(slots=True, kw_only=True)
class Events:
    """The desk that writes events: ServiceNow itself knows an alert again by its `message_key`."""

    instance: ServiceNow

    def deliver(self, alert: Alert, assignment_group: str = "") -> None:
        """Hand an alert over, as `Desk` says."""
        self.instance.send_events([event(alert, assignment_group=assignment_group)])


@dataclass(slots=True, kw_only=True)
class Forwarder:
    """What is behind the webhook.

    Attributes:
        desk: Who writes.
        cluster: The cluster that Alertmanager speaks for.
        metrics: Counts.
        clock: Seconds, from any beginning.
        now: Seconds since 1970.
        each: Calls a function with each alert, several at once or not.

    """

    desk: Desk = field(repr=False)
    cluster: str
    metrics: Metrics = field(repr=False)
    clock: Callable[[], float] = field(repr=False)
    now: Callable[[], float] = field(repr=False)
    each: Callable[[Callable[[Alert], bool], Iterable[Alert]], Iterable[bool]] = field(default=map, repr=False)

    def notify(self, body: bytes, assignment_group: str = "") -> int:
        """Deliver a notification, and return the status that Alertmanager is to hear.

        What it hears 503 for it sends again, with what was delivered: that is recognised.
        """
        status = self._notify(body, assignment_group)
        self.metrics.count("notifications", status=str(status))
        return status

    def _notify(self, body: bytes, assignment_group: str) -> int:
        try:
            told = alerts(json.loads(body), self.cluster)
        except ValueError as error:
            _LOG.error("refused a notification: %s", error)
            return BAD_REQUEST
        until = self.clock() + _BUDGET_SECONDS
        delivered = [*self.each(lambda alert: self._delivered(alert, assignment_group, until), told)]
        if not all(delivered):
            return UNAVAILABLE
        self.metrics.delivered(self.now())
        return OK

    def _delivered(self, alert: Alert, assignment_group: str, until: float) -> bool:
        try:
            self._begin(until)
            self.desk.deliver(alert, assignment_group)
        except UndeliveredError as error:
            _LOG.warning("%s (%s) is not delivered: %s", alert.name, alert.correlation, error)
            self.metrics.count("alerts", result="undelivered")
            return False
        self.metrics.count("alerts", result="delivered")
        return True

    def _begin(self, until: float) -> None:
        if self.clock() >= until:
            raise UndeliveredError("there was no time left")
