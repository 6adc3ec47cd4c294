"""What a stack decides about its Grafanas: which there are, where they keep what people make, and who may sign in."""

from typing import Annotated

from pydantic import Field

from components.kit.postgres import RdsSettings
from components.kit.settings import Settings
from components.observability.dashboards.panels import Grafana

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
    Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$", examples=["postgres.example.com"]),
]
"""A name in DNS, in full."""

Pem = Annotated[
    str,
    Field(pattern=r"^(-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=]+\n)+-----END CERTIFICATE-----\n?)+$"),
]
"""Certificates in PEM, and no key."""

# It stands between quotes in a line of an INI file that Helm reads as a template first.
Group = Annotated[str, Field(pattern=r"^[A-Za-z0-9 _.:/@=,()+&-]{1,255}$", examples=["platform-admins"])]
"""A group's name, as the provider's tokens have it."""


class RolesSettings(Settings):
    """Which groups have which role; who is in none of them is not let in."""

    admins: tuple[Group, ...] = ()
    """Of those who administer a Grafana."""

    editors: tuple[Group, ...] = ()
    """Of those who make dashboards of their own and explore."""

    viewers: tuple[Group, ...] = ()
    """Of those who look."""


class OidcSettings(Settings):
    """A provider of identities other than the platform's own.

    Its client's secret is the key `client_secret` of `<prefix>grafana/oidc` in Secrets Manager.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9 .-]{1,40}$")] = "Single sign-on"
    """What people read on the way in."""

    authorization_url: Url
    """Where people's browsers are sent to."""

    token_url: Url
    """Where Grafana redeems codes."""

    userinfo_url: Url
    """Where Grafana asks who somebody is."""

    client_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:/@-]{1,255}$")]
    """As whom every Grafana is known there. The addresses that people come back to end in `/login/generic_oauth`."""

    groups_claim: Annotated[str, Field(pattern=r"^[A-Za-z0-9_:./-]{1,255}$")] = "groups"
    """The claim with the names of a person's groups."""

    roles: RolesSettings
    """Which of its groups have which role."""


class ExistingDatabaseSettings(Settings):
    """A PostgreSQL that is there already.

    The keys `username` and `password` of `<prefix>grafana/database` in Secrets Manager are those of a user who may
    create databases and users.
    """

    host: Host
    """Its name."""

    port: Annotated[int, Field(ge=1, le=65535)] = 5432
    """Its port."""


class DatabaseSettings(Settings):
    """Where Grafanas keep what people make: one of the two.

    With neither, each keeps it in SQLite on a volume of its own, and is one pod: gone while its node is replaced.
    """

    rds: RdsSettings | None = None
    """A PostgreSQL in RDS that the stack makes, with a database for each Grafana."""

    existing: ExistingDatabaseSettings | None = None
    """A PostgreSQL that is there already."""

    authority: Pem | None = None
    """Whom Grafanas trust for the database's certificate. Unset: RDS's authority of the region."""

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return bool(self.rds or self.existing)


class GrafanaSettings(Settings):
    """The Grafanas."""

    instances: Annotated[tuple[Grafana, ...], Field(max_length=len(Grafana))] = ()
    """Which there are: `main` for operators and customers, `read` to look only, `alloy` for whoever connects something,
    `pyroscope` for profiles."""

    replicas: Annotated[int, Field(ge=1, le=5)] = 1
    """Pods of each; more than one need a database."""

    database: DatabaseSettings = DatabaseSettings()
    """Where they keep what people make."""

    volume_gib: Annotated[int, Field(ge=1, le=100)] = 5
    """Size of each one's volume, in GiB, where there is no database."""

    oidc: OidcSettings | None = None
    """Who vouches for people. Unset: the platform's own Keycloak where the stack has it, and else nobody: then each has
    one user, `admin`, whose password the cluster makes."""
