"""Where backups are: a bucket under a key of its own, and its copy in another region."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionSettings, administration
from components.kit import iam, object_store, replication
from components.kit.layer import Layer
from components.kit.object_clients import Bucket
from components.kit.replication import Copy, End
from components.resilience.backup.settings import BackupSettings, ReplicaSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupStoreOutputs:
    """The bucket as its clients need to know it, and its copy.

    Attributes:
        bucket_name: Its name.
        bucket_arn: Its ARN.
        key_arn: The KMS key its objects are encrypted under.
        replica_bucket_name: The copy's name; empty where there is none.
        replica_key_arn: The key of the copy's objects; empty where there is none.

    """

    bucket_name: pulumi.Output[str]
    bucket_arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]
    replica_bucket_name: pulumi.Output[str]
    replica_key_arn: pulumi.Output[str]

    @property
    def bucket(self) -> Bucket:
        """The bucket, for `object_clients`."""
        return Bucket(name=self.bucket_name, arn=self.bucket_arn, key_arn=self.key_arn)


class BackupStore(Layer, kind="platform:resilience:BackupStore"):
    """A bucket whose objects nobody loses by accident, and where the stack wants it, the same far away."""

    def __init__(
        self,
        name: str,
        settings: BackupSettings,
        *,
        account: AccountSettings,
        encryption: EncryptionSettings,
        retain_data: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._account, self._encryption, self._retain_data = account, encryption, retain_data
        self._policy = iam.document([administration(account)])
        key = aws.kms.Key(
            f"{name}-key",
            description="Backups of the cluster",
            enable_key_rotation=True,
            # It costs nothing, and a key of one region stays so: for a copy that is wanted later it would be replaced.
            multi_region=True,
            deletion_window_in_days=encryption.deletion_window_days,
            policy=self._policy,
            tags={"Name": f"{name}-key"},
            opts=self.child(protect=retain_data),
        )
        aws.kms.Alias(f"{name}-key", target_key_id=key.key_id, opts=self.child())
        store = object_store.create(
            self,
            "backups",
            key_arn=key.arn,
            lifecycle=lifecycle(settings),
            retain_data=retain_data,
            lock=lock(settings),
        )
        source = End(store=store, key_arn=key.arn, region=account.region)
        copy = self._replica(settings, settings.store.replica, source) if settings.store.replica else None
        none = pulumi.Output.from_input("")
        self.outputs = self.publish(
            BackupStoreOutputs(
                bucket_name=store.name,
                bucket_arn=store.arn,
                key_arn=key.arn,
                replica_bucket_name=copy.store.name if copy else none,
                replica_key_arn=copy.key_arn if copy else none,
            )
        )

    def _replica(self, settings: BackupSettings, replica: ReplicaSettings, source: End) -> End:
        return replication.copied(
            self,
            account=self._account,
            source=source,
            copy=Copy(
                region=replica.region,
                description="Backups of the cluster, copied from another region",
                key_policy=self._policy,
                primary_key_arn=source.key_arn,
                deletion_window_days=self._encryption.deletion_window_days,
                lifecycle=lifecycle(settings),
                lock=lock(settings),
                retain_data=self._retain_data,
                follow_deletions=replica.follow_deletions,
                topics=replica.topics,
            ),
        )


def lifecycle(settings: BackupSettings) -> object_store.Lifecycle:
    """Return how long the bucket keeps what Velero has deleted, and that it deletes nothing by age.

    Velero and its repositories delete what expired; a block that is years old may be part of today's backup.
    """
    return object_store.Lifecycle(recover_days=settings.store.recover_days)


def lock(settings: BackupSettings) -> object_store.Lock | None:
    """Return the lock of each version: for as long as the longest class keeps a backup."""
    mode = settings.store.lock
    return object_store.Lock(mode=object_store.LockMode[mode.name], days=settings.longest_days) if mode else None
