"""Who gets what from Vault: roles bound to service accounts, with policies that grant what they need and no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from components.kit import iam
from components.security.secrets import stores as secret_stores
from components.security.vault.access_settings import Access, VaultAccessSettings, VaultRoleSettings
from components.security.vault.policies import Capability, Kv, Policy
from components.security.vault.settings import BOOTSTRAP_ACCOUNT, NAMESPACE, SNAPSHOT_ACCOUNT, SNAPSHOT_ROLE

KV: Final = "secret"
"""Where the key-value engine is."""

BOOTSTRAP_ROLE: Final = "bootstrap"
"""The role that brings Vault to its wanted state; its policy can change every other policy."""

PLATFORM_PREFIX: Final = "platform"
"""The secrets below it are the platform's own."""

SHARED_PREFIX: Final = "shared"
"""The secrets below it are what ExternalSecrets may copy: for those who cannot mount files."""

_MINUTES: Final = 60
_HOURS: Final = 60 * _MINUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role of Vault's Kubernetes authentication.

    Attributes:
        name: Its name.
        namespace: Of the service accounts.
        service_accounts: Who may sign in.
        policy: What they may then do; there is one policy for a role, of its name.
        lifetime: Of a token, in seconds; it may be renewed until `max_lifetime`, with which all it leased ends.
        max_lifetime: In seconds.

    """

    name: str
    namespace: str
    service_accounts: tuple[str, ...]
    policy: Policy
    lifetime: int = _HOURS
    max_lifetime: int = 24 * _HOURS


def roles(settings: VaultAccessSettings, *, external_secrets: bool) -> tuple[Role, ...]:
    """Return every role: the platform's own, then those of the settings.

    Args:
        settings: Who gets what.
        external_secrets: Whether ExternalSecrets may read from Vault.

    """
    return (
        *_platform(),
        *([_store()] if external_secrets else []),
        *(_workload(name, role) for name, role in sorted(settings.roles.items())),
    )


def plain(granted: tuple[Role, ...]) -> dict[str, Any]:
    """Return policies and roles as data that any reader of a state understands.

    Returns:
        ``policies``, each as ``{path: [capabilities]}``, and ``roles``, each as ``{namespace, service_accounts,
        policies}``; both by name.

    """
    return {
        "policies": {
            role.policy.name: {path: [str(each) for each in rule] for path, rule in role.policy.rules.items()}
            for role in granted
        },
        "roles": {
            role.name: {
                "namespace": role.namespace,
                "service_accounts": list(role.service_accounts),
                "policies": [role.policy.name],
            }
            for role in granted
        },
    }


def first_credentials(settings: VaultAccessSettings) -> list[iam.Statement]:
    """Let the Job read the first credentials of the databases, and of nothing else."""
    databases = [settings.databases[name] for name in sorted(settings.databases)]
    keys = sorted({each.key_arn for each in databases if each.key_arn})
    statements = [
        iam.Statement(
            sid="ReadFirstCredentials",
            actions=["secretsmanager:GetSecretValue"],
            resources=[each.credentials_arn for each in databases],
        ),
        iam.Statement(sid="DecryptFirstCredentials", actions=["kms:Decrypt"], resources=[*keys]),
    ]
    return [statement for statement in statements if statement.resources]


def _workload(name: str, role: VaultRoleSettings) -> Role:
    rules: dict[str, tuple[Capability, ...]] = {}
    for prefix in role.secrets:
        paths = Kv(KV, prefix)
        rules |= paths.read() if role.access is Access.READ else paths.write()
    for entry in role.certificates:
        rules |= dict.fromkeys((f"pki/issue/{entry}", f"pki/sign/{entry}"), (Capability.CREATE, Capability.UPDATE))
    for entry in role.databases:
        rules[f"database/creds/{entry}"] = (Capability.READ,)
    return Role(
        name=name,
        namespace=role.namespace,
        service_accounts=tuple(sorted(role.service_accounts)),
        policy=Policy(name=name, rules=rules),
    )


def _platform() -> tuple[Role, ...]:
    short: dict[str, int] = {"lifetime": 15 * _MINUTES, "max_lifetime": 30 * _MINUTES}
    return (
        Role(
            name=BOOTSTRAP_ROLE,
            namespace=NAMESPACE,
            service_accounts=(BOOTSTRAP_ACCOUNT,),
            policy=Policy(name=BOOTSTRAP_ROLE, rules=_BOOTSTRAP),
            **short,
        ),
        Role(
            name=SNAPSHOT_ROLE,
            namespace=NAMESPACE,
            service_accounts=(SNAPSHOT_ACCOUNT,),
            policy=Policy(name=SNAPSHOT_ROLE, rules={"sys/storage/raft/snapshot": (Capability.READ,)}),
            **short,
        ),
    )


def _store() -> Role:
    return Role(
        name=secret_stores.VAULT_ROLE,
        namespace=secret_stores.NAMESPACE,
        service_accounts=(secret_stores.VAULT_ACCOUNT,),
        policy=Policy(name=secret_stores.VAULT_ROLE, rules=Kv(KV, SHARED_PREFIX).read()),
    )


_WRITE: Final = (Capability.CREATE, Capability.READ, Capability.UPDATE)
_OWN: Final = (*_WRITE, Capability.DELETE)
_GUARDED: Final = (*_WRITE, Capability.SUDO)

# All engines' paths, whether they are on or not: one that is switched on is configured by the rights of the run before.
_BOOTSTRAP: Final[Mapping[str, tuple[Capability, ...]]] = {
    "sys/audit": (Capability.READ, Capability.SUDO),
    "sys/audit/*": _GUARDED,
    "sys/mounts": (Capability.READ,),
    "sys/mounts/*": _WRITE,
    "sys/auth": (Capability.READ,),
    "sys/auth/*": _GUARDED,
    "sys/policies/acl/*": _OWN,
    "sys/storage/raft/autopilot/configuration": _WRITE,
    "auth/kubernetes/config": _WRITE,
    "auth/kubernetes/role/*": _OWN,
    f"{KV}/config": _WRITE,
    f"{KV}/data/{PLATFORM_PREFIX}/*": _WRITE,
    "pki/issuers": (Capability.LIST,),
    "pki/root/generate/internal": (Capability.CREATE, Capability.UPDATE),
    "pki/config/*": _WRITE,
    "pki/roles/*": _OWN,
    "database/config/*": _WRITE,
    "database/rotate-root/*": (Capability.CREATE, Capability.UPDATE),
    "database/roles/*": _OWN,
}
