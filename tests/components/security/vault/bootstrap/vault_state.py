"""What a Vault knows and answers, by its documented HTTP API, as far as the bootstrap program uses it.

https://developer.hashicorp.com/vault/api-docs. Rights are judged by the policies that were written to it.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from components.security.vault.policies import Capability, Policy, allows

Answer = tuple[int, dict[str, Any]]

OK: Answer = (204, {})
DENIED: Answer = (403, {"errors": ["permission denied"]})
NOTHING: Answer = (404, {"errors": []})

_ROOT = "root"
_SELF = Policy(
    name="self",
    rules={"auth/token/lookup-self": (Capability.READ,), "auth/token/revoke-self": (Capability.UPDATE,)},
)
_WRITES = {"POST", "PUT"}
# What a role or a configuration has beside what was written: https://developer.hashicorp.com/vault/api-docs/auth/kubernetes
_FURTHER = {"alias_name_source": "serviceaccount_uid", "token_type": "default"}
_ENABLED = ("sys/audit", "sys/mounts", "sys/auth")


@dataclass
class VaultState:
    """One cluster's memory.

    Attributes:
        accounts: Tokens of service accounts, each with namespace, name and audience.
        databases: The password that each database takes.
        sealed_for: For how many more requests the servers are sealed once they are initialised.
        upgrading_for: For how many more requests a new key-value engine is not ready.
        writes: Every change of the configuration, in order.

    """

    accounts: dict[str, tuple[str, str, str]]
    databases: dict[str, str] = field(default_factory=dict)
    sealed_for: int = 0
    upgrading_for: int = 0
    initialised: bool = False
    tokens: dict[str, list[str]] = field(default_factory=dict)
    issued: list[str] = field(default_factory=list)
    mounted: dict[str, dict[str, Any]] = field(default_factory=lambda: {folder: {} for folder in _ENABLED})
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    issuers: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, body: dict[str, Any], token: str) -> Answer:
        """Carry a request out."""
        if path == "sys/init":
            return self._init(method, body)
        if not self.initialised or self._sealed():
            return 503, {"errors": ["Vault is sealed"]}
        if path == "auth/kubernetes/login":
            return self._login(body)
        path, _, query = path.partition("?")
        listing = query == "list=true"
        if not self._allowed(method, path, token, listing=listing):
            return DENIED
        if path.startswith("auth/token/"):
            return self._token(path, token)
        if method != "GET":
            self.writes.append(f"{method} {path}")
        return self._engine(method, path, body, listing=listing)

    def configuration(self) -> dict[str, Any]:
        """Return everything a bootstrap is there for, to be compared; passwords and root keys are not among it."""
        return {"mounted": self.mounted, "documents": dict(sorted(self.documents.items())), "issuers": self.issuers}

    def health(self) -> int:
        """Return the status of sys/health on the server that leads."""
        return 501 if not self.initialised else 503 if self._sealed() else 200

    def _sealed(self) -> bool:
        self.sealed_for = max(0, self.sealed_for - 1)
        return self.sealed_for > 0

    def _new(self, policies: list[str]) -> str:
        token = f"hvs.{secrets.token_hex(12)}"
        self.tokens[token] = policies
        self.issued.append(token)
        return token

    def _init(self, method: str, body: Mapping[str, Any]) -> Answer:
        if method == "GET":
            return 200, {"initialized": self.initialised}
        if self.initialised:
            return 400, {"errors": ["Vault is already initialized"]}
        if set(body) != {"recovery_shares", "recovery_threshold"}:
            return 400, {"errors": ["parameters not applicable to seal type awskms"]}
        self.initialised = True
        keys = [secrets.token_hex(16) for _ in range(body["recovery_shares"])]
        self.issued += keys
        return 200, {"recovery_keys_base64": keys, "keys_base64": [], "root_token": self._new([_ROOT])}

    def _login(self, body: Mapping[str, Any]) -> Answer:
        role = self.documents.get(f"auth/kubernetes/role/{body['role']}")
        if "kubernetes" not in self.mounted["sys/auth"] or "auth/kubernetes/config" not in self.documents:
            return DENIED
        if role is None:
            return 400, {"errors": [f'invalid role name "{body["role"]}"']}
        namespace, name, audience = self.accounts.get(body["jwt"], ("", "", ""))
        bound = (
            namespace in role["bound_service_account_namespaces"]
            and name in role["bound_service_account_names"]
            and audience == role["audience"]
        )
        return (200, {"auth": {"client_token": self._new(role["token_policies"])}}) if bound else DENIED

    def _allowed(self, method: str, path: str, token: str, *, listing: bool) -> bool:
        held = self.tokens.get(token)
        if held is None:
            return False
        if _ROOT in held:
            return True
        policies = [_SELF, *(_parsed(name, self.documents.get(f"sys/policies/acl/{name}")) for name in held)]
        needed = (
            Capability.LIST
            if listing
            else {"GET": Capability.READ, "DELETE": Capability.DELETE}.get(method, Capability.UPDATE)
        )
        guarded = path.startswith(("sys/audit", "sys/auth/"))
        return allows(policies, path, needed) and (not guarded or allows(policies, path, Capability.SUDO))

    def _token(self, path: str, token: str) -> Answer:
        if path.endswith("revoke-self"):
            del self.tokens[token]
            return OK
        return 200, {"data": {"policies": self.tokens[token]}}

    def _engine(self, method: str, path: str, body: dict[str, Any], *, listing: bool) -> Answer:  # noqa: PLR0911 - one for each kind of path
        folder = next((each for each in _ENABLED if path == each or path.startswith(f"{each}/")), None)
        if folder:
            return self._mount(method, folder, path.removeprefix(folder).removeprefix("/"), body)
        if not self._routed(path):
            return 404, {"errors": [f"no handler for route {path!r}"]}
        if path.startswith("secret/"):
            if self.upgrading_for:
                self.upgrading_for -= 1
                return 400, {"errors": ["Upgrading from non-versioned to versioned data. This backend will be ..."]}
            body = body.get("data", body) if path.startswith("secret/data/") else body
        if path == "pki/issuers" and listing:
            return (200, {"data": {"keys": self.issuers}}) if self.issuers else NOTHING
        if path == "pki/root/generate/internal":
            self.issuers.append(f"issuer-{len(self.issuers)}")
            return 200, {"data": {"certificate": "..."}}
        if path.startswith("database/") and method in _WRITES:
            return self._database(path, body)
        return self._document(method, path, body)

    def _routed(self, path: str) -> bool:
        mounts = [*self.mounted["sys/mounts"], *(f"auth/{name}" for name in self.mounted["sys/auth"]), "sys"]
        return any(path.startswith(f"{mount}/") for mount in mounts)

    def _mount(self, method: str, folder: str, name: str, body: dict[str, Any]) -> Answer:
        there = self.mounted[folder]
        if method == "GET":
            return 200, {"data": {f"{each}/": {**mount, "local": False} for each, mount in there.items()}}
        if name.endswith("/tune"):
            there[name.removesuffix("/tune")] |= body
            return OK
        if name in there:
            return 400, {"errors": [f"path is already in use at {name}/"]}
        there[name] = body
        return OK

    def _database(self, path: str, body: dict[str, Any]) -> Answer:
        _, operation, name = path.split("/", 2)
        if operation == "rotate-root":
            self.databases[name] = secrets.token_hex(12)
            self.documents[path.replace("rotate-root", "config")]["password"] = self.databases[name]
            return OK
        if operation == "config":
            known = {**self.documents.get(path, {}), **body}
            if known.get("password") != self.databases.get(name):
                return 400, {"errors": [f"error verifying connection: {known.get('password')} is refused"]}
            body = known
        return self._document("POST", path, body)

    def _document(self, method: str, path: str, body: dict[str, Any]) -> Answer:
        found = self.documents.get(path)
        if method == "DELETE":
            self.documents.pop(path, None)
            return OK
        if method in _WRITES:
            # A key-value secret is replaced, everything else keeps what is not named.
            self.documents[path] = body if path.startswith("secret/data/") else {**(found or {}), **body}
            return OK
        if found is None:
            return NOTHING
        if path.startswith("secret/data/"):
            return 200, {"data": {"data": found, "metadata": {"version": 1}}}
        if path.startswith("database/config/"):
            details = {key: value for key, value in found.items() if key in {"connection_url", "username"}}
            shown = {key: found[key] for key in ("plugin_name", "allowed_roles")}
            return 200, {"data": {**shown, "connection_details": details}}
        return 200, {"data": {**_FURTHER, **found}}


def _parsed(name: str, written: Mapping[str, Any] | None) -> Policy:
    rules = {
        path: tuple(Capability(each) for each in re.findall(r'"(\w+)"', granted))
        for path, granted in re.findall(
            r'path "([^"]+)" \{\s*capabilities = \[([^]]*)\]\s*\}', (written or {}).get("policy", "")
        )
    }
    return Policy(name=name, rules=rules or {"nothing": (Capability.DENY,)})
