"""As whom the program signs in to ServiceNow: by files, which are read again when they change."""

import base64
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from .failures import LostAnswerError, NotSentError, UndeliveredError
from .transport import Request, Transport

_OK: Final = 200
# A token is not used to its last minute: the request it goes with takes time too.
_EARLY_SECONDS: Final = 60.0
_SHORTEST_SECONDS: Final = 30.0


@dataclass(slots=True, kw_only=True)
class Basic:
    """A user and a password, in every request."""

    folder: Path

    def header(self) -> str:
        """Return the header `Authorization`."""
        pair = f"{read(self.folder, 'servicenow-username')}:{read(self.folder, 'servicenow-password')}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"

    def forget(self) -> None:
        """Nothing is kept."""

    def present(self) -> bool:
        """Tell whether the files are there."""
        return _present(self.folder, "servicenow-username", "servicenow-password")


@dataclass(slots=True, kw_only=True)
class OAuth:
    """A token for client credentials, asked for anew when it ends, when it is refused or when the files change.

    Attributes:
        folder: Has the files.
        transport: To ServiceNow.
        clock: Seconds, from any beginning.

    """

    folder: Path
    transport: Transport = field(repr=False)
    clock: Callable[[], float] = field(repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _token: str = field(default="", repr=False)
    _for: tuple[str, str] = field(default=("", ""), repr=False)
    _until: float = 0.0

    def header(self) -> str:
        """Return the header `Authorization`.

        Raises:
            UndeliveredError: ServiceNow gave no token.

        """
        pair = (read(self.folder, "servicenow-client-id"), read(self.folder, "servicenow-client-secret"))
        with self._lock:
            if not self._token or pair != self._for or self.clock() >= self._until:
                self._ask(pair)
            return f"Bearer {self._token}"

    def forget(self) -> None:
        """Forget a token that was refused."""
        with self._lock:
            self._token = ""

    def present(self) -> bool:
        """Tell whether the files are there."""
        return _present(self.folder, "servicenow-client-id", "servicenow-client-secret")

    def _ask(self, pair: tuple[str, str]) -> None:
        fields = {"grant_type": "client_credentials", "client_id": pair[0], "client_secret": pair[1]}
        request = Request(
            method="POST",
            path="/oauth_token.do",
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            body=urlencode(fields).encode(),
        )
        try:
            answer = self.transport.send(request)
        except (NotSentError, LostAnswerError) as error:
            raise UndeliveredError(f"no token: {error}") from None
        token = answer.content.get("access_token") if answer.status == _OK else None
        if not token:
            # Without what was answered: it may repeat what was asked.
            raise UndeliveredError(f"no token: /oauth_token.do answered with {answer.status}")
        seconds = float(answer.content.get("expires_in") or 0) - _EARLY_SECONDS
        self._token, self._for = str(token), pair
        self._until = self.clock() + max(seconds, _SHORTEST_SECONDS)


def read(folder: Path, name: str) -> str:
    """Return a file's content, without the line end that editors leave.

    Raises:
        UndeliveredError: there is none, or nothing in it.

    """
    try:
        found = (folder / name).read_text(encoding="utf-8").strip()
    except OSError:
        found = ""
    if not found:
        raise UndeliveredError(f"the credential {name} is not there")
    return found


def _present(folder: Path, *names: str) -> bool:
    return all((folder / name).is_file() for name in names)
