"""The place for the etcd's snapshots: a bucket that its jobs add to, and its copy in another region."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionSettings, administration
from components.kit import iam, object_clients, snapshot_store
from components.kit.identity import ServiceAccount
from components.kit.layer import Layer
from components.kit.object_clients import Access, Bucket
from components.kit.replication_alarms import Topics
from components.observability.etcd.settings import MAINTENANCE_ACCOUNT, NAMESPACE, EtcdSettings


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
    copies_topics: Topics,
    retain_data: bool,
) -> Snapshots:
    """Make the bucket with its key, its copy if there is to be one, and the right to add to it, within a layer."""
    policy = iam.document([administration(account)])
    key_arn = _key(layer, policy, encryption, retain_data=retain_data)
    kept = snapshot_store.create(
        layer,
        key_arn=key_arn,
        days=settings.snapshots.retention_days,
        mode=settings.snapshots.lock,
        retain_data=retain_data,
    )
    replica_bucket = pulumi.Output.from_input("")
    if copies_region:
        copy = kept.copied(
            layer,
            copies_region,
            account=account,
            description="Snapshots of the platform's etcd, copied from another region",
            key_policy=policy,
            deletion_window_days=encryption.deletion_window_days,
            topics=copies_topics,
        )
        replica_bucket = copy.store.name
    role = object_clients.pod_role(
        layer,
        "maintenance",
        account=account,
        service_account=ServiceAccount(cluster=cluster.name, namespace=NAMESPACE, name=MAINTENANCE_ACCOUNT),
        bucket=Bucket(name=kept.bucket.name, arn=kept.bucket.arn, key_arn=key_arn),
        access=Access.ADD,
    )
    return Snapshots(
        bucket=kept.bucket.name, replica_bucket=replica_bucket, settled=[*role.complete, *kept.bucket.settled]
    )


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
