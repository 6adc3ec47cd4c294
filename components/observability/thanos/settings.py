"""What a stack decides about Thanos, and the names by which its parts and its callers know each other."""

from typing import Annotated, Final

from pydantic import Field

from components.kit import chart
from components.kit.settings import OneOrThree, Settings

CHART: Final = "thanos"
NAMESPACE: Final = chart.pinned()[CHART].namespace

OBJECTS_SECRET: Final = "thanos-objstore"  # noqa: S105 - the name of a Secret, and what is in it is none
"""The Secret with the bucket's name, in Thanos' namespace and in Prometheus'. The chart's own name for it."""
OBJECTS_KEY: Final = "objstore.yml"
"""Its one key."""

SIDECAR_ACCOUNT: Final = "prometheus"
"""The service account of every Prometheus, whose sidecar uploads blocks."""

FRONTEND_URL: Final = f"http://thanos-query-frontend.{NAMESPACE}.svc.cluster.local:9090"
"""Where to ask: answers are cached and long ranges split."""

REMOTE_WRITE_URL: Final = f"http://thanos-receive-router.{NAMESPACE}.svc.cluster.local:10908/api/v1/receive"
"""Where samples are written to, with the tenant in the header `THANOS-TENANT`."""

LONGEST_DAYS: Final = 1095
"""Three years."""

Days = Annotated[int, Field(ge=1, le=LONGEST_DAYS)]
# A DNS label: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
_NAME: Final = r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$"
TenantName = Annotated[str, Field(pattern=_NAME, examples=["checkout"])]


class RetentionSettings(Settings):
    """For how long metrics are kept, by how exact they are.

    The compactor makes 5 minutes from what is 40 hours old, and one hour from what is 10 days old: what feeds the next
    must live as long.
    """

    raw_days: Days = 30
    """Days that samples are kept as they were scraped, 2 to 1095."""

    five_minutes_days: Days = 180
    """Days that samples of 5 minutes are kept, 10 to 1095."""

    one_hour_days: Days = LONGEST_DAYS
    """Days that samples of one hour are kept, 1 to 1095: three years."""

    @property
    def longest_days(self) -> int:
        """Days after which nothing is left."""
        return max(self.raw_days, self.five_minutes_days, self.one_hour_days)


class WriterSettings(Settings):
    """Pods of the cluster that may write samples."""

    namespace: Annotated[str, Field(pattern=_NAME, examples=["checkout"])]
    """Where they live."""

    app: Annotated[str, Field(pattern=_NAME, examples=["collector"])]
    """Their label `app.kubernetes.io/name`."""


class ReceiveSettings(Settings):
    """The way in for samples that no Prometheus of the cluster scrapes: remote write, by tenant."""

    ingestors: Annotated[int, Field(ge=1, le=15)] = 3
    """Pods that share the series among them, 1 to 15."""

    copies: OneOrThree = 3
    """Ingestors that keep each series: with 3 one may be lost and nothing is refused; they need 3 ingestors."""

    volume_gib: Annotated[int, Field(ge=1, le=1024)] = 20
    """Size of each ingestor's volume, in GiB: it holds a day, and what could not be uploaded."""

    tenants: dict[TenantName, RetentionSettings] = Field(default={})
    """Tenants with a retention, and so a compactor, of their own. What others write is kept as `retention` says."""

    writers: tuple[WriterSettings, ...] = ()
    """Who may write. A tenant is whatever the header `THANOS-TENANT` says: writers are believed."""


class ThanosSettings(Settings):
    """Metrics of all Prometheus instances in one place, for years."""

    enabled: bool = True
    """Whether the stack has Thanos and the bucket that it reads."""

    retention: RetentionSettings = RetentionSettings()
    """For how long metrics are kept."""

    recover_days: Annotated[int, Field(ge=1, le=365)] = 7
    """Days for which what was deleted from the bucket can be brought back, 1 to 365."""

    replicas: Annotated[int, Field(ge=1, le=5)] = 2
    """Pods of each part that answers or judges, 1 to 5: Query, its frontend, each shard of the store, router, Ruler."""

    store_shards: Annotated[int, Field(ge=1, le=16)] = 1
    """Parts that the blocks in the bucket are read by, 1 to 16."""

    store_gib: Annotated[int, Field(ge=1, le=1024)] = 10
    """Size of the volume of each pod that reads the bucket, in GiB: it holds the blocks' headers."""

    compactor_gib: Annotated[int, Field(ge=10, le=4096)] = 100
    """Size of a compactor's volume, in GiB: twice the largest two weeks of one Prometheus, raw."""

    ruler: bool = True
    """Whether rules over all instances are evaluated here."""

    receive: ReceiveSettings | None = None
    """The way in for samples from elsewhere, if there is one."""

    @property
    def retentions(self) -> dict[str, RetentionSettings]:
        """The retention of each tenant that has its own, by its name."""
        return dict(self.receive.tenants) if self.receive else {}

    @property
    def longest_days(self) -> int:
        """Days after which nothing is left of anybody's."""
        return max(retention.longest_days for retention in (self.retention, *self.retentions.values()))
