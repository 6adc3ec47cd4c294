"""Keeps the recovery keys and the first root token in AWS Secrets Manager, and reads databases' first credentials."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from .failures import BootstrapError, PersonNeededError

_ATTEMPTS: Final = 8


class Api(Protocol):
    """What is used of boto3's client of Secrets Manager."""

    def get_secret_value(self, *, SecretId: str) -> dict[str, Any]:  # noqa: N803 - boto3's own name
        """Return the current version."""

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> dict[str, Any]:  # noqa: N803 - as above
        """Make a new version the current one."""


class KeeperError(BootstrapError):
    """Secrets Manager did not do what was asked; never with the value."""


@dataclass(slots=True)
class Keeper:
    """One secret of Secrets Manager, as a JSON object.

    Attributes:
        api: Secrets Manager.
        arn: The secret.
        pause: Waits for so many seconds.

    """

    api: Api = field(repr=False)
    arn: str
    pause: Callable[[float], None] = field(repr=False)

    def read(self) -> dict[str, Any]:
        """Return what is kept; nothing yet is an empty object."""
        return self.secret(self.arn)

    def write(self, kept: dict[str, Any]) -> None:
        """Keep something in place of what is kept, and see that it is."""
        self._try("PutSecretValue", lambda: self.api.put_secret_value(SecretId=self.arn, SecretString=json.dumps(kept)))
        if self.read() != kept:
            raise KeeperError(f"{self.arn} does not hold what was just written there; somebody else writes to it")

    def secret(self, arn: str) -> dict[str, Any]:
        """Return another secret's object, such as a database's first credentials."""
        try:
            answer = self._try("GetSecretValue", lambda: self.api.get_secret_value(SecretId=arn))
        except _NoVersionError:
            return {}
        try:
            value = json.loads(answer.get("SecretString") or "{}")
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise PersonNeededError(f"{arn} holds no JSON object. Put {{}} there, or what belongs there")
        return value

    def _try(self, operation: str, call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        last = ""
        for attempt in range(_ATTEMPTS):
            if attempt:
                self.pause(0.5 * 2**attempt)
            try:
                return call()
            except Exception as error:  # noqa: BLE001 - botocore's classes are made at run time; the code tells them apart
                code = str(getattr(error, "response", {}).get("Error", {}).get("Code", type(error).__name__))
                if code == "ResourceNotFoundException" and operation == "GetSecretValue":
                    raise _NoVersionError(operation) from None
                last = code
                if code in {"AccessDeniedException", "ResourceNotFoundException"}:
                    break
        # Without the cause: the request, and with it the value, is among what it holds.
        raise KeeperError(
            f"Secrets Manager refused {operation} on {self.arn} ({last}). The role of the service account must allow "
            "it, on the secret and on its key, and the pod must have been started after the role was associated"
        ) from None


class _NoVersionError(Exception):
    """The secret has no value yet."""
