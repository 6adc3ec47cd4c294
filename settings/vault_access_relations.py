"""What must hold of those who get something from Vault: that it is there, theirs to have, and worth a role."""

from collections.abc import Iterator

from components.security.namespaces import PLATFORM
from components.security.secrets import example as secrets_example
from components.security.secrets import stores as secret_stores
from components.security.vault.access import BOOTSTRAP_ROLE, PLATFORM_PREFIX
from components.security.vault.access_settings import VaultRoleSettings
from components.security.vault.settings import SNAPSHOT_ROLE, VaultSettings
from settings.relations import Conflict, Relation

_OWN_ROLES = (BOOTSTRAP_ROLE, SNAPSHOT_ROLE, secret_stores.VAULT_ROLE, secrets_example.ROLE, "root", "default")
# The first segments of the API's paths, which are not part of a secret's own.
_API = ("data", "metadata", "secret")


def vaults_roles_are_the_tenants_own(vault: VaultSettings) -> Iterator[Conflict]:
    """Yield roles that are called as one of the platform's, or bound to where the platform lives."""
    purposes = {namespace.name: namespace.purpose for namespace in PLATFORM}
    for name, role in vault.access.roles.items():
        where = ("vault", "access", "roles", name)
        if name in _OWN_ROLES:
            yield Conflict(
                keys=(where,), why="is the name of a role of the platform's or of Vault's own; choose another"
            )
        if role.namespace in purposes or role.namespace.startswith("kube-"):
            purpose = purposes.get(role.namespace, "Kubernetes itself")
            yield Conflict(
                keys=((*where, "namespace"),),
                why=f"is the platform's own namespace ({purpose}): who may make pods there is more than a tenant",
            )


def vaults_roles_get_what_is_there(vault: VaultSettings) -> Iterator[Conflict]:
    """Yield what roles are given that there is not, and roles that are given nothing."""
    access = vault.access
    if access.roles and not vault.enabled:
        yield Conflict(
            keys=(("vault", "access", "roles"), ("vault", "enabled")),
            why="are roles of a Vault that the stack does not have",
        )
    for name, role in access.roles.items():
        where = ("vault", "access", "roles", name)
        yield from _secrets(where, role)
        for field, wanted, known in (
            ("certificates", role.certificates, access.certificates),
            ("databases", role.databases, access.databases),
        ):
            for index, entry in enumerate(wanted):
                if entry not in known:
                    yield Conflict(
                        keys=((*where, field, index), ("vault", "access", field)),
                        why=f"is no entry of vault.access.{field}, which has {', '.join(known) or 'none'}",
                        remedy=next(iter(known), None),
                    )
        if not (role.secrets or role.certificates or role.databases):
            yield Conflict(keys=(where,), why="gets nothing: name secrets, certificates or databases, or remove it")


def _secrets(where: tuple[str, ...], role: VaultRoleSettings) -> Iterator[Conflict]:
    for index, prefix in enumerate(role.secrets):
        first, _, rest = prefix.partition("/")
        if first == PLATFORM_PREFIX:
            yield Conflict(
                keys=((*where, "secrets", index),), why=f"lies below {PLATFORM_PREFIX}/, which is the platform's own"
            )
        elif first in _API:
            yield Conflict(
                keys=((*where, "secrets", index),),
                why=f"begins with {first}/, which is part of the API's path and not of the secret's",
                remedy=rest or None,
            )


RELATIONS: tuple[Relation, ...] = (vaults_roles_are_the_tenants_own, vaults_roles_get_what_is_there)
