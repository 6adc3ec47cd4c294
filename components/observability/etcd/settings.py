"""What a stack decides about the platform's etcd, and the names by which its parts and its callers know each other."""

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field

from components.kit.settings import Settings

NAMESPACE: Final = "platform-etcd"
NAME: Final = "etcd"

MEMBERS_SERVICE: Final = "etcd-members"
"""The Service that gives each member its name."""
DOMAIN: Final = f"{MEMBERS_SERVICE}.{NAMESPACE}.svc"

CLIENT_PORT: Final = 2379
PEER_PORT: Final = 2380
METRICS_PORT: Final = 2381

MAINTENANCE_ACCOUNT: Final = "etcd-maintenance"
"""The service account of the jobs that store snapshots and defragment."""

Cron = Annotated[str, Field(pattern=r"^([0-9*/,-]+ ){4}[0-9*/,-]+$", examples=["23 * * * *"])]
# A DNS label: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
_Name = Annotated[str, Field(pattern=r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", examples=["scheduler"])]


class LockMode(StrEnum):
    """Who can delete a snapshot before its time."""

    GOVERNANCE = "governance"
    COMPLIANCE = "compliance"


class EtcdSnapshotsSettings(Settings):
    """The copies of its data outside the cluster."""

    schedule: Cron = "23 * * * *"
    """When a snapshot is stored, as cron writes it, in UTC."""

    retention_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """Days a snapshot is kept, 1 to 3650, and locked."""

    lock: LockMode = LockMode.GOVERNANCE
    """Who can delete a snapshot before its time: with `governance` whoever has the right to bypass the lock, with
    `compliance` nobody: the bucket cannot be destroyed before the last one's time."""


class EtcdClientSettings(Settings):
    """Pods that use it."""

    namespace: _Name
    """Where they live."""

    app: _Name
    """Their label `app.kubernetes.io/name`, and the name of their certificate."""


class EtcdSettings(Settings):
    """An etcd for what the platform itself remembers; Kubernetes' own is AWS's."""

    enabled: bool = False
    """Whether the stack has it."""

    members: Literal[3, 5] = 3
    """Members: with 3 one may be lost, with 5 two."""

    volume_gib: Annotated[int, Field(ge=4, le=256)] = 20
    """Size of each member's volume, in GiB. It holds the data twice while a member is defragmented."""

    quota_gib: Annotated[int, Field(ge=1, le=8)] = 4
    """Size beyond which it takes no more writes, 1 to 8 GiB, etcd's own advice; at most half of the volume's less 1."""

    snapshots: EtcdSnapshotsSettings = EtcdSnapshotsSettings()
    """The copies outside the cluster."""

    defragmentation: Cron = "41 3 * * 0"
    """When what was deleted is given back to the disk, member by member, as cron writes it, in UTC."""

    clients: tuple[EtcdClientSettings, ...] = ()
    """Who uses it. Each gets a certificate, in the Secret `etcd-client-<app>` of the namespace platform-etcd."""
