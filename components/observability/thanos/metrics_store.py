"""Where metrics are kept for years: the bucket, who may upload to it, and how each client is told where it is."""

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionSettings, administration
from components.kit import iam, monitoring, object_clients, object_store
from components.kit.identity import ServiceAccount
from components.kit.layer import Layer
from components.kit.object_clients import Access, Bucket, Dialect
from components.observability.thanos.settings import (
    NAMESPACE,
    OBJECTS_KEY,
    OBJECTS_SECRET,
    SIDECAR_ACCOUNT,
    ThanosSettings,
)

GRACE_DAYS: Final = 30
"""Days beyond the longest retention after which the bucket itself deletes. By then the compactor has, unless it halted:
it looks every 5 minutes, and waits 48 hours between marking a block and deleting it.
https://thanos.io/tip/components/compact.md/#flags"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsStoreOutputs:
    """The bucket as its clients need to know it.

    Attributes:
        bucket_name: Its name.
        bucket_arn: Its ARN.
        key_arn: The KMS key its objects are encrypted under.
        configuration: The Secret, in Thanos' and in Prometheus' namespace, with Thanos' configuration of it.

    """

    bucket_name: pulumi.Output[str]
    bucket_arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]
    configuration: pulumi.Output[str]

    @property
    def bucket(self) -> Bucket:
        """The bucket, for `object_clients`."""
        return Bucket(name=self.bucket_name, arn=self.bucket_arn, key_arn=self.key_arn)


class MetricsStore(Layer, kind="platform:observability:MetricsStore"):
    """A bucket under a key of its own, the sidecars' right to upload to it, and its name for all who need it."""

    def __init__(
        self,
        name: str,
        settings: ThanosSettings,
        *,
        account: AccountSettings,
        encryption: EncryptionSettings,
        cluster: ClusterOutputs,
        retain_data: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        key = aws.kms.Key(
            f"{name}-key",
            description="Metrics that are kept",
            enable_key_rotation=True,
            deletion_window_in_days=encryption.deletion_window_days,
            policy=iam.document([administration(account)]),
            tags={"Name": f"{name}-key"},
            opts=self.child(protect=retain_data),
        )
        aws.kms.Alias(f"{name}-key", target_key_id=key.key_id, opts=self.child())
        store = object_store.create(
            self, "blocks", key_arn=key.arn, lifecycle=lifecycle(settings), retain_data=retain_data
        )
        bucket = Bucket(name=store.name, arn=store.arn, key_arn=key.arn)
        object_clients.pod_role(
            self,
            "sidecar",
            account=account,
            service_account=ServiceAccount(cluster=cluster.name, namespace=monitoring.NAMESPACE, name=SIDECAR_ACCOUNT),
            bucket=bucket,
            access=Access.WRITE,
        )
        for namespace in (NAMESPACE, monitoring.NAMESPACE):
            kubernetes.core.v1.Secret(
                f"{name}-{namespace}",
                metadata=kubernetes.meta.v1.ObjectMetaArgs(name=OBJECTS_SECRET, namespace=namespace),
                string_data={OBJECTS_KEY: object_clients.configuration(Dialect.THANOS, bucket, account.region)},
                # Whoever has the Secret may write at once.
                opts=self.child(depends_on=store.settled),
            )
        self.outputs = self.publish(
            MetricsStoreOutputs(
                bucket_name=store.name,
                bucket_arn=store.arn,
                key_arn=key.arn,
                configuration=pulumi.Output.from_input(OBJECTS_SECRET),
            )
        )


def lifecycle(settings: ThanosSettings) -> object_store.Lifecycle:
    """Return how long the bucket keeps blocks: longer than any compactor does, so that it takes none away from one.

    S3 counts from the day an object is stored, a compactor from the last sample in a block, which is older.
    """
    return object_store.Lifecycle(
        expire_after_days=settings.longest_days + GRACE_DAYS, recover_days=settings.recover_days
    )
