"""Where snapshots of a system's state are kept: a bucket that locks each for its time, and its copy elsewhere."""

from dataclasses import dataclass
from enum import StrEnum

import pulumi

from components.kit import object_store, replication
from components.kit.identity import Account
from components.kit.layer import Layer
from components.kit.object_store import Lifecycle, Lock, LockMode, ObjectStore
from components.kit.replication import Copy, End
from components.kit.replication_alarms import Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotStore:
    """Where snapshots are kept.

    Attributes:
        bucket: Their bucket.
        key_arn: The KMS key they are encrypted under.
        days: For how long each is kept, and locked.
        mode: Who may delete one before its time all the same.
        retain_data: Whether bucket and copy are protected against deletion.

    """

    bucket: ObjectStore
    key_arn: pulumi.Output[str]
    days: int
    mode: LockMode
    retain_data: bool

    def copied(
        self,
        layer: Layer,
        region: str,
        *,
        account: Account,
        description: str,
        key_policy: pulumi.Input[str],
        deletion_window_days: int,
        topics: Topics,
    ) -> End:
        """Make the copy in another region, under a key of that region, within the layer of the bucket.

        Args:
            layer: The layer.
            region: Where the copy is.
            account: Of both buckets.
            description: What the copy's key is for, as the console shows it.
            key_policy: Who may use that key.
            deletion_window_days: Days between its deletion and its end.
            topics: Who is told when something is not copied, or late.

        """
        copy = Copy(
            region=region,
            description=description,
            key_policy=key_policy,
            deletion_window_days=deletion_window_days,
            lifecycle=_lifecycle(self.days),
            lock=Lock(mode=self.mode, days=self.days),
            retain_data=self.retain_data,
            # Nobody deletes a snapshot but its age, which each bucket counts for itself.
            follow_deletions=False,
            topics=topics,
        )
        source = End(store=self.bucket, key_arn=self.key_arn, region=account.region)
        return replication.copied(layer, account=account, source=source, copy=copy)


def create(layer: Layer, *, key_arn: pulumi.Output[str], days: int, mode: StrEnum, retain_data: bool) -> SnapshotStore:
    """Make the bucket within a layer, which has one at most.

    Args:
        layer: The layer.
        key_arn: The KMS key that snapshots are encrypted under.
        days: For how long each is kept, and locked.
        mode: Who may delete one before its time all the same: what settings call as `LockMode` does.
        retain_data: Whether it is protected against deletion.

    """
    known = LockMode[mode.name]
    bucket = object_store.create(
        layer,
        "snapshots",
        key_arn=key_arn,
        lifecycle=_lifecycle(days),
        lock=Lock(mode=known, days=days),
        retain_data=retain_data,
    )
    return SnapshotStore(bucket=bucket, key_arn=key_arn, days=days, mode=known, retain_data=retain_data)


def _lifecycle(days: int) -> Lifecycle:
    return Lifecycle(expire_after_days=days, recover_days=1)
