"""What must hold between a stack's identities and what they stand on: a door, secrets, a database, someone to vouch."""

from collections.abc import Iterator
from typing import Final

from components.foundation.account import AccountSettings
from components.foundation.network_settings import NatMode, NetworkSettings
from components.kit import postgres
from components.networking.cilium import CiliumSettings
from components.networking.entry_settings import EntryMode, EntrySettings
from components.security.keycloak.settings import Client, IdentitySettings
from components.security.secrets.settings import SecretsSettings
from settings.relations import Conflict, Relation

_ENABLED: Final = ("identity", "enabled")
_DATABASE: Final = ("identity", "database")
_BROKERS: Final = ("identity", "brokers")


def identities_have_a_door(identity: IdentitySettings, entry: EntrySettings) -> Iterator[Conflict]:
    """Yield the identities that nobody could reach."""
    if not identity.enabled:
        return
    if entry.internal is None:
        yield Conflict(
            keys=(_ENABLED, ("entry", "internal")),
            why="needs the internal entry, below whose domain people sign in: give the stack entry.internal.domain",
            remedy=False,
        )
    elif entry.mode is not EntryMode.GATEWAY:
        yield Conflict(
            keys=(("entry", "mode"), _ENABLED),
            why=f"is {entry.mode}, and Keycloak is served by a Gateway only",
            remedy=EntryMode.GATEWAY,
        )


def nobodys_password_is_read_on_the_way(identity: IdentitySettings, cilium: CiliumSettings) -> Iterator[Conflict]:
    """Yield the encryption that is off between the Gateway's node and Keycloak's, where TLS has ended."""
    if identity.enabled and cilium.encryption == "none":
        yield Conflict(
            keys=(("cilium", "encryption"), _ENABLED),
            why="leaves what people type at sign-in readable between nodes: TLS ends at the Gateway",
            remedy="pods",
        )


def identities_have_their_secrets(identity: IdentitySettings, secrets: SecretsSettings) -> Iterator[Conflict]:
    """Yield the store that is missing: by its operator Keycloak's secrets come into the cluster, and by its role."""
    if identity.enabled and secrets.stores.aws is None:
        yield Conflict(
            keys=(("secrets", "stores", "aws"), _ENABLED),
            why="is missing: Keycloak's secrets are kept in AWS Secrets Manager, and come into the cluster by the "
            "operator that this store brings. Name the namespaces of your own that may use it too",
        )


def identities_are_kept_in_one_place(identity: IdentitySettings) -> Iterator[Conflict]:
    """Yield the database that is missing, and the two of which only one could be meant."""
    database = identity.database
    if database.rds and database.existing:
        yield Conflict(
            keys=((*_DATABASE, "existing"), (*_DATABASE, "rds")),
            why="is a second database beside the one in RDS; leave one of the two out",
        )
    elif identity.enabled and not database.rds and not database.existing:
        yield Conflict(
            keys=((*_DATABASE, "rds"), _ENABLED),
            why="is missing: Keycloak keeps everything in PostgreSQL; have one made in RDS, or name one that is there "
            "already in identity.database.existing",
            remedy={"multi_az": True},
        )


def the_databases_certificate_can_be_verified(
    identity: IdentitySettings, account: AccountSettings
) -> Iterator[Conflict]:
    """Yield the authority that is missing where the region's is not among those that are known."""
    database = identity.database
    if identity.enabled and not database.authority and account.region not in postgres.authorities():
        yield Conflict(
            keys=((*_DATABASE, "authority"), ("account", "region")),
            why=f"is missing: RDS's authority of {account.region} is not known here. It is among those of "
            "https://truststore.pki.rds.amazonaws.com",
        )


def someone_vouches_for_people(identity: IdentitySettings) -> Iterator[Conflict]:
    """Yield the brokers that are none, and those that share an alias."""
    aliases = identity.brokers.aliases
    if identity.enabled and not aliases:
        yield Conflict(
            keys=(_BROKERS, _ENABLED),
            why="is empty, so that nobody could sign in: Keycloak has no passwords of its own here. Name an OpenID "
            "Connect provider, a SAML one or a directory",
        )
    for alias in sorted({alias for alias in aliases if aliases.count(alias) > 1}):
        yield Conflict(keys=(_BROKERS,), why=f"has two that are called {alias}; give each an alias of its own")


def someone_administers(identity: IdentitySettings) -> Iterator[Conflict]:
    """Yield the brokers none of whose groups administers."""
    every = identity.brokers.groups
    if identity.enabled and every and not any(groups.admin for groups in every):
        yield Conflict(
            keys=(_BROKERS, _ENABLED),
            why="gives nobody the role admin: name the group of those who administer in groups.admin of one of them",
        )


def a_closed_network_has_its_brokers_inside(identity: IdentitySettings, network: NetworkSettings) -> Iterator[Conflict]:
    """Yield the providers that a VPC without a way out does not reach."""
    if not identity.enabled or network.nat is not NatMode.NONE or network.transit_gateway:
        return
    for alias in identity.brokers.oidc:
        yield Conflict(
            keys=((*_BROKERS, "oidc", alias), ("network", "nat")),
            why="must be asked for tokens, and nat none leads nobody outside; SAML needs no way out",
        )


def names_of_interfaces_are_their_own(identity: IdentitySettings) -> Iterator[Conflict]:
    """Yield Keycloak's name if an interface has it, whether the stack has that one or not."""
    if identity.host in set(Client):
        yield Conflict(keys=(("identity", "host"),), why=f"is the name of an interface, {identity.host}", remedy="sso")


RELATIONS: Final[tuple[Relation, ...]] = (
    identities_have_a_door,
    nobodys_password_is_read_on_the_way,
    identities_have_their_secrets,
    identities_are_kept_in_one_place,
    the_databases_certificate_can_be_verified,
    someone_vouches_for_people,
    someone_administers,
    a_closed_network_has_its_brokers_inside,
    names_of_interfaces_are_their_own,
)
