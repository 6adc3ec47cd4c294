"""A real Vault in development mode on the loopback address, for the tests that can ask it."""

import http.client
import json
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class DevServer:
    """A server and its root token."""

    port: int
    root: str

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Call its API as root."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, f"/v1/{path}", json.dumps(body or {}), {"X-Vault-Token": self.root})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        assert answer.status < 400, (method, path, answer.status, content)
        found: dict[str, Any] = json.loads(content or b"{}")
        return found

    def token(self, policies: Sequence[tuple[str, str]]) -> str:
        """Write policies and return a token with these and no other."""
        for name, rules in policies:
            self.call("PUT", f"sys/policies/acl/{name}", {"policy": rules})
        names = [name for name, _ in policies] or ["nothing"]
        made = self.call("POST", "auth/token/create", {"policies": names, "no_default_policy": True})
        return str(made["auth"]["client_token"])

    def capabilities(self, token: str, path: str) -> list[str]:
        """Return what a token may do on a path."""
        found = self.call("POST", "sys/capabilities", {"token": token, "paths": [path]})
        return [str(each) for each in found["data"][path]]


@contextmanager
def dev_server(path: str) -> Iterator[DevServer]:
    """Serve until the block ends, from the `vault` that a search path has."""
    program = shutil.which("vault", path=path)
    assert program
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    root = secrets.token_hex(8)
    arguments = ["server", "-dev", f"-dev-root-token-id={root}", f"-dev-listen-address=127.0.0.1:{port}"]
    with subprocess.Popen(
        [program, *arguments, "-dev-no-store-token"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        server = DevServer(port, root)
        try:
            _wait(server)
            yield server
        finally:
            running.terminate()


def _wait(server: DevServer) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            server.call("GET", "sys/health")
        except (OSError, http.client.HTTPException):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
