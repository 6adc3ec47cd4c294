"""Initialises a new cluster exactly once, so that its recovery keys are stored or it is said that nobody has them."""

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from .client import Client
from .failures import BadRequestError, PersonNeededError, UnclearError, UnreachableError
from .keeper import Keeper, KeeperError

# Vault's own defaults: https://developer.hashicorp.com/vault/api-docs/system/init
_SHARES: Final = 5
_THRESHOLD: Final = 3

_ACTIVE: Final = 200
_ATTEMPTS: Final = 120
_PAUSE: Final = 5.0

_INITIALISING: Final = "initialising"
_INITIALISED: Final = "initialised"
_RUNBOOK: Final = "docs/runbooks/vault-root-token.md"


@dataclass(slots=True)
class Cluster:
    """The servers of one Vault, each by its own address: behind one name, an uninitialised one could answer for all.

    Attributes:
        addresses: Of all servers; the first is the one that is initialised, the others join it.
        trust: Whom to believe.
        pause: Waits for so many seconds.
        say: Tells what happens; never a secret.

    """

    addresses: Sequence[str]
    trust: ssl.SSLContext = field(repr=False)
    pause: Callable[[float], None] = field(repr=False)
    say: Callable[[str], None] = field(repr=False)

    @contextmanager
    def client(self, address: str, attempts: int = 40) -> Iterator[Client]:
        """Open a caller of one server until the block ends."""
        client = Client(address=address, trust=self.trust, pause=self.pause, attempts=attempts)
        try:
            yield client
        finally:
            client.close()

    def initialised(self) -> bool:
        """Tell whether any server that can be reached belongs to an initialised cluster.

        If the first has lost its volume, the others know. One that is not there yet has no say; but without a word of
        theirs the first must answer.
        """
        first, *others = self.addresses
        return any(self._known_to_be_initialised(address) for address in others) or self._initialised(first)

    def active(self) -> str:
        """Wait for the server that leads, and return its address."""
        seen: dict[str, int] = {}
        for attempt in range(_ATTEMPTS):
            if attempt:
                self.pause(_PAUSE)
            for address in self.addresses:
                # 200 leads, 429, 472 and 473 stand by, 501 is not initialised, 503 is sealed.
                # https://developer.hashicorp.com/vault/api-docs/system/health
                with self.client(address) as client:
                    seen[address] = client.status("sys/health")
                if seen[address] == _ACTIVE:
                    return address
        told = ", ".join(f"{address} {status or 'no answer'}" for address, status in seen.items())
        raise UnreachableError(
            f"no server leads; sys/health said: {told}. 503 is sealed: the servers must be able to use the KMS key of "
            "their seal; 501 has not joined the others: their logs say why"
        )

    def _initialised(self, address: str, attempts: int = 40) -> bool:
        with self.client(address, attempts) as client:
            return bool((client.read("sys/init") or {}).get("initialized"))

    def _known_to_be_initialised(self, address: str) -> bool:
        try:
            return self._initialised(address, attempts=1)
        except UnreachableError:
            return False


def initialise(cluster: Cluster, keeper: Keeper) -> None:
    """Initialise a cluster that is not, and keep its recovery keys and root token.

    Raises:
        PersonNeededError: what there is does not fit together, and going on would lose something.
        KeeperError: Secrets Manager cannot be used; nothing was initialised then.

    """
    kept = keeper.read()
    if cluster.initialised():
        _fits(kept, keeper.arn)
        return
    if kept.get("recovery_keys"):
        raise PersonNeededError(
            f"{cluster.addresses[0]} is not initialised, but {keeper.arn} holds the recovery keys of an earlier "
            "cluster. If its data is lost, restore a snapshot, for which those keys are needed. If there is nothing to "
            f"restore, copy the keys elsewhere, put {{}} there, and run again: {_RUNBOOK}"
        )
    # Proves, before there is anything to lose, that Secrets Manager takes what comes next; and marks that it was begun.
    keeper.write({"state": _INITIALISING})
    keys = _initialise(cluster, keeper.arn)
    cluster.say("initialised Vault")
    try:
        keeper.write({"state": _INITIALISED, **keys})
    except KeeperError as error:
        raise PersonNeededError(f"{_lost(keeper.arn)} {error}") from None
    cluster.say("stored the recovery keys and the root token in Secrets Manager")


def _initialise(cluster: Cluster, arn: str) -> dict[str, Any]:
    wanted = {"recovery_shares": _SHARES, "recovery_threshold": _THRESHOLD}
    for attempt in range(_ATTEMPTS):
        if attempt:
            cluster.pause(_PAUSE)
        try:
            with cluster.client(cluster.addresses[0]) as first:
                answer = first.write_once("sys/init", wanted, method="PUT")
        except (UnclearError, BadRequestError) as error:
            if cluster.initialised():
                raise PersonNeededError(_lost(arn)) from None
            if isinstance(error, BadRequestError):
                raise
            continue
        return {
            "recovery_keys": answer["recovery_keys_base64"],
            "recovery_threshold": _THRESHOLD,
            "root_token": answer["root_token"],
        }
    raise UnreachableError(f"{cluster.addresses[0]} did not initialise, tried {_ATTEMPTS} times")


def _fits(kept: dict[str, Any], arn: str) -> None:
    if kept.get("state") == _INITIALISING:
        raise PersonNeededError(_lost(arn))
    if not kept.get("recovery_keys") and not kept.get("root_token"):
        raise PersonNeededError(
            f"Vault is initialised, but {arn} holds no keys: somebody else initialised it. Store its recovery keys and "
            f'a root token there as {{"recovery_keys": [...], "root_token": "..."}}, and run again: {_RUNBOOK}'
        )


def _lost(arn: str) -> str:
    return (
        "Vault was initialised, but the answer with its recovery keys and root token was lost before it could be "
        f"stored in {arn}: nobody has them. There is nothing in Vault yet. Scale the StatefulSet to 0, delete its "
        f"PersistentVolumeClaims, put {{}} into the secret, scale up and run again: {_RUNBOOK}"
    )
