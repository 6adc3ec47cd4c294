"""ServiceNow's HTTP APIs for a caller that is refused, throttled and left without an answer."""

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from .failures import LostAnswerError, NotSentError, RefusedError, UndeliveredError
from .metrics import Metrics
from .transport import Answer, Request, Transport

ATTEMPTS: Final = 4
_FIRST_PAUSE: Final = 0.5
# Beyond it Alertmanager waits, not this program: its notification is cut off after a minute.
LONGEST_PAUSE: Final = 10.0

_WRITTEN: Final = "sysparm_input_display_value=true&sysparm_fields=sys_id"

_UNAUTHORIZED: Final = 401
_THROTTLED: Final = 429
_FAULT: Final = 500
_SUCCESS: Final = range(200, 300)


class Credentials(Protocol):
    """As whom the program signs in."""

    def header(self) -> str:
        """Return the header `Authorization`."""

    def forget(self) -> None:
        """Take what was used for refused."""

    def present(self) -> bool:
        """Tell whether there are any."""


@dataclass(slots=True, kw_only=True)
class ServiceNow:
    """One instance.

    Attributes:
        transport: To its host.
        credentials: As whom.
        metrics: Counts requests.
        pause: Waits for so many seconds.
        clock: Seconds, from any beginning.
        chance: Spreads attempts, so that those who failed together do not come back together.

    """

    transport: Transport = field(repr=False)
    credentials: Credentials = field(repr=False)
    metrics: Metrics = field(repr=False)
    pause: Callable[[float], None] = field(default=time.sleep, repr=False)
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    chance: random.Random = field(default_factory=random.Random, repr=False)
    _closed_until: float = 0.0

    def find(self, table: str, query: str, fields: tuple[str, ...], limit: int) -> list[dict[str, str]]:
        """Return records by an encoded query.

        Raises:
            UndeliveredError: ServiceNow did not answer it.

        """
        asked = {
            "sysparm_query": query,
            "sysparm_fields": ",".join(fields),
            "sysparm_limit": str(limit),
            "sysparm_exclude_reference_link": "true",
        }
        found = self._try("GET", f"/api/now/table/{table}?{urlencode(asked)}", None).content.get("result")
        if not isinstance(found, list):
            # A page of somebody in between, with the status of an answer.
            raise UndeliveredError(f"the query of {table} was answered with no list")
        return [{str(key): str(value) for key, value in record.items()} for record in found]

    def create(self, table: str, record: Mapping[str, str], check: Callable[[], None]) -> None:
        """Make a record.

        Args:
            table: Its table.
            record: Its fields, by what people see: a group by its name.
            check: Raises where it is too late to send it.

        Raises:
            LostAnswerError: it may have been made, or may be made yet.
            UndeliveredError: it was not.

        """
        self._try("POST", f"/api/now/table/{table}?{_WRITTEN}", record, check=check)

    def update(self, table: str, sys_id: str, record: Mapping[str, str], check: Callable[[], None]) -> None:
        """Change a record, as `create` says."""
        self._try("PATCH", f"/api/now/table/{table}/{sys_id}?{_WRITTEN}", record, check=check)

    def send_events(self, records: list[dict[str, str]]) -> None:
        """Hand over events of Event Management, which knows by `message_key` what it has been told before."""
        self._try("POST", "/api/global/em/jsonv2", {"records": records})

    def _try(
        self, method: str, path: str, body: Mapping[str, Any] | None, *, check: Callable[[], None] | None = None
    ) -> Answer:
        """Send a request until it is carried out; once at most, where there is something to check before each."""
        last = UndeliveredError(f"{method} was not tried")
        for attempt in range(1, ATTEMPTS + 1):
            self._wait_till_open()
            try:
                return self._judged(self._send(method, path, body, check), method)
            except NotSentError as error:
                last = UndeliveredError(str(error))
            except LostAnswerError as error:
                if check:
                    raise
                last = error
            except RefusedError as error:
                last = error
                if not isinstance(error, _PassingError):
                    raise
            if attempt < ATTEMPTS:
                self.pause(self.chance.uniform(0, min(_FIRST_PAUSE * 2**attempt, LONGEST_PAUSE)))
        raise last

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None, check: Callable[[], None] | None) -> Answer:
        headers = {"Accept": "application/json", "Authorization": self.credentials.header()}
        if body is not None:
            headers["Content-Type"] = "application/json"
        content = b"" if body is None else json.dumps(body).encode()
        if check:
            check()
        try:
            answer = self.transport.send(Request(method=method, path=path, headers=headers, body=content))
        except (NotSentError, LostAnswerError):
            self.metrics.count("requests", method=method, status="0")
            raise
        self.metrics.count("requests", method=method, status=str(answer.status))
        return answer

    def _judged(self, answer: Answer, method: str) -> Answer:
        if answer.status in _SUCCESS:
            return answer
        if answer.status == _UNAUTHORIZED:
            self.credentials.forget()
            raise _PassingError(f"{method} was answered with 401: the credentials are not let in")
        if answer.status == _THROTTLED:
            self._closed_until = self.clock() + _seconds(answer.headers.get("retry-after", ""))
            raise _PassingError(f"{method} was answered with 429: too many requests")
        if answer.status >= _FAULT:
            # Whoever says so may stand between, and what it passed on may be carried out.
            raise LostAnswerError(f"{method} was answered with {answer.status}")
        raise RefusedError(f"{method} was answered with {answer.status}: {_why(answer)}")

    def _wait_till_open(self) -> None:
        """Wait as long as ServiceNow asked for, or leave that to Alertmanager if it is long."""
        wait = self._closed_until - self.clock()
        if wait > LONGEST_PAUSE:
            raise UndeliveredError(f"ServiceNow takes no requests for {wait:.0f} s")
        if wait > 0:
            self.pause(wait)


class _PassingError(RefusedError):
    """It was not carried out, and the next attempt may be."""


def _seconds(text: str) -> float:
    """Return what `Retry-After` says, which ServiceNow gives in seconds."""
    return float(text) if text.isdecimal() else _FIRST_PAUSE


def _why(answer: Answer) -> str:
    error = answer.content.get("error") if isinstance(answer.content, dict) else None
    return str(error.get("message", "")) if isinstance(error, dict) else ""
