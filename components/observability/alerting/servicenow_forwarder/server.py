"""The program's HTTP server: the webhook, what tells of its health, and its metrics."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from .forwarder import BAD_REQUEST, OK, UNAVAILABLE, Forwarder

_LOG: Final = logging.getLogger("servicenow-forwarder")

# A notification of ten thousand alerts has about as many bytes.
_LARGEST: Final = 32 * 1024 * 1024
# Until nobody is sent here any more, once the pod has been told to end.
_LEAVING_SECONDS: Final = 5.0
_NOT_FOUND: Final = 404


def serve(
    address: tuple[str, int],
    forwarder: Forwarder,
    is_ready: Callable[[], bool],
    ended: threading.Event,
    *,
    leaving_seconds: float = _LEAVING_SECONDS,
) -> None:
    """Serve until `ended`, then a little longer, and until every request has its answer."""
    server = Server(address, handler(forwarder, is_ready))
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    _LOG.info("serving on port %d", server.server_address[1])
    ended.wait()
    time.sleep(leaving_seconds)
    server.shutdown()
    serving.join()
    server.server_close()
    _LOG.info("all requests have their answer")


class Server(ThreadingHTTPServer):
    """A server whose end waits for its requests."""

    daemon_threads = False
    block_on_close = True


def handler(forwarder: Forwarder, is_ready: Callable[[], bool]) -> type[BaseHTTPRequestHandler]:
    """Return what answers requests. Each has a connection of its own, so that they spread over all forwarders."""
    pages: Mapping[str, Callable[[], tuple[int, str]]] = {
        "/metrics": lambda: (OK, forwarder.metrics.text()),
        "/-/healthy": lambda: (OK, ""),
        "/-/ready": lambda: (OK if is_ready() else UNAVAILABLE, ""),
    }

    class Handler(BaseHTTPRequestHandler):
        timeout = 30

        def do_POST(self) -> None:
            asked = urlsplit(self.path)
            length = self.headers.get("Content-Length", "")
            if asked.path != "/alerts" or not length.isdecimal() or int(length) > _LARGEST:
                self._answer(BAD_REQUEST, "")
                return
            group = parse_qs(asked.query).get("assignment_group", [""])[0]
            self._answer(forwarder.notify(self.rfile.read(int(length)), group), "")

        def do_GET(self) -> None:
            self._answer(*pages.get(self.path, lambda: (_NOT_FOUND, ""))())

        def _answer(self, status: int, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Stay silent: probes would fill the log, and failures are told where they happen."""

    return Handler
