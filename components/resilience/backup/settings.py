"""What a stack decides about backups, and the names by which their parts know each other."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field, field_validator

from components.kit import chart, cron
from components.kit.replication_alarms import Topics
from components.kit.settings import Settings
from components.resilience.backup.classes import CLASSES, PLATFORM, BackupClass, Choice, Plan
from components.resilience.kasten.settings import KastenSettings

CHART: Final = "velero"
NAMESPACE: Final = chart.pinned()[CHART].namespace

ACCOUNT: Final = "velero-server"
"""The chart's name for the service account of the server, of the node agents and of all pods they make."""

LOCATION: Final = "default"
"""Where backups are stored."""
SOURCE: Final = "source"
"""Where another cluster's are read from."""

DRILL_NAMESPACE: Final = "backup-drill"
"""Where drills restore to."""

# A DNS label: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
_NAME: Final = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
REGION: Final = r"[a-z]{2}(-gov|-iso[a-z]?)?-[a-z]+-\d"
"""The form of a region's name."""

_REGION: Final = f"^{REGION}$"
# What Velero takes for one side of a mapping: anything without a comma. Names of images begin in lower case.
# https://github.com/distribution/reference/blob/main/reference.go
_ImagePart = Annotated[str, Field(pattern=r"^[a-z0-9][a-zA-Z0-9._/:@-]*$")]
NamespaceName = Annotated[str, Field(pattern=_NAME)]
Cron = Annotated[str, Field(pattern=cron.PATTERN, examples=["0 */4 * * *"])]


class Engine(StrEnum):
    """The program that makes backups."""

    VELERO = "velero"
    KASTEN = "kasten"


class LockMode(StrEnum):
    """Who can delete a backup's objects before their time."""

    GOVERNANCE = "governance"
    COMPLIANCE = "compliance"


class ClassSettings(Settings):
    """What differs from a class's own plan; what is left out stays as the class has it."""

    schedule: Cron | None = None
    """When a backup begins, as cron writes it, in UTC."""

    retention_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Days that each backup is kept, 1 to 3650."""

    move_data: bool | None = None
    """Whether the data of volumes goes to the bucket. If not, it stays in snapshots, which cannot leave the region."""

    timeout_hours: Annotated[int, Field(ge=1, le=24)] | None = None
    """Hours after which a backup whose volumes are not moved yet is given up, 1 to 24."""

    rpo_hours: Annotated[int, Field(ge=1, le=1000)] | None = None
    """The promise: at most the changes of so many hours are lost."""

    history_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """The promise: what was there so many days ago can be brought back."""

    @field_validator("schedule")
    @classmethod
    def _runs(cls, schedule: str | None) -> str | None:
        if schedule is not None:
            cron.gaps(schedule)
        return schedule


class ReplicaSettings(Settings):
    """The copy of the bucket in another region."""

    region: Annotated[str, Field(pattern=_REGION, examples=["eu-west-1"])]
    """Where it is; not the stack's own region."""

    follow_deletions: bool = True
    """Whether what Velero deletes is deleted there, too; versions stay for `recover_days` all the same. Without, the
    copy grows for as long as it lives."""

    topics: Topics = Topics()
    """Who is told when a copy lacks something or is behind: this one's, and those of Vault's and etcd's snapshots."""


class StoreSettings(Settings):
    """The bucket that backups are in."""

    lock: LockMode | None = None
    """Whether nobody erases what is stored for as long as the longest class keeps it. With `governance` whoever has the
    right to bypass the lock can, with `compliance` nobody, the account's root included. Only for a bucket that is
    yet to be made."""

    recover_days: Annotated[int, Field(ge=1, le=3650)] = 14
    """Days for which what was deleted or overwritten can be brought back, 1 to 3650."""

    replica: ReplicaSettings | None = None
    """The copy in another region, if there is one."""


class HookSettings(Settings):
    """What is done in a database's pod so that its volume's snapshot is consistent."""

    namespace: NamespaceName
    """Where the pods are."""

    app: Annotated[str, Field(pattern=_NAME, examples=["postgres"])]
    """Their label `app.kubernetes.io/name`."""

    container: Annotated[str, Field(pattern=_NAME, examples=["postgres"])]
    """The container the commands run in."""

    before: tuple[str, ...] = Field(min_length=1, examples=[["psql", "-c", "CHECKPOINT"]])
    """The command before the snapshot, word by word. If it fails, the backup is not complete."""

    after: tuple[str, ...] = ()
    """The command after it, such as one that lets writers go on; empty for none."""

    timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = 30
    """How long each may take, 1 to 3600 seconds."""


class DrillSettings(Settings):
    """The restore that is tried on a schedule."""

    schedule: Cron = "0 6 * * 1"
    """When, as cron writes it, in UTC."""

    rto_minutes: Annotated[int, Field(ge=1, le=600)] = 30
    """The promise: minutes after which data is back, for each class, 1 to 600. A drill that takes longer fails."""


class SourceSettings(Settings):
    """Another cluster's backups, which this one restores from and never changes; it notes there how restores went."""

    bucket: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", examples=["backups-1234567"])]
    """The bucket, or its replica in this stack's region."""

    region: Annotated[str, Field(pattern=_REGION, examples=["eu-west-1"])]
    """Where it is."""

    # As long as a cluster's name may be.
    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=100, examples=["platform-prod"])]
    """The other cluster's name."""

    key_arn: Annotated[
        str,
        Field(
            pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[a-z0-9-]+$",
            examples=["arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab"],
        ),
    ]
    """The KMS key of its objects."""

    lost_region: Annotated[str, Field(pattern=_REGION, examples=["eu-central-1"])] | None = None
    """The region whose loss this stack is for, if it is: then no setting of it may name that region."""


class BackupSettings(Settings):
    """What is kept of what the cluster holds, for how long, where, and how it is proved that it can be restored."""

    enabled: bool = True
    """Whether the stack has backups."""

    engine: Engine = Engine.VELERO
    """The program that makes them: Velero, or Veeam Kasten, which costs a licence and is not drilled."""

    kasten: KastenSettings | None = None
    """What Kasten needs to be told besides, where it makes them."""

    classes: dict[BackupClass, ClassSettings] = Field(default={}, examples=[{"gold": {"retention_days": 90}}])
    """What differs from the classes' own plans."""

    namespaces: dict[NamespaceName, Choice] = Field(default={}, examples=[{"monitoring": "silver"}])
    """The class of a namespace of the platform, where it is to have another. Other namespaces choose by their label."""

    hooks: tuple[HookSettings, ...] = ()
    """What is done in databases' pods before and after their snapshots."""

    store: StoreSettings = StoreSettings()
    """The bucket that backups are in."""

    drill: DrillSettings = DrillSettings()
    """The restore that is tried on a schedule."""

    source: SourceSettings | None = None
    """Another cluster's backups, if this one is to restore from them."""

    storage_classes: dict[str, str] = Field(default={}, examples=[{"gp2": "gp3"}])
    """From a storage class in a backup to the one that a restore gives its volumes here."""

    images: dict[_ImagePart, _ImagePart] = Field(
        default={},
        examples=[{"111122223333.dkr.ecr.eu-central-1.amazonaws.com": "111122223333.dkr.ecr.eu-west-1.amazonaws.com"}],
    )
    """From what is part of an image's name in a backup, such as its registry, to what a restore puts in its place."""

    @property
    def plans(self) -> dict[BackupClass, Plan]:
        """The plan of each class, with what the stack has changed."""
        return {
            name: _changed(plan, self.classes[name]) if name in self.classes else plan for name, plan in CLASSES.items()
        }

    @property
    def of_the_platform(self) -> dict[str, Choice]:
        """The choice for each of the platform's namespaces."""
        return {**PLATFORM, **self.namespaces}

    @property
    def copies_topics(self) -> Topics:
        """Who is told of copies in another region."""
        return self.store.replica.topics if self.store.replica else Topics()

    @property
    def longest_days(self) -> int:
        """Days after which no backup is left."""
        return max(plan.retention_days for plan in self.plans.values())


def _changed(plan: Plan, settings: ClassSettings) -> Plan:
    return Plan(
        **{
            field: getattr(plan, field) if getattr(settings, field) is None else getattr(settings, field)
            for field in ClassSettings.model_fields
        }
    )
