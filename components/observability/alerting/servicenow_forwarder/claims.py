"""Who may write of an alert right now: one of all forwarders, by a Lease in the cluster that only one can make."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

from .alerts import moment
from .failures import BusyError, LostAnswerError, NotSentError, UndeliveredError
from .transport import Answer, Request, Transport

GUARD_SECONDS: Final = 10.0
"""How old a claim may be when a request is handed to the network."""

ANSWER_SECONDS: Final = 15.0
"""How long the program waits at each step of a request: for a connection, for TLS, for the answer."""

SERVERS_SECONDS: Final = 60.0
"""How long ServiceNow works on a request of the Table API before it ends it."""

HOLD_SECONDS: Final = GUARD_SECONDS + 3 * ANSWER_SECONDS + SERVERS_SECONDS + 35.0
"""After which nothing that was begun under a claim can be carried out any more. Half a minute is for clocks."""

_CREATED: Final = 201
_OK: Final = 200
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_INTENT: Final = "platform/intent"
_DIGITS: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to write of one alert.

    Attributes:
        name: The Lease's.
        uid: Its identity: whoever makes it anew has another.
        intent: What the record will remember when the write is carried out.
        taken: When it was asked for, by the clock of who has it.

    """

    name: str
    uid: str
    intent: str
    taken: float


@dataclass(slots=True, kw_only=True)
class Claims:
    """The Leases of a namespace.

    Attributes:
        transport: To the cluster's API.
        proof: The file with the service account's token.
        namespace: Where the Leases are.
        holder: The pod's name, for people who look.
        clock: Seconds, from any beginning.

    """

    transport: Transport = field(repr=False)
    proof: Path = field(repr=False)
    namespace: str
    holder: str
    clock: Callable[[], float] = field(repr=False)

    def take(self, correlation: str, intent: str, landed: Callable[[str], bool]) -> Claim:
        """Claim an alert.

        Args:
            correlation: The alert's.
            intent: What its record will remember.
            landed: Tells whether its record remembers something now.

        Raises:
            BusyError: somebody else has it, or the outcome of the last write is not known yet.
            UndeliveredError: the cluster's API did not say.

        """
        name = f"servicenow-{hashlib.sha256(correlation.encode()).hexdigest()[:_DIGITS]}"
        taken = self.clock()
        made = self._create(name, intent)
        if made is None:
            self._free(name, landed)
            taken = self.clock()
            made = self._create(name, intent)
        if made is None:
            raise BusyError(f"{name} was taken by another")
        return Claim(name=name, uid=str(made["metadata"]["uid"]), intent=intent, taken=taken)

    def check(self, claim: Claim) -> None:
        """See that a request may be sent: what is sent now has come to its end before anybody takes the claim away.

        Raises:
            UndeliveredError: the claim is too old.

        """
        if self.clock() - claim.taken >= GUARD_SECONDS:
            raise UndeliveredError(f"{claim.name} was taken too long ago to begin a write")

    def release(self, claim: Claim) -> None:
        """Give it back. Where that fails, time does."""
        try:
            self._delete(claim.name, claim.uid)
        except UndeliveredError:
            return

    def _create(self, name: str, intent: str) -> dict[str, Any] | None:
        """Make the Lease, and return it; None if there is one."""
        lease = {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {"name": name, "namespace": self.namespace, "annotations": {_INTENT: intent}},
            "spec": {"holderIdentity": self.holder, "leaseDurationSeconds": int(HOLD_SECONDS)},
        }
        answer = self._send("POST", "", lease)
        if answer.status == _CONFLICT:
            return None
        return self._content(answer, _CREATED)

    def _free(self, name: str, landed: Callable[[str], bool]) -> None:
        """Take a Lease away whose write is known to be carried out, or can be carried out no more."""
        answer = self._send("GET", name)
        if answer.status == _NOT_FOUND:
            return
        lease = self._content(answer, _OK)["metadata"]
        # Both by the clock of the API server, whoever asks it.
        age = parsedate_to_datetime(answer.headers["date"]) - moment(lease["creationTimestamp"])
        if age.total_seconds() < HOLD_SECONDS and not landed(str(lease.get("annotations", {}).get(_INTENT, ""))):
            raise BusyError(f"{name} is in use, or what became of its write is not known yet")
        self._delete(name, str(lease["uid"]))

    def _delete(self, name: str, uid: str) -> None:
        answer = self._send("DELETE", name, {"preconditions": {"uid": uid}})
        if answer.status not in {_OK, _NOT_FOUND, _CONFLICT}:
            raise UndeliveredError(f"the Lease {name} was not deleted: {answer.status}")

    def _send(self, method: str, name: str, body: Mapping[str, Any] | None = None) -> Answer:
        path = f"/apis/coordination.k8s.io/v1/namespaces/{self.namespace}/leases"
        headers = {
            # It is renewed every hour, so it is read each time.
            "Authorization": f"Bearer {self.proof.read_text(encoding='utf-8').strip()}",
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
        content = b"" if body is None else json.dumps(body).encode()
        request = Request(method=method, path=f"{path}/{name}" if name else path, headers=headers, body=content)
        try:
            return self.transport.send(request)
        except (NotSentError, LostAnswerError) as error:
            raise UndeliveredError(f"the cluster's API: {error}") from None

    @staticmethod
    def _content(answer: Answer, wanted: int) -> dict[str, Any]:
        if answer.status != wanted or not isinstance(answer.content, dict):
            raise UndeliveredError(f"the cluster's API answered with {answer.status}")
        return answer.content
