"""The place for the etcd's snapshots: a bucket that its jobs add to, and its copy in another region."""

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionSettings, administration
from components.kit import iam, object_clients, object_store, replication
from components.kit.identity import ServiceAccount
from components.kit.layer import Layer
from components.kit.object_clients import Access, Bucket
from components.kit.replication import Copy, End
from components.observability.etcd.settings import MAINTENANCE_ACCOUNT, NAMESPACE, EtcdSettings, LockMode

_MODES: Final = {
    LockMode.GOVERNANCE: object_store.LockMode.GOVERNANCE,
    LockMode.COMPLIANCE: object_store.LockMode.COMPLIANCE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshots:
    """Where snapshots are.

    Attributes:
        bucket: The bucket's name.
        replica_bucket: The copy's name; empty where there is none.
        settled: What a job that stores one must wait for.

    """

    bucket: pulumi.Output[str]
    replica_bucket: pulumi.Output[str]
    settled: list[pulumi.Resource]


def create(
    layer: Layer,
    settings: EtcdSettings,
    *,
    account: AccountSettings,
    encryption: EncryptionSettings,
    cluster: ClusterOutputs,
    copies_region: str | None,
    retain_data: bool,
) -> Snapshots:
    """Make the bucket with its key, its copy if there is to be one, and the right to add to it, within a layer."""
    policy = iam.document([administration(account)])
    key_arn = _key(layer, policy, encryption, retain_data=retain_data)
    days = settings.snapshots.retention_days
    lifecycle = object_store.Lifecycle(expire_after_days=days, recover_days=1)
    lock = object_store.Lock(mode=_MODES[settings.snapshots.lock], days=days)
    store = object_store.create(
        layer, "snapshots", key_arn=key_arn, lifecycle=lifecycle, lock=lock, retain_data=retain_data
    )
    replica_bucket = pulumi.Output.from_input("")
    if copies_region:
        copy = Copy(
            region=copies_region,
            description="Snapshots of the platform's etcd, copied from another region",
            key_policy=policy,
            deletion_window_days=encryption.deletion_window_days,
            lifecycle=lifecycle,
            lock=lock,
            retain_data=retain_data,
            # Nobody deletes a snapshot but its age, which each bucket counts for itself.
            follow_deletions=False,
        )
        source = End(store=store, key_arn=key_arn, region=account.region)
        replica_bucket = replication.copied(layer, account=account, source=source, copy=copy).store.name
    role = object_clients.pod_role(
        layer,
        "maintenance",
        account=account,
        service_account=ServiceAccount(cluster=cluster.name, namespace=NAMESPACE, name=MAINTENANCE_ACCOUNT),
        bucket=Bucket(name=store.name, arn=store.arn, key_arn=key_arn),
        access=Access.ADD,
    )
    return Snapshots(bucket=store.name, replica_bucket=replica_bucket, settled=[*role.complete, *store.settled])


def _key(
    layer: Layer, policy: pulumi.Output[str], encryption: EncryptionSettings, *, retain_data: bool
) -> pulumi.Output[str]:
    name = layer.pulumi_resource_name
    key = aws.kms.Key(
        f"{name}-key",
        description="Snapshots of the platform's etcd",
        enable_key_rotation=True,
        deletion_window_in_days=encryption.deletion_window_days,
        policy=policy,
        tags={"Name": f"{name}-key"},
        opts=layer.child(protect=retain_data),
    )
    aws.kms.Alias(f"{name}-key", target_key_id=key.key_id, opts=layer.child())
    return key.arn
