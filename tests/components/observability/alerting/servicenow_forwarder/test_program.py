"""The program answers Alertmanager truthfully, signs in by files, waits as it is told, and ends with its work done."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from components.observability.alerting.servicenow_forwarder.alerts import Alert, alerts
from components.observability.alerting.servicenow_forwarder.credentials import Basic, OAuth
from components.observability.alerting.servicenow_forwarder.failures import (
    LostAnswerError,
    NotSentError,
    RefusedError,
    UndeliveredError,
)
from components.observability.alerting.servicenow_forwarder.forwarder import (
    BAD_REQUEST,
    OK,
    UNAVAILABLE,
    Events,
    Forwarder,
)
from components.observability.alerting.servicenow_forwarder.metrics import Metrics
from components.observability.alerting.servicenow_forwarder.records import event, opened
from components.observability.alerting.servicenow_forwarder.server import Server, handler, serve
from components.observability.alerting.servicenow_forwarder.servicenow import ATTEMPTS, LONGEST_PAUSE, ServiceNow
from components.observability.alerting.servicenow_forwarder.transport import Answer, Https, Request
from tests.components.observability.alerting.servicenow_forwarder.stage import alert, staged
from tests.components.observability.alerting.servicenow_forwarder.world import World


class _Scripted:
    """A transport that answers what it was told to, and remembers what it was asked."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = [*answers]
        self.asked: list[Request] = []

    def send(self, request: Request) -> Answer:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def _token(name: str, seconds: int = 1800) -> Answer:
    return Answer(status=200, body=json.dumps({"access_token": name, "expires_in": seconds}).encode())


def _oauth(folder: Path, transport: _Scripted, clock: World) -> OAuth:
    (folder / "servicenow-client-id").write_text("platform", encoding="utf-8")
    (folder / "servicenow-client-secret").write_text("first\n", encoding="utf-8")
    return OAuth(folder=folder, transport=transport, clock=clock.clock)


def test_changed_files_are_read_and_a_refused_token_is_asked_for_anew(tmp_path: Path) -> None:
    world, transport = World(1), _Scripted(_token("a"), _token("b"), _token("c"), _token("d", 90))
    signed = _oauth(tmp_path, transport, world)

    assert [signed.header(), signed.header()] == ["Bearer a", "Bearer a"]
    (tmp_path / "servicenow-client-secret").write_text("second", encoding="utf-8")
    assert signed.header() == "Bearer b"
    assert b"client_secret=second" in transport.asked[-1].body
    signed.forget()
    assert signed.header() == "Bearer c"
    world.now = 1800 - 60
    assert signed.header() == "Bearer d"


def test_no_token_is_told_without_what_was_sent(tmp_path: Path) -> None:
    signed = _oauth(tmp_path, _Scripted(Answer(status=401, body=b'{"error":"first"}')), World(1))

    with pytest.raises(UndeliveredError, match=r"answered with 401$"):
        signed.header()


def test_a_credential_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UndeliveredError, match="servicenow-username is not there"):
        Basic(folder=tmp_path).header()
    assert not Basic(folder=tmp_path).present()


class _Signed:
    def __init__(self) -> None:
        self.forgotten = 0

    def header(self) -> str:
        return "Basic eA=="

    def forget(self) -> None:
        self.forgotten += 1

    def present(self) -> bool:
        return True


def _instance(*answers: Answer | Exception) -> tuple[ServiceNow, _Scripted, list[float], _Signed]:
    world, transport, pauses, signed = World(1), _Scripted(*answers), list[float](), _Signed()

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        world.now += seconds

    made = ServiceNow(
        transport=transport,
        credentials=signed,
        metrics=Metrics(),
        pause=pause,
        clock=world.clock,
        chance=world.chance,
    )
    return made, transport, pauses, signed


_MADE = Answer(status=201, body=b'{"result": {"sys_id": "1"}}')


@pytest.mark.parametrize(
    "passing", [NotSentError("refused"), Answer(status=401), Answer(status=429, headers={"retry-after": "3"})]
)
def test_what_was_not_carried_out_is_sent_again(passing: Answer | Exception) -> None:
    instance, transport, _, _ = _instance(passing, _MADE)

    instance.create("incident", {}, lambda: None)
    assert len(transport.asked) == 2


@pytest.mark.parametrize("unclear", [LostAnswerError("timed out"), Answer(status=500), Answer(status=503)])
def test_what_may_have_been_carried_out_is_not_sent_again(unclear: Answer | Exception) -> None:
    instance, transport, _, _ = _instance(unclear, _MADE)

    with pytest.raises(LostAnswerError):
        instance.create("incident", {}, lambda: None)
    assert len(transport.asked) == 1


def test_a_reading_is_repeated_with_longer_pauses_and_then_given_up() -> None:
    instance, transport, pauses, _ = _instance(*[Answer(status=503)] * ATTEMPTS)

    with pytest.raises(LostAnswerError):
        instance.find("incident", "correlation_id=1", ("sys_id",), 1)
    assert len(transport.asked) == ATTEMPTS
    assert len(pauses) == ATTEMPTS - 1
    assert all(0 <= pause <= 0.5 * 2**number for number, pause in enumerate(pauses, 1))


def test_a_refusal_is_told_with_its_reason_and_not_repeated() -> None:
    refusal = Answer(status=403, body=b'{"error": {"message": "ACL prevents insert"}}')
    instance, transport, _, _ = _instance(refusal)

    with pytest.raises(RefusedError, match="ACL prevents insert"):
        instance.create("incident", {}, lambda: None)
    assert len(transport.asked) == 1


def test_a_refused_sign_in_is_forgotten_before_the_next() -> None:
    instance, _, _, signed = _instance(Answer(status=401), _MADE)

    instance.create("incident", {}, lambda: None)
    assert signed.forgotten == 1


def test_a_short_wait_that_servicenow_asks_for_is_waited_for_all_of_it() -> None:
    instance, _, pauses, _ = _instance(Answer(status=429, headers={"retry-after": "8"}), _MADE)

    instance.create("incident", {}, lambda: None)
    assert sum(pauses) >= 8


def test_a_long_wait_is_left_to_alertmanager_and_nothing_is_sent_until_then() -> None:
    instance, transport, _, _ = _instance(Answer(status=429, headers={"retry-after": "600"}), _MADE)

    for _ in range(2):
        with pytest.raises(UndeliveredError, match="takes no requests"):
            instance.create("incident", {}, lambda: None)
    assert len(transport.asked) == 1
    assert LONGEST_PAUSE < 600


def test_nothing_is_sent_once_it_is_too_late() -> None:
    instance, transport, _, _ = _instance(Answer(status=429), _MADE)
    left = iter([True, False])

    def check() -> None:
        if not next(left):
            raise UndeliveredError("too late")

    with pytest.raises(UndeliveredError, match="too late"):
        instance.create("incident", {}, check)
    assert len(transport.asked) == 1


def _told(**changes: Any) -> Alert:
    (one,) = alerts({"alerts": [alert(1, World(1).moment(), **changes)]}, "platform-prod")
    return one


@pytest.mark.parametrize(
    ("severity", "impact", "of_event"),
    [("critical", "1", "1"), ("warning", "2", "4"), ("info", "3", "5"), ("unheard-of", "2", "4")],
)
def test_a_severity_becomes_impact_and_urgency(severity: str, impact: str, of_event: str) -> None:
    told = _told(severity=severity)

    record = opened(told, caller="", assignment_group="Platform Operations")
    assert (record["impact"], record["urgency"]) == (impact, impact)
    assert record["assignment_group"] == "Platform Operations"
    assert "caller_id" not in record
    assert event(told, assignment_group="")["severity"] == of_event


def test_an_event_has_one_key_for_beginning_and_end(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    world = stage.world
    begins = world.moment()
    instance = stage.pods[0][1].desk.instance  # type: ignore[attr-defined]  # the stage's own desk has one
    forwarder = Forwarder(
        desk=Events(instance=instance),
        cluster="platform-prod",
        metrics=Metrics(),
        clock=world.clock,
        now=world.clock,
    )

    def program() -> None:
        for told in (alert(1, begins), alert(1, begins, begins)):
            assert forwarder.notify(json.dumps({"alerts": [told]}).encode()) == OK

    world.spawn(program)
    world.run()
    assert [each["severity"] for each in stage.instance.events] == ["1", "0"]
    assert len({each["message_key"] for each in stage.instance.events}) == 1


class _Desk:
    """A desk that delivers all alerts but some."""

    def __init__(self, *without: str) -> None:
        self.without = without
        self.delivered: list[str] = []

    def deliver(self, told: Alert, assignment_group: str = "") -> None:
        if told.labels["instance"] in self.without:
            raise UndeliveredError("not now")
        self.delivered.append(f"{told.labels['instance']} {assignment_group}".strip())


def _forwarder(desk: _Desk, clock: Any = lambda: 0.0) -> Forwarder:
    return Forwarder(desk=desk, cluster="c", metrics=Metrics(), clock=clock, now=lambda: 1.0)


def _notification(*numbers: int) -> bytes:
    return json.dumps({"alerts": [alert(number, World(1).moment()) for number in numbers]}).encode()


def test_alertmanager_hears_503_for_what_is_not_delivered() -> None:
    desk = _Desk("node-2")
    forwarder = _forwarder(desk)

    assert forwarder.notify(_notification(1, 2, 3)) == UNAVAILABLE
    assert desk.delivered == ["node-1", "node-3"]
    desk.without = ()
    assert forwarder.notify(_notification(1, 2, 3)) == OK
    assert 'servicenow_forwarder_alerts_total{result="undelivered"} 1' in forwarder.metrics.text()
    assert "servicenow_forwarder_last_delivery_timestamp_seconds 1.0" in forwarder.metrics.text()


def test_what_there_is_no_time_for_is_not_delivered() -> None:
    desk = _Desk()
    times = iter([0.0, 0.0, 100.0])

    assert _forwarder(desk, lambda: next(times)).notify(_notification(1, 2)) == UNAVAILABLE
    assert desk.delivered == ["node-1"]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"alerts": 3}', b'{"alerts": [{"status": "firing"}]}', b"\xff"])
def test_what_is_no_notification_is_refused_for_good(body: bytes) -> None:
    assert _forwarder(_Desk()).notify(body) == BAD_REQUEST


@contextmanager
def _serving(server: ThreadingHTTPServer) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _asked(address: str, method: str, path: str, body: bytes = b"") -> tuple[int, str]:
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.request(method, path, body=body or None)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_the_server_takes_notifications_and_tells_of_itself() -> None:
    desk, ready = _Desk(), [True]
    with _serving(Server(("127.0.0.1", 0), handler(_forwarder(desk), lambda: ready[0]))) as address:
        path = "/alerts?assignment_group=Platform%20Operations"
        assert _asked(address, "POST", path, _notification(1))[0] == OK
        assert desk.delivered == ["node-1 Platform Operations"]
        assert _asked(address, "POST", "/elsewhere", _notification(1))[0] == BAD_REQUEST
        assert _asked(address, "GET", "/-/healthy")[0] == OK
        assert _asked(address, "GET", "/-/ready")[0] == OK
        ready[0] = False
        assert _asked(address, "GET", "/-/ready")[0] == UNAVAILABLE
        assert 'notifications_total{status="200"} 1' in _asked(address, "GET", "/metrics")[1]
        assert _asked(address, "GET", "/nothing")[0] == 404


def test_what_was_begun_has_its_answer_before_the_server_ends() -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    address: list[str] = []

    class Slow(_Desk):
        def deliver(self, told: Alert, assignment_group: str = "") -> None:
            begun.set()
            assert go_on.wait(10)
            super().deliver(told, assignment_group)

    with pytest.MonkeyPatch.context() as patch:
        made = Server.__init__

        def noting(self: Server, *arguments: Any) -> None:
            made(self, *arguments)
            address.append(f"127.0.0.1:{self.server_address[1]}")

        patch.setattr(Server, "__init__", noting)
        desk = Slow()
        serving = threading.Thread(
            target=serve,
            args=(("127.0.0.1", 0), _forwarder(desk), lambda: True, ended),
            kwargs={"leaving_seconds": 0.0},
        )
        serving.start()
        while not address:
            begun.wait(0.01)
    heard: list[int] = []
    caller = threading.Thread(target=lambda: heard.append(_asked(address[0], "POST", "/alerts", _notification(1))[0]))
    caller.start()
    assert begun.wait(10)
    ended.set()
    go_on.set()
    caller.join(10)
    serving.join(10)

    assert heard == [OK]
    assert desk.delivered == ["node-1"]
    assert not serving.is_alive()


class _Hangs(BaseHTTPRequestHandler):
    """A server that says nothing."""

    def do_POST(self) -> None:
        self.close_connection = True
        self.connection.close()

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


def test_an_answer_that_does_not_come_is_told_from_a_request_that_did_not_go() -> None:
    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), _Hangs)) as address:
        line = Https(host=address, trust=None, seconds=5)
        with pytest.raises(LostAnswerError):
            line.send(Request(method="POST", path="/"))
    with pytest.raises(NotSentError):
        line.send(Request(method="POST", path="/"))
