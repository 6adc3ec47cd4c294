"""Requests are repeated where that is harmless, wait as they are told, and are signed by what the files say now."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from components.observability.alerting.servicenow_forwarder.credentials import Basic, OAuth
from components.observability.alerting.servicenow_forwarder.failures import (
    LostAnswerError,
    NotSentError,
    RefusedError,
    UndeliveredError,
)
from components.observability.alerting.servicenow_forwarder.metrics import Metrics
from components.observability.alerting.servicenow_forwarder.servicenow import ATTEMPTS, LONGEST_PAUSE, ServiceNow
from components.observability.alerting.servicenow_forwarder.transport import Answer, Https, Request
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


class _Hangs(BaseHTTPRequestHandler):
    """A server that says nothing."""

    def do_POST(self) -> None:
        self.close_connection = True
        self.connection.close()

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


def test_an_answer_that_does_not_come_is_told_from_a_request_that_did_not_go() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hangs)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    line = Https(host=f"127.0.0.1:{server.server_address[1]}", trust=None, seconds=5)
    with pytest.raises(LostAnswerError):
        line.send(Request(method="POST", path="/"))
    server.shutdown()
    thread.join()
    server.server_close()
    with pytest.raises(NotSentError):
        line.send(Request(method="POST", path="/"))
