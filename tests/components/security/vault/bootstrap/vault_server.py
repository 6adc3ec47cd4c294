"""A Vault of two servers on the loopback address, over TLS: one leads, one stands by; any answer can be lost."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.components.security.vault.bootstrap.vault_state import VaultState


class Fault(StrEnum):
    """What can happen to a request."""

    LOST = "lost"
    """It is carried out, and the connection breaks before the answer."""
    DROPPED = "dropped"
    """The connection breaks before it is carried out."""
    FAILED = "failed"
    """It is answered with 500, and not carried out."""
    FAILED_LATE = "failed late"
    """It is carried out, and answered with 500."""


@dataclass
class Servers:
    """Both servers.

    Attributes:
        state: What they know.
        fault: What happens to the request of a number, counted from 0; nothing unless it says so.
        answered: Every request so far, in order.
        emptied: Whether the first server has lost its volume and knows of no cluster.

    """

    state: VaultState
    fault: Callable[[int], Fault | None] = lambda _: None
    answered: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    emptied: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


def certificate(folder: Path) -> Path:
    """Write a certificate for the loopback address that is its own authority, with its key, and return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "vault")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=12))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "vault.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@contextmanager
def serving(state: VaultState, pem: Path) -> Iterator[Servers]:
    """Serve until the block ends."""
    servers = Servers(state)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    running = [_start(servers, context, leads=leads) for leads in (True, False)]
    servers.addresses += [f"https://127.0.0.1:{each.server_address[1]}" for each in running]
    try:
        yield servers
    finally:
        for each in running:
            each.shutdown()
            each.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler], context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self._context = context

    def finish_request(self, request: Any, client_address: Any) -> None:
        # In the request's own thread: a handshake must not hold up the others.
        super().finish_request(self._context.wrap_socket(request, server_side=True), client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: connections break on purpose here."""


def _start(servers: Servers, context: ssl.SSLContext, *, leads: bool) -> ThreadingHTTPServer:  # noqa: C901 - one handler's methods, each simple
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def _handle(self) -> None:
            path = self.path.removeprefix("/v1/")
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            with servers.lock:
                fault = servers.fault(len(servers.answered))
                servers.answered.append(f"{self.command} {path}")
                late = fault in {Fault.LOST, Fault.FAILED_LATE}
                answer = self._answer(path, body) if fault is None or late else (500, {}, "")
            if fault in {Fault.LOST, Fault.DROPPED}:
                self.close_connection = True
                return
            self._send(*(answer if fault is None else (500, {"errors": ["injected"]}, "")))

        def _answer(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any], str]:
            state = servers.state
            if path == "sys/health":
                status = state.health()
                return (429 if status == 200 and not leads else status), {}, ""
            if leads and servers.emptied and path == "sys/init":
                return 200, {"initialized": False}, ""
            if not leads and path != "sys/init":
                return 307, {}, f"{servers.addresses[0]}/v1/{path}"
            return (*state.answer(self.command, path, body, self.headers.get("X-Vault-Token", "")), "")

        def _send(self, status: int, body: dict[str, Any], location: str) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815 - the base class's names

    server = _Server(Handler, context)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server
