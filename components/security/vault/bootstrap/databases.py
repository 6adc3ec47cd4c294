"""Connects Vault to databases, so that nobody but Vault knows the password it uses there."""

from collections.abc import Mapping
from typing import Any, Final

from .client import Client
from .failures import ASK_A_PERSON, BootstrapError, PersonNeededError, UnreachableError
from .keeper import Keeper
from .wanted_state import Reconciler, contains

ROTATED: Final = "secret/data/platform/databases"
"""Where it is written down whose password was changed to one that only Vault knows."""


def connect(reconciler: Reconciler, keeper: Keeper, databases: Mapping[str, Mapping[str, Any]]) -> None:
    """Configure each connection with its first credentials, and have Vault change the password at once.

    Args:
        reconciler: The pass that this belongs to.
        keeper: Reads the first credentials.
        databases: Connections: ``secret`` is the ARN of the first credentials, everything else Vault's configuration.

    Raises:
        PersonNeededError: the secret of the first credentials holds none.

    """
    client = reconciler.client
    rotated = {} if not databases else (client.read(ROTATED) or {}).get("data") or {}
    for name, database in databases.items():
        path = f"database/config/{name}"
        wanted = {key: value for key, value in database.items() if key != "secret"}
        found = client.read(path)
        if found is None:
            _begin(client, path, {**wanted, **_credentials(keeper, name, str(database["secret"]))})
            _count(reconciler, f"connected to the database {name}")
            rotated = {each: at for each, at in rotated.items() if each != name}
        elif not contains(found | (found.get("connection_details") or {}), wanted):
            # Without a password: Vault keeps the one that it alone knows.
            client.write(path, wanted)
            _count(reconciler, f"changed the connection to the database {name}")
        if name not in rotated:
            # Done twice it does no harm: Vault knows the password it is to change.
            client.write(f"database/rotate-root/{name}", {})
            rotated = {**rotated, name: True}
            client.write(ROTATED, {"data": rotated})
            _count(reconciler, f"changed the password of {name} to one that only Vault knows")


def _credentials(keeper: Keeper, name: str, arn: str) -> dict[str, str]:
    found = keeper.secret(arn)
    try:
        return {"username": str(found["username"]), "password": str(found["password"])}
    except KeyError as error:
        raise PersonNeededError(
            f"{arn}, with the first credentials of the database {name}, lacks {error}. Store them as "
            '{"username": "...", "password": "..."}, in the form that RDS uses'
        ) from None


def _begin(client: Client, path: str, body: Mapping[str, Any]) -> None:
    try:
        client.write(path, body)
    except BootstrapError as error:
        # Vault checks the connection, and what a database's driver says may hold what it was given.
        said = str(error).replace(str(body["password"]), "(the password)")
        kind = PersonNeededError if error.status == ASK_A_PERSON else UnreachableError
        raise kind(f"{said}. Vault must reach the database, over TLS, with these credentials") from None


def _count(reconciler: Reconciler, said: str) -> None:
    reconciler.changes += 1
    reconciler.say(said)
