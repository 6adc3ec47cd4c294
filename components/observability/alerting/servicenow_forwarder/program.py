"""The program's parts put together, from its settings."""

import json
import logging
import signal
import socket
import ssl
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from .claims import ANSWER_SECONDS, Claims
from .credentials import Basic, OAuth
from .forwarder import Desk, Events, Forwarder
from .incidents import Incidents
from .metrics import Metrics
from .server import serve
from .servicenow import Credentials, ServiceNow
from .transport import Https

_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_API: Final = "kubernetes.default.svc"

# ServiceNow lets a user have a few requests at once, the rest wait in its queue.
_AT_ONCE: Final = 8


def main(folder: Path) -> int:
    """Serve until the pod is told to end, finish what was begun, and return the exit status.

    Args:
        folder: Has `settings.json`: ``host``, ``port``, ``cluster``, ``namespace``, ``target``, ``authentication``,
            ``files`` (the folder with the credentials), ``caller`` and ``close_code``.

    """
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(levelname)s %(message)s")
    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    metrics = Metrics()
    who = signing_in(settings)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        forwarder = Forwarder(
            desk=desk(settings, who, metrics),
            cluster=settings["cluster"],
            metrics=metrics,
            clock=time.monotonic,
            now=time.time,
            each=pool.map,
        )
        # That ServiceNow answers is no part of being ready: without any pod to send to, Alertmanager would not even be
        # told why.
        serve(("", settings["port"]), forwarder, lambda: who.present() and not ended.is_set(), ended)
    return 0


def desk(settings: Mapping[str, Any], credentials: Credentials, metrics: Metrics) -> Desk:
    """Return who writes to ServiceNow."""
    instance = ServiceNow(transport=_instance(settings), credentials=credentials, metrics=metrics)
    if settings["target"] == "events":
        return Events(instance=instance)
    trust = ssl.create_default_context(cafile=str(_ACCOUNT / "ca.crt"))
    return Incidents(
        instance=instance,
        claims=Claims(
            transport=Https(host=_API, trust=trust, seconds=ANSWER_SECONDS),
            proof=_ACCOUNT / "token",
            namespace=settings["namespace"],
            holder=socket.gethostname(),
            clock=time.monotonic,
        ),
        metrics=metrics,
        close_code=settings["close_code"],
        caller=settings["caller"],
    )


def signing_in(settings: Mapping[str, Any]) -> Credentials:
    """Return as whom the program signs in."""
    folder = Path(settings["files"])
    if settings["authentication"] == "basic":
        return Basic(folder=folder)
    return OAuth(folder=folder, transport=_instance(settings), clock=time.monotonic)


def _instance(settings: Mapping[str, Any]) -> Https:
    return Https(host=settings["host"], trust=ssl.create_default_context(), seconds=ANSWER_SECONDS)
