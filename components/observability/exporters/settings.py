"""What a stack has measured that tells Prometheus nothing by itself."""

from enum import StrEnum
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from components.kit.settings import Settings

# A DNS label, so that objects can be called after it.
Name = Annotated[str, Field(pattern=r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", examples=["shop"])]
_NAMESPACE: Final = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
# A name with a domain, or an IPv4 address, neither of them a Service's.
_HOST: Final = r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.[a-z0-9]+$"
_IN_THE_CLUSTER: Final = (".svc", ".cluster.local")
_PORTS: Final = {"https": 443, "http": 80}


def _outside(url: str) -> str:
    parts = urlsplit(url)
    if not parts.hostname or "." not in parts.hostname:
        raise ValueError("names no host with a domain")
    if parts.hostname.endswith(_IN_THE_CLUSTER):
        raise ValueError("is inside the cluster, where a monitor of the pods tells more")
    if parts.username or parts.password:
        raise ValueError("holds a user or a password, which every series would show")
    if (parts.port or _PORTS.get(parts.scheme)) is None:
        raise ValueError("names no port")
    return url


class _Address(Settings):
    url: str
    """What is asked."""

    @field_validator("url")
    @classmethod
    def _is_outside(cls, url: str) -> str:
        return _outside(url)

    @property
    def host(self) -> str:
        """The host's name or address."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port it listens on."""
        parts = urlsplit(self.url)
        return parts.port or _PORTS[parts.scheme]


class ProbeSettings(_Address):
    """An address that is asked from inside the cluster all the time."""

    url: Annotated[str, Field(pattern=r"^(https|tcp|tls)://[^@\s]+$", examples=["https://shop.example.com/healthz"])]
    """What is asked: of `https://` an answer with a status of 200 to 299, of `tcp://host:port` that it takes a
    connection, of `tls://host:port` a certificate that is trusted besides."""


class DatabaseKind(StrEnum):
    """The databases that can be watched."""

    POSTGRES = "postgres"
    MYSQL = "mysql"

    @property
    def port(self) -> int:
        """Where it listens unless told otherwise."""
        return {DatabaseKind.POSTGRES: 5432, DatabaseKind.MYSQL: 3306}[self]


class Tls(StrEnum):
    """What protects the credentials on their way."""

    RDS = "rds"
    """TLS, with a certificate of RDS's own authorities."""
    UNVERIFIED = "unverified"
    """TLS, whoever answers."""
    NONE = "none"


class CredentialsSettings(Settings):
    """Where the exporter's user is: one secret with the keys `username` and `password`, as RDS itself makes them."""

    store: Literal["aws", "vault", "gcp", "azure"] = "aws"
    """The store of `secrets.stores`, which must serve the namespace `monitoring`."""

    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_+=.@/!-]+$", examples=["orders-monitoring"])]
    """The secret's name in the store, behind the store's prefix."""


class DatabaseSettings(Settings):
    """A database that an exporter asks how it is."""

    kind: DatabaseKind
    """What it is."""

    host: Annotated[str, Field(pattern=_HOST, max_length=253, examples=["orders.example.com"])]
    """Its full name or its IPv4 address; outside the cluster."""

    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """The port it listens on; 5432 or 3306 unless set."""

    database: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=63, examples=["orders"])] = "postgres"
    """The database that the exporter connects to. PostgreSQL only: MySQL is asked for all."""

    tls: Tls = Tls.RDS
    """What protects the credentials on their way: `rds` trusts RDS's own authorities only, `unverified` whoever
    answers, `none` sends them as they are."""

    credentials: CredentialsSettings | None = None
    """Where the exporter's user is. Without, for every database of the kind, a Secret that you make yourself: the
    layer's page has its form."""

    @field_validator("host")
    @classmethod
    def _is_outside(cls, host: str) -> str:
        _outside(f"https://{host}")
        return host

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.listens}"

    @property
    def listens(self) -> int:
        """The port it listens on."""
        return self.port or self.kind.port


class JsonMetricSettings(Settings):
    """Series that are made of parts of a document."""

    name: Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$", examples=["bmc_fan_rpm"])]
    """The metric's name; with `values`, what its metrics' names begin with."""

    help: Annotated[str, Field(min_length=3, examples=["Speed of a fan"])]
    """What it tells."""

    path: Annotated[str, Field(pattern=r"^\{.+\}$", examples=["{.Temperatures[*]}"])]
    """Where it is in the document, as kubectl's JSONPath: the value itself, or the objects that `values` are in."""

    labels: dict[str, str] = Field(default={})
    """Labels by their names, each a text or a JSONPath within the object."""

    values: dict[str, str] = Field(default={})
    """Of objects, what each metric's name ends with, and the JSONPath of its value within the object."""


class JsonTargetSettings(_Address):
    """An API that is asked for a document."""

    url: Annotated[str, Field(pattern=r"^https?://[^@\s]+$", examples=["https://bmc-1.example.com/redfish/v1"])]
    """Where the document is. No user and no password in it."""

    module: Name
    """Which of `modules` reads it."""


class DocumentsSettings(Settings):
    """APIs of hardware and platforms that speak JSON."""

    modules: dict[Name, tuple[JsonMetricSettings, ...]] = Field(default={})
    """By their names, the metrics that are read from a kind of document."""

    targets: dict[Name, JsonTargetSettings] = Field(default={})
    """The APIs, by their names, which become their series' `job`."""


class JvmSettings(Settings):
    """Where JVMs carry the JMX exporter's agent."""

    namespaces: tuple[Annotated[str, Field(pattern=_NAMESPACE, examples=["shop"])], ...] = ()
    """The users' namespaces whose pods with the label `platform/metrics: jvm` are scraped."""

    # https://github.com/prometheus/prometheus/wiki/Default-port-allocations has 9404 for the JMX exporter.
    port: Annotated[int, Field(ge=1024, le=65535)] = 9404
    """The number of their port `jmx-metrics`."""


class ExportersSettings(Settings):
    """What is measured that tells nothing of itself. Nothing, unless named."""

    probes: dict[Name, ProbeSettings] = Field(default={})
    """Addresses that are asked from inside the cluster all the time, by their names, which become their series'
    `job`."""

    databases: dict[Name, DatabaseSettings] = Field(default={})
    """Databases, by their names, which become their series' `job`."""

    documents: DocumentsSettings = DocumentsSettings()
    """APIs of hardware and platforms that speak JSON."""

    jvm: JvmSettings = JvmSettings()
    """JVMs with the JMX exporter's agent."""

    @property
    def any(self) -> bool:
        """Whether anything is named."""
        return bool(self.probes or self.databases or self.documents.targets or self.jvm.namespaces)

    def of(self, kind: DatabaseKind) -> dict[str, DatabaseSettings]:
        """Return the databases of a kind, by their names."""
        return {name: each for name, each in self.databases.items() if each.kind is kind}
