"""The program tells Alertmanager the truth about what it delivered, and ends with its work done."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from components.observability.alerting.servicenow_forwarder.alerts import Alert, alerts
from components.observability.alerting.servicenow_forwarder.failures import (
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
from tests.components.observability.alerting.servicenow_forwarder.stage import alert, staged
from tests.components.observability.alerting.servicenow_forwarder.world import World


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
