"""What a stack decides about its Prometheus instances."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from components.kit.monitoring import Instance
from components.kit.settings import Settings

# A DNS label: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
_NAME = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
_LABEL_NAME = r"^([a-z0-9.-]{1,200}/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$"
_LABEL_VALUE = r"^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$"


class InstanceSettings(Settings):
    """What one Prometheus has other than the platform's own choice for it (its page has the table)."""

    selects: tuple[Annotated[str, Field(pattern=_LABEL_VALUE, examples=["mysql"])], ...] = ()
    """Further values of the label `prometheus` by which monitors and rules are its own, besides its name. `app` takes
    whatever no other instance takes."""

    retention_hours: Annotated[int, Field(ge=6, le=8760)] | None = None
    """Hours that samples are kept, 6 to 8760: a block of two hours is uploaded only when it is complete, and again
    tried when that fails."""

    storage_gib: Annotated[int, Field(ge=5, le=16384)] | None = None
    """Size of each replica's volume, in GiB. Nine tenths of it may be filled; older samples go first."""

    memory_mib: Annotated[int, Field(ge=256, le=262144)] | None = None
    """Memory that each replica is promised, in MiB; it may use twice as much for a while."""

    shards: Annotated[int, Field(ge=1, le=32)] = 1
    """Parts that its targets are divided into, each with all replicas, 1 to 32. Queries over them need Thanos."""

    samples_per_target: Annotated[int, Field(ge=100, le=5_000_000)] | None = None
    """Samples that one target may have. A target with more is not scraped at all, and its `up` is 0."""


class ReceiverSettings(Settings):
    """A central receiver of samples: Thanos Receive, Mimir, Prometheus, or a service that takes remote write."""

    url: Annotated[str, Field(pattern=r"^https://[^@\s]+$", examples=["https://metrics.example.com/api/v1/receive"])]
    """Where samples are written to. No user and no password in it."""

    secret_name: Annotated[str, Field(pattern=_NAME, examples=["metrics-receiver"])] | None = None
    """The Secret in the namespace `monitoring` whose key `token` has the bearer token."""

    tenant: Annotated[str, Field(pattern=_LABEL_VALUE, examples=["platform-edge"])] | None = None
    """The tenant, sent as the header `THANOS-TENANT`."""

    @field_validator("url")
    @classmethod
    def _has_a_host(cls, url: str) -> str:
        parts = urlsplit(url)
        if not parts.hostname or "." not in parts.hostname:
            raise ValueError("names no host with a domain")
        return url

    @property
    def host(self) -> str:
        """The receiver's name."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port it listens on."""
        return urlsplit(self.url).port or 443


class EdgeSettings(Settings):
    """A cluster that keeps what is recent and sends everything on: short retention here, the rest elsewhere."""

    retention_minutes: Annotated[int, Field(ge=30, le=1440)] = 120
    """Minutes that samples are kept here, 30 to 1440. A receiver that is away for longer than two hours loses some."""

    receiver: ReceiverSettings
    """Who gets all samples."""


class TargetSettings(Settings):
    """Pods of the cluster's users that the Prometheus instances may call, for the namespace `monitoring` is closed."""

    namespace: Annotated[str, Field(pattern=_NAME, examples=["shop"])]
    """Where they live."""

    app: Annotated[str, Field(pattern=_LABEL_VALUE, examples=["checkout"])]
    """Their label `app.kubernetes.io/name`."""

    port: Annotated[int, Field(ge=1, le=65535)]
    """The number of the port that tells of metrics: the container's."""


class PrometheusSettings(Settings):
    """The six Prometheus instances: how many of each, and for how long they keep what."""

    replicas: Annotated[int, Field(ge=1, le=3)] = 2
    """Pods of each instance that all scrape the same, 1 to 3. With 1, a node that goes costs minutes of metrics."""

    retention_hours: Annotated[int, Field(ge=6, le=8760)] = 48
    """Hours that samples are kept here, 6 to 8760, for instances that say nothing else. Thanos keeps them for years."""

    scrape_interval_seconds: Annotated[int, Field(ge=10, le=120)] = 30
    """Seconds between two scrapes of what names no interval of its own, 10 to 120: beyond two minutes, series are
    taken for gone."""

    instances: dict[Instance, InstanceSettings] = Field(default={})
    """What single instances have other than the rest, by their names."""

    labels: tuple[Annotated[str, Field(pattern=_LABEL_NAME, examples=["team"])], ...] = ("owner", "team", "cost-center")
    """The labels of namespaces, pods and workloads that are shown of them, for cost and for whom to call. Each takes
    series: no label whose values know no bound."""

    targets: tuple[TargetSettings, ...] = ()
    """The users' pods that may be scraped. Whoever owns them must let the namespace `monitoring` in."""

    edge: EdgeSettings | None = None
    """Set, the stack keeps minutes and sends everything to a central receiver. Nothing is uploaded to a bucket then."""

    def of(self, instance: Instance) -> InstanceSettings:
        """Return what an instance has of its own."""
        return self.instances.get(instance, InstanceSettings())
