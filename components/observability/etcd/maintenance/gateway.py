"""etcd's API as JSON over HTTPS, one member at a time.

https://etcd.io/docs/v3.7/dev-guide/api_grpc_gateway/
"""

import base64
import binascii
import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

_SECONDS: Final = 30.0
# A member answers nothing while it is defragmented: a GiB takes about half a minute.
_DEFRAGMENT_SECONDS: Final = 600.0
_OK: Final = 200
_FULL: Final = "NOSPACE"


class EtcdError(Exception):
    """A member that cannot be reached, or that refuses."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """What a member says of itself; https://etcd.io/docs/v3.7/dev-guide/api_reference_v3/.

    Attributes:
        member: Its id.
        leader: The id of the leader it follows; ``0`` for none.
        size: Bytes of its file.
        used: Bytes of it in use.
        errors: What it complains of.

    """

    member: str
    leader: str
    size: int
    used: int
    errors: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member as a caller with a certificate reaches it.

    Attributes:
        url: ``https://etcd-0.etcd-members.platform-etcd.svc:2379``.
        context: Whom to trust, and what to show.

    """

    url: str
    context: ssl.SSLContext

    def status(self) -> Status:
        """Ask how it is."""
        found = self._call("/v3/maintenance/status", {})
        return Status(
            member=found["header"]["member_id"],
            leader=found.get("leader", "0"),
            size=int(found.get("dbSize", 0)),
            used=int(found.get("dbSizeInUse", 0)),
            errors=tuple(found.get("errors", ())),
        )

    def is_healthy(self) -> bool:
        """Tell whether it reads through the leader, as clients do. One that is full does, and is to be defragmented."""
        try:
            self._call("/v3/kv/range", {"key": base64.b64encode(b"health").decode()})
            status = self.status()
        except EtcdError:
            return False
        return status.leader != "0" and all(_FULL in error for error in status.errors)

    def defragment(self) -> None:
        """Have it give back what is free, for which it stops until it is done."""
        self._call("/v3/maintenance/defragment", {}, seconds=_DEFRAGMENT_SECONDS)

    def snapshot(self) -> Iterator[bytes]:
        """Yield its data, and at the end the SHA-256 of it."""
        connection, answer = self._open("/v3/maintenance/snapshot", {}, _SECONDS)
        try:
            # One message a line.
            for line in answer:
                message = json.loads(line)
                if "error" in message:
                    raise EtcdError(f"{self.url}: {message['error'].get('message', message['error'])}")
                yield base64.b64decode(message["result"].get("blob", ""))
        except (OSError, http.client.HTTPException, ValueError, KeyError, binascii.Error) as broken:
            raise EtcdError(f"{self.url}: the snapshot broke off: {broken}") from broken
        finally:
            connection.close()

    def _call(self, path: str, body: Mapping[str, Any], *, seconds: float = _SECONDS) -> dict[str, Any]:
        connection, answer = self._open(path, body, seconds)
        try:
            found: dict[str, Any] = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as broken:
            raise EtcdError(f"{self.url}{path}: {broken}") from broken
        finally:
            connection.close()
        return found

    def _open(
        self, path: str, body: Mapping[str, Any], seconds: float
    ) -> tuple[http.client.HTTPSConnection, http.client.HTTPResponse]:
        where = urlsplit(self.url)
        connection = http.client.HTTPSConnection(
            where.hostname or "", where.port, timeout=seconds, context=self.context
        )
        try:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException) as broken:
            connection.close()
            raise EtcdError(f"{self.url}{path}: {broken}") from broken
        if answer.status != _OK:
            said = answer.read(1000).decode(errors="replace")
            connection.close()
            raise EtcdError(f"{self.url}{path}: {answer.status} {said}")
        return connection, answer
