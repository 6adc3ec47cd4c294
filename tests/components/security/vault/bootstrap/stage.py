"""Where the bootstrap program runs in tests: servers, a Secrets Manager in memory, a token, and a wanted state."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from components.security.vault import access as vault_access
from components.security.vault import wanted as vault_wanted
from components.security.vault.access_settings import VaultAccessSettings
from components.security.vault.bootstrap.program import Surroundings, guarded
from components.security.vault.settings import AUDIENCE, BOOTSTRAP_ACCOUNT, NAMESPACE
from tests.components import examples
from tests.components.security.vault.bootstrap.vault_server import Servers, certificate, serving
from tests.components.security.vault.bootstrap.vault_state import VaultState

JWT = "the-token-of-the-service-account"
FIRST_PASSWORD = "first-password"  # noqa: S105 - of a database that does not exist
SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:vault-init"  # noqa: S105 - a name
CREDENTIALS = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop-database"

CREATION = ["CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"]
ROLES = {"checkout": {"namespace": "shop", "service_accounts": ["checkout"], "secrets": ["shop/checkout"]}}
WHOLE: dict[str, Any] = {
    "roles": {
        "checkout": {**ROLES["checkout"], "certificates": ["shop"], "databases": ["orders"]},
        "editor": {"namespace": "shop", "service_accounts": ["editor"], "secrets": ["shop"], "access": "write"},
    },
    "certificates": {"shop": {"domains": ["shop.svc.cluster.local"]}},
    "databases": {
        "orders": {
            "kind": "postgresql",
            "host": "orders.example.com",
            "port": 5432,
            "database": "orders",
            "credentials_arn": CREDENTIALS,
            "creation": CREATION,
        }
    },
}


def access(**settings: Any) -> VaultAccessSettings:
    """Return settings as a stack file has them."""
    return examples.parsed(VaultAccessSettings, **settings)


def wanted(**settings: Any) -> dict[str, Any]:
    """Return the state that settings ask for, as the Job reads it."""
    parsed = access(**settings)
    roles = vault_access.roles(parsed, external_secrets=True)
    state: dict[str, Any] = json.loads(json.dumps(vault_wanted.wanted(parsed, roles, replicas=3)))
    return state


class SecretsManagerError(Exception):
    """As botocore's, which tells what happened in `response`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.response = {"Error": {"Code": code}}


@dataclass
class SecretsManager:
    """Secrets by their ARN; `fails` has the codes of the next answers."""

    values: dict[str, str] = field(default_factory=dict)
    fails: list[str] = field(default_factory=list)
    writes: int = 0

    def get_secret_value(self, *, SecretId: str) -> dict[str, Any]:  # noqa: N803 - boto3's own name
        """Return the current version."""
        self._fail()
        if SecretId not in self.values:
            raise SecretsManagerError("ResourceNotFoundException")
        return {"SecretString": self.values[SecretId]}

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> dict[str, Any]:  # noqa: N803 - as above
        """Make a new version the current one."""
        self._fail()
        self.writes += 1
        self.values[SecretId] = SecretString
        return {}

    def _fail(self) -> None:
        if self.fails and (code := self.fails.pop(0)):
            raise SecretsManagerError(code)


@dataclass
class Stage:
    """Everything one program sees."""

    servers: Servers
    manager: SecretsManager
    place: dict[str, Any]
    said: list[str] = field(default_factory=list)

    @property
    def state(self) -> VaultState:
        """What Vault knows."""
        return self.servers.state

    @property
    def kept(self) -> dict[str, Any]:
        """What the secret holds."""
        found: dict[str, Any] = json.loads(self.manager.values.get(SECRET, "{}"))
        return found

    def run(self, state: dict[str, Any]) -> int:
        """Run the program once, without any pause, and return its exit status."""
        around = Surroundings(secrets_manager=lambda _: self.manager, pause=lambda _: None, say=self.said.append)
        return guarded(state, self.place, around)


@contextmanager
def stage(folder: Path, **state: Any) -> Iterator[Stage]:
    """Set up a cluster that nobody has initialised."""
    pem = folder / "vault.pem"
    if not pem.exists():
        certificate(folder)
    jwt = folder / "token"
    jwt.write_text(f"{JWT}\n", encoding="utf-8")
    known = VaultState(
        accounts={JWT: (NAMESPACE, BOOTSTRAP_ACCOUNT, AUDIENCE)}, databases={"orders": FIRST_PASSWORD}, **state
    )
    manager = SecretsManager(values={CREDENTIALS: json.dumps({"username": "vault", "password": FIRST_PASSWORD})})
    with serving(known, pem) as servers:
        yield Stage(
            servers=servers,
            manager=manager,
            place={
                "servers": servers.addresses,
                "ca": str(pem),
                "jwt": str(jwt),
                "region": "eu-central-1",
                "secret": SECRET,
            },
        )
