"""Signs in to Vault: with the root token until the first run is through, as the role `bootstrap` ever after."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from .client import Client
from .failures import BadRequestError, NotAllowedError, PersonNeededError
from .keeper import Keeper

_LOGIN: Final = "auth/kubernetes/login"
_RUNBOOK: Final = "docs/runbooks/vault-root-token.md"


@dataclass(slots=True)
class Session:
    """The program's own rights in Vault.

    Attributes:
        client: Of the server that leads; it carries the token.
        keeper: Where the root token is until the first run is through.
        role: The role of the Kubernetes authentication that later runs sign in as.
        jwt: The file with the service account's token.
        say: Tells what happens.

    """

    client: Client
    keeper: Keeper = field(repr=False)
    role: str
    jwt: Path
    say: Callable[[str], None] = field(repr=False)
    _root: bool = False

    def begin(self) -> None:
        """Sign in.

        Raises:
            PersonNeededError: Vault lets the program in neither way.

        """
        root = self.keeper.read().get("root_token")
        if root:
            self.client.token = str(root)
            self._root = self._valid()
        if not self._root:
            self._login()

    def end(self) -> None:
        """Sign out. After the first run the root token is revoked and forgotten, once the role is proved to serve."""
        if not self._root:
            self._revoke()
            self._forget()
            return
        root = self.client.token
        self._login()
        self._revoke()
        self.client.token = root
        self._revoke()
        self._forget()
        self.say(f"revoked the root token; from now on the role {self.role} signs in")

    def _login(self) -> None:
        self.client.token = ""
        body = {"role": self.role, "jwt": self.jwt.read_text(encoding="utf-8").strip()}
        try:
            answer = self.client.write(_LOGIN, body)
        except (NotAllowedError, BadRequestError) as error:
            raise PersonNeededError(
                f"Vault did not let the service account in as the role {self.role} ({error}). If the role or the "
                "Kubernetes authentication was changed in Vault, make a root token with the recovery keys, store it as "
                f"root_token in {self.keeper.arn} and run again: {_RUNBOOK}"
            ) from None
        self.client.token = str(answer["auth"]["client_token"])

    def _valid(self) -> bool:
        try:
            return self.client.read("auth/token/lookup-self") is not None
        except NotAllowedError:
            return False

    def _revoke(self) -> None:
        try:
            self.client.write("auth/token/revoke-self", {})
        except NotAllowedError:
            # Revoked by a request whose answer was lost.
            return

    def _forget(self) -> None:
        kept: dict[str, Any] = self.keeper.read()
        if "root_token" in kept:
            del kept["root_token"]
            self.keeper.write(kept)
