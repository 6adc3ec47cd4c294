"""The Kubernetes API for a caller in a pod: as few verbs as are needed, over the standard library."""

import http.client
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

VELERO: Final = "/apis/velero.io/v1"
CORE: Final = "/api/v1"
SNAPSHOTS: Final = "/apis/snapshot.storage.k8s.io/v1"

_SECONDS: Final = 30.0
_ATTEMPTS: Final = 5
_MISSING: Final = 404
_CONFLICT: Final = 409
_ERROR: Final = 400
# Too many requests, and a server that is just not there.
_PASSING: Final = frozenset({429, 500, 502, 503, 504})
_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")


class ApiError(Exception):
    """The API server refused, or did not answer; the text says what was asked and why it was refused.

    Attributes:
        status: The HTTP status; 0 where there was no answer.

    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(slots=True)
class Api:
    """Calls to one API server.

    Attributes:
        host: ``host:port``.
        trust: Whom to believe, and who the caller is where a certificate says it.
        bearer: Returns who the caller is; read anew for each request, as the kubelet renews it.
        pause: Waits for so many seconds.

    """

    host: str
    trust: ssl.SSLContext = field(repr=False)
    bearer: Callable[[], str] = field(repr=False)
    pause: Callable[[float], None] = field(repr=False)

    def find(self, path: str) -> dict[str, Any] | None:
        """Return what is at a path, None if nothing is."""
        status, body = self._asked("GET", path, None, allowed={_MISSING})
        return None if status == _MISSING else body

    def items(self, path: str, selector: str = "") -> list[dict[str, Any]]:
        """Return all objects of a kind; those with labels if a selector says so."""
        query = f"?{urlencode({'labelSelector': selector})}" if selector else ""
        _, body = self._asked("GET", path + query, None)
        return list(body.get("items") or ())

    def create(self, path: str, body: Mapping[str, Any]) -> None:
        """Make an object; that it is there already is no failure."""
        self._asked("POST", path, body, allowed={_CONFLICT})

    def change(self, path: str, body: Mapping[str, Any]) -> None:
        """Change the fields of an object that a body names."""
        self._asked("PATCH", path, body)

    def delete(self, path: str) -> None:
        """Delete an object, if it is there."""
        self._asked("DELETE", path, None, allowed={_MISSING})

    def _asked(
        self, method: str, path: str, body: Mapping[str, Any] | None, allowed: frozenset[int] | set[int] = frozenset()
    ) -> tuple[int, dict[str, Any]]:
        last = ""
        for attempt in range(_ATTEMPTS):
            if attempt:
                self.pause(2.0**attempt)
            try:
                status, answer = self._send(method, path, body)
            except (OSError, http.client.HTTPException) as error:
                last = type(error).__name__
                continue
            if status in _PASSING:
                last = f"{status} {answer.get('message', '')}"
                continue
            if status >= _ERROR and status not in allowed:
                raise ApiError(status, f"{method} {path}: {status} {answer.get('message', '')}")
            return status, answer
        raise ApiError(0, f"{method} {path} failed {_ATTEMPTS} times, at last with {last}")

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None) -> tuple[int, dict[str, Any]]:
        merging = method == "PATCH"
        headers = {"Content-Type": f"application/{'merge-patch+json' if merging else 'json'}"}
        if bearer := self.bearer():
            headers["Authorization"] = f"Bearer {bearer}"
        connection = http.client.HTTPSConnection(self.host, timeout=_SECONDS, context=self.trust)
        try:
            connection.request(method, path, body=None if body is None else json.dumps(body), headers=headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        try:
            found = json.loads(content or b"{}")
        except ValueError:
            found = {}
        return answer.status, found if isinstance(found, dict) else {}


def in_the_pod(pause: Callable[[float], None]) -> Api:
    """Return the API of the cluster a pod runs in, as its service account."""
    return Api(
        # https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
        host="kubernetes.default.svc",
        trust=ssl.create_default_context(cafile=str(_ACCOUNT / "ca.crt")),
        bearer=lambda: (_ACCOUNT / "token").read_text(encoding="utf-8").strip(),
        pause=pause,
    )


def of(base: str, namespace: str, kind: str, name: str = "") -> str:
    """Return the path of a namespaced kind, or of one object of it."""
    path = f"{base}/namespaces/{quote(namespace)}/{kind}"
    return f"{path}/{quote(name)}" if name else path
