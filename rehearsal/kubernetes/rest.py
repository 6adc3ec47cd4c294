"""Plain REST calls to the API server, and its refusals in its own words."""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import urllib3
from kubernetes import client

# The API server ends a request itself after 60 s (its --request-timeout); past that nobody is there to answer.
_SECONDS: Final = 70.0

# A type whose definition has just changed is unavailable for some 100 ms, "storage is (re)initializing"; the API server
# asks to come back after a whole second, which is its smallest unit.
_BUSY_PAUSE: Final = 0.1
_BUSY_SECONDS: Final = 30

# RFC 7234, section 5.5, of which the API server uses code 299 and no agent.
_WARNING: Final = re.compile(r'299 \S+ "((?:[^"\\]|\\.)*)"')

JSON: Final = "application/json"
APPLY: Final = "application/apply-patch+yaml"
"""The content type of server-side apply; JSON is YAML."""


class ApiError(Exception):
    """The API server refused a request; the text is its own message.

    Attributes:
        status: The HTTP status.
        reason: Kubernetes' word for it, such as ``AlreadyExists``.

    """

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class UnreachableError(Exception):
    """The API server did not answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API server answered: the HTTP status, the decoded body, and what it warns of."""

    status: int
    body: dict[str, Any]
    warnings: tuple[str, ...] = ()

    @property
    def created(self) -> bool:
        """Whether the request made the object, rather than finding it."""
        return self.status == HTTPStatus.CREATED


class Rest:
    """REST calls over an ApiClient, whose connections are shared by all threads.

    Args:
        api_client: The client, with the rights of whoever it authenticates as.
        seconds: How long one request may take.

    """

    def __init__(self, api_client: client.ApiClient, *, seconds: float = _SECONDS) -> None:
        self._client = api_client
        self._seconds = seconds

    def get(self, path: str, query: Mapping[str, str] | None = None, *, accept: str = JSON) -> dict[str, Any]:
        """Read `path`.

        Raises:
            ApiError: the API server refuses.
            UnreachableError: the API server does not answer.

        """
        return self.request("GET", path, query, accept=accept).body

    def find(self, path: str) -> dict[str, Any] | None:
        """Read `path`, or return None where there is nothing.

        Raises:
            ApiError: the API server refuses.
            UnreachableError: the API server does not answer.

        """
        try:
            return self.get(path)
        except ApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    def delete(self, path: str) -> dict[str, Any] | None:
        """Delete `path`, its dependents in the background; return the answer, or None where there was nothing.

        Raises:
            ApiError: the API server refuses.
            UnreachableError: the API server does not answer.

        """
        try:
            return self.request("DELETE", path, {"propagationPolicy": "Background"}).body
        except ApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        *,
        content_type: str = JSON,
        accept: str = JSON,
    ) -> Answer:
        """Send one request.

        Raises:
            ApiError: the API server refuses.
            UnreachableError: the API server does not answer.

        """
        url = f"{self._client.configuration.host}{path}" + (f"?{urlencode(query)}" if query else "")
        headers = {"Accept": accept, "Content-Type": content_type}
        # The client encodes a mapping only for plain JSON.
        payload = json.dumps(body) if body is not None and content_type != JSON else body
        deadline = time.monotonic() + _BUSY_SECONDS
        while True:
            status, content, warnings = self._send(method, url, headers, payload)
            if status != HTTPStatus.TOO_MANY_REQUESTS or time.monotonic() > deadline:
                break
            time.sleep(_BUSY_PAUSE)
        if status >= HTTPStatus.BAD_REQUEST:
            raise _refusal(status, content)
        return Answer(status, _decoded(content), warnings)

    def _send(self, method: str, url: str, headers: dict[str, str], payload: Any) -> tuple[int, bytes, tuple[str, ...]]:
        try:
            response = self._client.call_api(method, url, headers, payload, _request_timeout=self._seconds)
            content: bytes = response.read()  # type: ignore[no-untyped-call]  # published without types
        except (urllib3.exceptions.HTTPError, client.ApiException) as error:
            raise UnreachableError(f"the API server at {url} does not answer: {error}") from error
        told = _WARNING.findall(response.headers.get("Warning", ""))
        return response.status, content, tuple(re.sub(r"\\(.)", r"\1", each) for each in told)


def _decoded(content: bytes) -> dict[str, Any]:
    try:
        decoded = json.loads(content)
    except ValueError:
        return {}  # health checks answer "ok"
    return decoded if isinstance(decoded, dict) else {}


def _refusal(status: int, content: bytes) -> ApiError:
    body = _decoded(content)
    text = body.get("message") or content.decode(errors="replace").strip() or HTTPStatus(status).phrase
    return ApiError(status, body.get("reason", ""), text)
