"""HTTPS requests for a caller that must know what an answer that does not come may mean."""

import http.client
import json
import socket
import ssl
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .failures import LostAnswerError, NotSentError


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request: `path` begins with a slash and has the query, `body` is sent as it is."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer. The names of `headers` are in small letters."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def content(self) -> Any:
        """The body as JSON; an empty mapping where it is none."""
        try:
            return json.loads(self.body or b"{}")
        except ValueError:
            return {}


class Transport(Protocol):
    """Who carries requests."""

    def send(self, request: Request) -> Answer:
        """Send it.

        Raises:
            NotSentError: it did not reach the other end.
            LostAnswerError: it may have.

        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Https:
    """One host.

    Each request has a connection of its own: on one that was used before, nobody can tell a request that met its end
    from one that was carried out.

    Attributes:
        host: Its name, with the port if that is not 443.
        trust: Whom to believe; None for no TLS, in tests.
        seconds: How long an answer may take.

    """

    host: str
    trust: ssl.SSLContext | None = field(repr=False)
    seconds: float

    def send(self, request: Request) -> Answer:
        """Send a request, as `Transport` says."""
        connection = (
            http.client.HTTPSConnection(self.host, timeout=self.seconds, context=self.trust)
            if self.trust
            else http.client.HTTPConnection(self.host, timeout=self.seconds)
        )
        try:
            try:
                connection.connect()
            except OSError as error:
                raise NotSentError(f"{self.host} is not reached ({type(error).__name__})") from None
            try:
                connection.request(request.method, request.path, body=request.body, headers=dict(request.headers))
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException) as error:
                _abort(connection)
                why = f"{request.method} at {self.host} got no answer ({type(error).__name__})"
                raise LostAnswerError(why) from None
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(status=answer.status, headers=headers, body=body)
        finally:
            connection.close()


def _abort(connection: http.client.HTTPConnection) -> None:
    """Have the system forget what it has not sent yet: it would go on trying long after the program gave up."""
    if connection.sock is not None:
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
