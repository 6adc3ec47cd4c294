"""What a stack decides about what Vault holds and who gets it: secrets, certificates, databases and roles."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from components.kit.settings import Settings

# The names of Kubernetes' objects, and of Vault's roles with them: https://www.rfc-editor.org/rfc/rfc1123
Name = Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", max_length=63)]
# Neither a wildcard nor a step up: what a policy says of a path is what it says.
_SEGMENT: Final = "[A-Za-z0-9][A-Za-z0-9_.-]*"
Prefix = Annotated[str, Field(pattern=rf"^{_SEGMENT}(/{_SEGMENT})*$", max_length=200, examples=["shop/checkout"])]


class KeyValueSettings(Settings):
    """What is kept of older versions of secrets."""

    max_versions: Annotated[int, Field(ge=1, le=100)] = 10
    """How many versions of a secret are kept, 1 to 100."""

    delete_after_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Days after which a version is deleted, the newest too, whoever still needs it; never unless set."""


class CertificateSettings(Settings):
    """What certificates are issued for."""

    domains: Annotated[
        list[Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", max_length=253)]],
        Field(min_length=1, examples=[["shop.svc.cluster.local"]]),
    ]
    """The domains whose subdomains may be named; not the domains themselves."""

    max_hours: Annotated[int, Field(ge=1, le=2160)] = 720
    """The longest life of a certificate, 1 to 2160 hours."""

    client: bool = False
    """Whether it serves to prove who a client is too."""


class DatabaseKind(StrEnum):
    """The databases that Vault's own plug-ins know."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"


class DatabaseSettings(Settings):
    """A database in which Vault makes credentials; they are called after it."""

    kind: DatabaseKind
    """What it is."""

    host: Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", max_length=253)]
    """Its name in DNS. Vault reaches it over TLS, with its certificate checked."""

    port: Annotated[int, Field(ge=1, le=65535)]
    """Its port: 5432 for PostgreSQL, 3306 for MySQL, unless changed."""

    database: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=63)]
    """The database on that server."""

    credentials_arn: Annotated[
        str, Field(pattern=r"^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$")
    ]
    """The secret with the first credentials, `{"username": "...", "password": "..."}`: of a user made for Vault, whose
    password is changed at once to one that only Vault knows."""

    key_arn: Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[\w-]+$")] | None = None
    """The customer key that secret is encrypted with; AWS's own unless set."""

    creation: Annotated[list[str], Field(min_length=1)]
    """The statements that make a user, with `{{name}}`, `{{password}}` and `{{expiration}}` in the place of its own."""

    hours: Annotated[int, Field(ge=1, le=720)] = 1
    """How long credentials live, 1 to 720 hours; a token's end, a day at most, ends them too."""


class Access(StrEnum):
    """What may be done with secrets."""

    READ = "read"
    WRITE = "write"


class VaultRoleSettings(Settings):
    """What some service accounts of a namespace get."""

    namespace: Name
    """Their namespace; never one of the platform's."""

    service_accounts: Annotated[list[Name], Field(min_length=1, examples=[["checkout"]])]
    """Their names; each by itself, for whoever may create pods in the namespace would have what `*` has."""

    secrets: list[Prefix] = Field(default=[], examples=[["shop/checkout"]])
    """The secrets they get: each of these paths below `secret/`, and all beneath it."""

    access: Access = Access.READ
    """Whether they may write them too, and delete versions so that they can be brought back; nobody destroys any."""

    certificates: list[Name] = Field(default=[])
    """The entries of `certificates` they may have certificates of."""

    databases: list[Name] = Field(default=[])
    """The entries of `databases` they may have credentials of, made for each of them and gone when their time is."""


class VaultAccessSettings(Settings):
    """What Vault holds, and who gets it."""

    roles: dict[Name, VaultRoleSettings] = Field(default={})
    """The roles of workloads, by the name that their SecretProviderClasses give."""

    key_value: KeyValueSettings = KeyValueSettings()
    """What is kept of older versions of secrets."""

    certificates: dict[Name, CertificateSettings] = Field(default={})
    """What Vault issues certificates for; without an entry it is no authority."""

    databases: dict[Name, DatabaseSettings] = Field(default={})
    """The databases that Vault makes credentials in."""
