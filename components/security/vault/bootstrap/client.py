"""Vault's HTTP API for a caller that expects lost answers, standbys and servers that are not ready yet."""

import http.client
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from .failures import BadRequestError, NotAllowedError, PersonNeededError, UnclearError, UnreachableError

_ATTEMPTS: Final = 40
_LONGEST_PAUSE: Final = 10.0
_SECONDS: Final = 30.0
_REDIRECTS: Final = 5

_REDIRECTED: Final = frozenset({301, 302, 307, 308})
# Too many requests or a standby; a standby that may not read; sealed or without a leader; a proxy in between.
# https://developer.hashicorp.com/vault/api-docs#http-status-codes
_PASSING: Final = frozenset({412, 429, 472, 473, 500, 502, 503, 504})
# What version 2 of the key-value engine answers, with 400, for the first moments of its life.
_UPGRADING: Final = "Upgrading from non-versioned to versioned data"
_DONE_BEFORE: Final = "already in use"

_FORBIDDEN: Final = 403
_NOT_FOUND: Final = 404
_ERROR: Final = 400


@dataclass(slots=True)
class _Answer:
    status: int
    body: dict[str, Any]
    location: str = ""

    @property
    def errors(self) -> tuple[str, ...]:
        return tuple(str(error) for error in self.body.get("errors") or ())

    @property
    def passing(self) -> bool:
        return self.status in _PASSING or any(_UPGRADING in error for error in self.errors)


@dataclass(slots=True)
class Client:
    """One server of Vault, or another that it sends its callers to.

    Attributes:
        address: ``https://host:port``.
        trust: Whom to believe; an address of another scheme is refused.
        pause: Waits for so many seconds.
        token: Who the caller is; none at first.
        attempts: How often a request is tried that met no lasting refusal.

    """

    address: str
    trust: ssl.SSLContext = field(repr=False)
    pause: Callable[[float], None] = field(repr=False)
    token: str = field(default="", repr=False)
    attempts: int = _ATTEMPTS
    _open: http.client.HTTPSConnection | None = field(default=None, repr=False)

    def status(self, path: str) -> int:
        """Return the status of a path that tells by its status; no answer is 0."""
        try:
            return self._send("GET", path, None).status
        except (OSError, http.client.HTTPException):
            return 0

    def read(self, path: str) -> dict[str, Any] | None:
        """Return what is at a path, None if nothing is; the data alone, where the answer wraps it."""
        answer = self._repeat("GET", path, None)
        if answer.status == _NOT_FOUND:
            return None
        self._judge("GET", path, answer)
        data = answer.body.get("data")
        return data if isinstance(data, dict) else answer.body

    def names(self, path: str) -> list[str]:
        """Return what a list of a path names; nothing there is an empty list."""
        found = self.read(f"{path}?list=true") or {}
        return [str(name) for name in found.get("keys", ())]

    def write(self, path: str, body: Mapping[str, Any], *, method: str = "POST") -> dict[str, Any]:
        """Write what may be written twice; that it is there already is no failure."""
        answer = self._repeat(method, path, body)
        if not (answer.status == _ERROR and any(_DONE_BEFORE in error for error in answer.errors)):
            self._judge(method, path, answer)
        return answer.body

    def write_once(self, path: str, body: Mapping[str, Any], *, method: str = "POST") -> dict[str, Any]:
        """Write what must not be written twice.

        Raises:
            UnclearError: it may have been written; read what there is before anything else.

        """
        try:
            answer = self._redirected(method, path, body)
        except (OSError, http.client.HTTPException) as error:
            raise UnclearError(f"{method} {path} got no answer ({_kind(error)})") from error
        if answer.passing:
            raise UnclearError(f"{method} {path} was answered with {answer.status}")
        self._judge(method, path, answer)
        return answer.body

    def delete(self, path: str) -> None:
        """Delete what is at a path, if it is there."""
        answer = self._repeat("DELETE", path, None)
        if answer.status != _NOT_FOUND:
            self._judge("DELETE", path, answer)

    def _repeat(self, method: str, path: str, body: Mapping[str, Any] | None) -> _Answer:
        last = ""
        for attempt in range(self.attempts):
            if attempt:
                self.pause(min(0.25 * 2**attempt, _LONGEST_PAUSE))
            try:
                answer = self._redirected(method, path, body)
            except (OSError, http.client.HTTPException) as error:
                last = _kind(error)
                continue
            if not answer.passing:
                return answer
            last = f"status {answer.status} {'; '.join(answer.errors)}"
        raise UnreachableError(f"{method} {path} at {self.address} failed {self.attempts} times, at last with {last}")

    def _redirected(self, method: str, path: str, body: Mapping[str, Any] | None) -> _Answer:
        """Follow a standby to the server that leads, and stay there."""
        for _ in range(_REDIRECTS):
            answer = self._send(method, path, body)
            if answer.status not in _REDIRECTED:
                return answer
            there = urlsplit(answer.location)
            if there.scheme != "https":
                raise PersonNeededError(f"{self.address} sends its callers to {answer.location}, which is not HTTPS")
            self.close()
            self.address = f"https://{there.netloc}"
        raise ConnectionError("servers send their callers to each other")

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None) -> _Answer:
        headers = {"X-Vault-Request": "true"} | ({"X-Vault-Token": self.token} if self.token else {})
        sent = None if body is None else json.dumps(body)
        try:
            if self._open is None:
                there = urlsplit(self.address)
                self._open = http.client.HTTPSConnection(
                    there.hostname or "", there.port, timeout=_SECONDS, context=self.trust
                )
            self._open.request(method, f"/v1/{path}", body=sent, headers=headers)
            answer = self._open.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        return _Answer(answer.status, _object(content), answer.getheader("Location", ""))

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _judge(self, method: str, path: str, answer: _Answer) -> None:
        said = f"{method} {path}: Vault answered {answer.status} ({'; '.join(answer.errors) or 'without a word'})"
        if answer.status == _FORBIDDEN:
            raise NotAllowedError(
                f"{said}. The policy `bootstrap` does not allow it, or somebody changed it in Vault. Make a root token "
                "with the recovery keys and run again: docs/runbooks/vault-root-token.md"
            )
        if answer.status >= _ERROR:
            raise BadRequestError(said, answer.errors)


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _kind(error: Exception) -> str:
    # The text of an error may hold what was sent; its kind never does. Whom TLS does not trust is worth knowing.
    reason = f": {error.verify_message}" if isinstance(error, ssl.SSLCertVerificationError) else ""
    return f"{type(error).__name__}{reason}"
