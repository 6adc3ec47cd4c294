"""ServiceNow as its documentation describes the Table API, and a cluster's Leases, with everything that goes wrong.

Table API: https://www.servicenow.com/docs/r/api-reference/rest-apis/c_TableAPI.html
"""

import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from components.observability.alerting.servicenow_forwarder.failures import LostAnswerError, NotSentError
from components.observability.alerting.servicenow_forwarder.transport import Answer, Request
from tests.components.observability.alerting.servicenow_forwarder.world import World

FAULTS: Final = (
    "not sent",
    "throttled",
    "unauthorized",
    "fault before",
    "fault after",
    "lost before",
    "lost after",
    "late",
)
"""What may go wrong: nothing arrives; 429; 401; 503 and 500 without and with an effect; no answer likewise; and an
effect long after the caller has given up."""

_RESOLVED: Final = "6"
_CLOSED: Final = "7"
# What ServiceNow works on a request, and half of what a caller waits for an answer.
_LATEST_EFFECT: Final = 60.0
_GIVES_UP: Final = 15.0


class Killed(BaseException):
    """The pod is gone; nothing that it was about to do is done."""


@dataclass(kw_only=True)
class Instance:
    """The tables.

    Attributes:
        world: Its time.
        rate: How many requests of a hundred fail, by kind.
        incidents: All that were ever made.
        events: All that were ever sent.
        faults: How often what went wrong.
        losing: What goes wrong with the next requests that write, the last first.
        requests: How many there were, by method.

    """

    world: World
    rate: dict[str, float] = field(default_factory=dict)
    incidents: dict[str, dict[str, str]] = field(default_factory=dict)
    events: list[dict[str, str]] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    losing: list[str] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)
    _correlated: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))

    def call(self, request: Request) -> Answer:
        """Carry a request out, or not."""
        self.world.pause(self.world.chance.uniform(0.05, 1.5))
        kind = self.losing.pop() if self.losing and request.method != "GET" else self._fault()
        self.requests[request.method] += 1
        match kind:
            case "not sent":
                raise NotSentError("connection refused")
            case "throttled":
                return Answer(status=429, headers={"retry-after": str(self.world.chance.randint(1, 30))})
            case "unauthorized":
                return Answer(status=401, body=b'{"error":{"message":"User Not Authenticated"}}')
            case "fault before":
                return Answer(status=503, body=b"<html>maintenance</html>")
            case "fault after":
                self._carry_out(request)
                return Answer(status=500)
            case "lost before" | "lost after" | "late":
                self._lose(request, kind)
        answer = self._carry_out(request)
        self.world.pause(self.world.chance.uniform(0.05, 1.5))
        return answer

    def _fault(self) -> str:
        for kind in FAULTS:
            if self.world.chance.random() < self.rate.get(kind, 0.0):
                self.faults[kind] += 1
                return kind
        return ""

    def _lose(self, request: Request, kind: str) -> None:
        if kind == "lost after":
            self._carry_out(request)
        if kind == "late":
            self.world.at(self.world.chance.uniform(1, _LATEST_EFFECT), lambda: self._carry_out(request))
        self.world.pause(self.world.chance.uniform(0, _GIVES_UP))
        raise LostAnswerError("timed out")

    def _carry_out(self, request: Request) -> Answer:
        assert request.headers["Authorization"].startswith(("Basic ", "Bearer "))
        asked = urlsplit(request.path)
        match request.method, asked.path.strip("/").split("/"):
            case "GET", ["api", "now", "table", "incident"]:
                return _answer(200, {"result": self._query(parse_qs(asked.query))})
            case "POST", ["api", "now", "table", "incident"]:
                return _answer(201, {"result": {"sys_id": self.insert(json.loads(request.body))}})
            case "PATCH", ["api", "now", "table", "incident", sys_id]:
                if sys_id not in self.incidents:
                    return _answer(404, {"error": {"message": "No Record found"}, "status": "failure"})
                self._change(self.incidents[sys_id], json.loads(request.body))
                return _answer(200, {"result": {"sys_id": sys_id}})
            case "POST", ["api", "global", "em", "jsonv2"]:
                self.events += json.loads(request.body)["records"]
                return _answer(200, {})
        raise AssertionError(f"no such API: {request.method} {request.path}")

    def insert(self, given: dict[str, str]) -> str:
        """Make an incident, whatever its correlation_id: nothing makes it unique in ServiceNow."""
        sys_id = uuid.UUID(int=self.world.chance.getrandbits(128)).hex
        defaults = {"state": "1", "correlation_display": "", "closed_at": "", "resolved_at": ""}
        made = {"sys_id": sys_id, "number": f"INC{len(self.incidents):07}", "sys_created_on": self._stamp()}
        self.incidents[sys_id] = {**defaults, **given, **made}
        self._correlated[given["correlation_id"]].append(self.incidents[sys_id])
        return sys_id

    def _change(self, record: dict[str, str], given: dict[str, str]) -> None:
        before = record["state"]
        record.update(given)
        if record["state"] == _RESOLVED != before:
            # A data policy of every instance: https://www.servicenow.com/docs/search?q=incident+resolution+code
            assert record.get("close_code"), "a resolution needs its code"
            assert record.get("close_notes"), "a resolution needs its notes"
            record["resolved_at"] = self._stamp()
        if record["state"] == _CLOSED != before:
            record["closed_at"] = self._stamp()

    def by_person(self, sys_id: str, state: str) -> None:
        """Have somebody resolve or close an incident by hand."""
        self._change(self.incidents[sys_id], {"state": state, "close_code": "Solved", "close_notes": "Done."})

    def _query(self, asked: dict[str, list[str]]) -> list[dict[str, str]]:
        condition, order = asked["sysparm_query"][0].split("^")
        name, value = condition.split("=", 1)
        assert order == "ORDERBYDESCsys_created_on"
        assert name == "correlation_id"
        found = [*self._correlated[value]]
        found.sort(key=lambda record: record["sys_created_on"], reverse=True)
        fields = asked["sysparm_fields"][0].split(",")
        return [{key: record.get(key, "") for key in fields} for record in found[: int(asked["sysparm_limit"][0])]]

    def _stamp(self) -> str:
        return self.world.moment().strftime("%Y-%m-%d %H:%M:%S")


@dataclass(kw_only=True)
class Cluster:
    """The part of a cluster's API that Leases are: a name is there once, and a deletion may name what it means."""

    world: World
    failing: float = 0.0
    leases: dict[str, dict[str, Any]] = field(default_factory=dict)

    def call(self, request: Request) -> Answer:
        """Carry a request out, or not."""
        self.world.pause(self.world.chance.uniform(0.005, 0.1))
        if self.world.chance.random() < self.failing:
            if self.world.chance.random() < 1 / 2:
                self._carry_out(request)
            raise LostAnswerError("timed out")
        return self._carry_out(request)

    def _carry_out(self, request: Request) -> Answer:
        name = request.path.rpartition("/leases")[2].strip("/")
        headers = {"date": format_datetime(self.world.moment().astimezone(UTC).replace(microsecond=0), usegmt=True)}
        there = self.leases.get(name)
        body = json.loads(request.body or b"{}")
        match request.method:
            case "POST":
                made = body["metadata"]
                if made["name"] in self.leases:
                    return _answer(409, {"reason": "AlreadyExists"}, headers)
                stamp = self.world.moment().strftime("%Y-%m-%dT%H:%M:%SZ")
                uid = str(uuid.UUID(int=self.world.chance.getrandbits(128)))
                self.leases[made["name"]] = {**body, "metadata": {**made, "uid": uid, "creationTimestamp": stamp}}
                return _answer(201, self.leases[made["name"]], headers)
            case "GET":
                return _answer(200, there, headers) if there else _answer(404, {}, headers)
            case "DELETE":
                if not there:
                    return _answer(404, {}, headers)
                if there["metadata"]["uid"] != body["preconditions"]["uid"]:
                    return _answer(409, {"reason": "Conflict"}, headers)
                del self.leases[name]
                return _answer(200, {}, headers)
        raise AssertionError(f"no such verb is granted: {request.method}")


@dataclass(kw_only=True)
class Line:
    """A pod's way to one of these: it is cut when the pod is killed, before or after what was asked for is done."""

    call: Callable[[Request], Answer]
    pod: "Pod"

    def send(self, request: Request) -> Answer:
        """Send a request, as `Transport` says."""
        if self.pod.dead:
            raise Killed
        answer = self.call(request)
        if self.pod.dead:
            raise Killed
        return answer


@dataclass(kw_only=True)
class Pod:
    """A pod that lives until it is killed."""

    dead: bool = False


def _answer(status: int, content: Any, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status=status, headers=headers or {}, body=json.dumps(content).encode())


def stamp(moment: datetime) -> str:
    """Return a time as Alertmanager writes it, to the nanosecond."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"
