"""What a stack decides about people's identities: who vouches for them, where that is kept, and who asks."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from components.kit.postgres import RdsSettings
from components.kit.settings import Settings

# What is in a stack file is no secret, so no user stands in an address.
Url = Annotated[
    str,
    Field(
        pattern=r"^https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.[a-z]+(:\d{2,5})?(/[^\s?#]*)?$",
        examples=["https://login.example.com/oauth2"],
    ),
]
"""An HTTPS address by name, without credentials."""

Host = Annotated[
    str,
    Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$", examples=["directory.example.com"]),
]
"""A name in DNS, in full."""

Port = Annotated[int, Field(ge=1, le=65535)]

Pem = Annotated[
    str,
    Field(
        pattern=r"^(-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=]+\n)+-----END CERTIFICATE-----\n?)+$",
        examples=["-----BEGIN CERTIFICATE-----\nMIID...\n-----END CERTIFICATE-----\n"],
    ),
]
"""Certificates in PEM, and no key."""

SecretName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_+=.@-]+(/[A-Za-z0-9_+=.@-]+)*$", examples=["database"])]
"""A secret's name in Secrets Manager, behind `<prefix>keycloak/`, the prefix of `secrets.stores.aws`."""

Alias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$", examples=["corporate"])]
"""What a broker is called; part of the address that the other side sends people back to, so it stays."""


class Role(StrEnum):
    """What people may be in the platform; those that the cluster knows too are called as there."""

    ADMIN = "admin"
    POWER_USER = "power-user"
    NAMESPACE_ADMIN = "namespace-admin"
    DEVELOPER = "developer"
    VIEWER = "viewer"

    @property
    def claim(self) -> str:
        """The role's word in tokens, which is the name of its group in Kubernetes."""
        return f"platform:{self}"


class Client(StrEnum):
    """The interfaces that ask people who they are; keycloak_realms.py says what is known of each."""

    GRAFANA = "grafana"
    GRAFANA_READ = "grafana-read"
    GRAFANA_ALLOY = "grafana-alloy"
    GRAFANA_PYROSCOPE = "grafana-pyroscope"
    ARGOCD = "argocd"
    VAULT = "vault"
    HUBBLE = "hubble"
    KUBECOST = "kubecost"
    OPENCOST = "opencost"


class ExistingDatabaseSettings(Settings):
    """A PostgreSQL that is there already."""

    host: Host
    """Its name."""

    port: Port = 5432
    """Its port."""

    name: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$")] = "keycloak"
    """The database in it."""

    secret_name: SecretName = "database"  # noqa: S105 - a secret's name
    """The secret with the keys `username` and `password`, in Secrets Manager behind `<prefix>keycloak/`."""


class DatabaseSettings(Settings):
    """Where Keycloak keeps everything: exactly one of the two."""

    rds: RdsSettings | None = None
    """A PostgreSQL in RDS that the stack makes; nobody has to know its password."""

    existing: ExistingDatabaseSettings | None = None
    """A PostgreSQL that is there already."""

    authority: Pem | None = None
    """Whom Keycloak trusts for the database's certificate. Unset: RDS's authority of the region."""


class GroupsSettings(Settings):
    """The broker's groups whose members have a role in the platform."""

    admin: tuple[str, ...] = ()
    """Of those who administer the platform."""

    power_user: tuple[str, ...] = ()
    """Of those who see the whole cluster and act in it."""

    namespace_admin: tuple[str, ...] = ()
    """Of those who have namespaces of their own."""

    developer: tuple[str, ...] = ()
    """Of those who change workloads."""

    viewer: tuple[str, ...] = ()
    """Of those who look."""

    @property
    def chosen(self) -> tuple[tuple[Role, str], ...]:
        """Each role with a group, in the order of the roles."""
        return tuple((role, group) for role in Role for group in getattr(self, role.replace("-", "_")))


class OidcSettings(Settings):
    """An OpenID Connect provider, such as Okta, Entra ID or Google."""

    issuer: Url
    """What its tokens say of where they come from."""

    authorization_url: Url
    """Where people's browsers are sent to."""

    token_url: Url
    """Where Keycloak redeems codes."""

    jwks_url: Url
    """Where Keycloak finds the keys that the provider signs with."""

    client_id: Annotated[str, Field(min_length=1, max_length=255)]
    """As whom Keycloak is known there. Its secret is the key `client_secret` of `<prefix>keycloak/brokers/<alias>`."""

    groups_claim: Annotated[str, Field(pattern=r"^[A-Za-z0-9_:./-]+$")] = "groups"
    """The claim with the names of a person's groups."""

    groups: GroupsSettings = GroupsSettings()
    """Which of its groups have which role."""


class SamlSettings(Settings):
    """A SAML identity provider, such as ADFS; people's browsers carry everything, nothing calls it."""

    entity_id: Annotated[str, Field(min_length=1, max_length=1024)]
    """Its name for itself."""

    single_sign_on_url: Url
    """Where people's browsers are sent to."""

    signing_certificate: Pem
    """Whose signatures are believed; unsigned assertions never are."""

    groups_attribute: Annotated[str, Field(min_length=1)] = "groups"
    """The attribute with the names of a person's groups."""

    groups: GroupsSettings = GroupsSettings()
    """Which of its groups have which role."""


class LdapSettings(Settings):
    """A directory, Active Directory among them, that Keycloak asks over TLS and never writes to."""

    vendor: Literal["ad", "other"] = "ad"
    """Whether its attributes are Active Directory's or those of RFC 2307."""

    host: Host
    """Its name."""

    port: Port = 636
    """Its port for LDAPS; there is no other way to it."""

    bind_dn: Annotated[str, Field(min_length=3, examples=["CN=keycloak,OU=Service,DC=example,DC=com"])]
    """As whom Keycloak reads. The password is the key `bind_password` of `<prefix>keycloak/brokers/<alias>`."""

    users_dn: Annotated[str, Field(min_length=3)]
    """Below what people are found."""

    groups_dn: Annotated[str, Field(min_length=3)]
    """Below what groups are found."""

    groups: GroupsSettings = GroupsSettings()
    """Which of its groups have which role; by their common name."""


class BrokersSettings(Settings):
    """Who vouches for people, each under an alias of its own."""

    oidc: dict[Alias, OidcSettings] = Field(default={}, max_length=10)
    """OpenID Connect providers."""

    saml: dict[Alias, SamlSettings] = Field(default={}, max_length=10)
    """SAML identity providers."""

    ldap: dict[Alias, LdapSettings] = Field(default={}, max_length=10)
    """Directories."""

    authorities: Pem | None = None
    """Whom Keycloak trusts for their certificates, besides the world's public authorities."""

    @property
    def aliases(self) -> list[str]:
        """All aliases, those among them twice that two brokers have."""
        return [*self.oidc, *self.saml, *self.ldap]

    @property
    def groups(self) -> list[GroupsSettings]:
        """Whose groups have which role, for each broker."""
        return [
            *(each.groups for each in self.oidc.values()),
            *(each.groups for each in self.saml.values()),
            *(each.groups for each in self.ldap.values()),
        ]


class IdentitySettings(Settings):
    """People's identities, brokered by Keycloak."""

    enabled: bool = False
    """Whether Keycloak runs here. One cluster of many is enough."""

    host: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")] = "sso"
    """Its name below the internal entry's domain. It is in every token: to change it logs everybody out."""

    replicas: Annotated[int, Field(ge=2, le=9)] = 2
    """How many servers there are, in different zones as far as possible; one may be gone at any time."""

    database: DatabaseSettings = DatabaseSettings()
    """Where everything is kept."""

    brokers: BrokersSettings = BrokersSettings()
    """Who vouches for people; Keycloak itself has no passwords."""

    clients: tuple[Client, ...] = ()
    """The interfaces that people sign in to, each at its own name below the internal entry's domain."""

    # NIST SP 800-63B, 2.2.3: at its second level a person signs in again after a day at most.
    session_hours: Annotated[int, Field(ge=1, le=24)] = 10
    """After how many hours a person signs in again, however busy."""

    idle_minutes: Annotated[int, Field(ge=5, le=480)] = 60
    """After how many minutes of doing nothing."""
