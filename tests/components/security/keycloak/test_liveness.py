"""A server with yesterday's password ends, but never together with the others; run by a real bash."""

import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from components.security.keycloak import values as keycloak_values

_HEALTH = {"status": 200}


class _Management(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(_HEALTH["status"] if self.path == "/health/live" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def management() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), _Management)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _HEALTH["status"] = 200
    yield server.server_port
    server.shutdown()
    server.server_close()


def _alive(folder: Path, port: int, *, knows: str, now: str, server: int = 0, noticed: str = "") -> bool:
    (folder / "password").write_text(now, encoding="utf-8")
    if noticed:
        (folder / "noticed").write_text(f"{noticed}\n", encoding="utf-8")
    command = keycloak_values.liveness()["exec"]["command"]
    environment = {
        "CREDENTIALS": str(folder),
        "NOTICED": str(folder / "noticed"),
        "MANAGEMENT_PORT": str(port),
        "KC_DB_PASSWORD": knows,
        "HOSTNAME": f"keycloak-{server}",
        "PATH": "/nowhere",
    }
    bash = "/bin/bash" if command[0] == "bash" else command[0]
    done = subprocess.run([bash, *command[1:]], env=environment, capture_output=True, check=False, timeout=30)
    return done.returncode == 0


def test_a_server_that_answers_and_knows_the_password_lives(tmp_path: Path, management: int) -> None:
    for password in ("secret", " a b$c\\d*"):
        assert _alive(tmp_path, management, knows=password, now=password)


@pytest.mark.parametrize("status", [404, 500, 503])
def test_a_server_that_is_not_well_ends(tmp_path: Path, management: int, status: int) -> None:
    _HEALTH["status"] = status

    assert not _alive(tmp_path, management, knows="secret", now="secret")


def test_a_server_that_does_not_answer_ends(tmp_path: Path) -> None:
    assert not _alive(tmp_path, 1, knows="secret", now="secret")


def test_the_first_server_ends_at_once_and_the_next_waits_its_turn(tmp_path: Path, management: int) -> None:
    assert not _alive(tmp_path, management, knows="old", now="new")
    for server in (1, 2):
        assert _alive(tmp_path, management, knows="old", now="new", server=server)


def test_the_turn_comes_after_five_minutes_each(tmp_path: Path, management: int) -> None:
    ago = str(int(time.time()) - 400)
    assert not _alive(tmp_path, management, knows="old", now="new", server=1, noticed=ago)
    assert _alive(tmp_path, management, knows="old", now="new", server=2, noticed=ago)
