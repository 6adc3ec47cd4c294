"""Copies of a bucket in another region: made by a role that can do this and nothing else, and measured by S3 itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.kit import iam, object_store, replication_alarms
from components.kit.identity import Account
from components.kit.layer import Layer
from components.kit.object_store import Lifecycle, Lock, ObjectStore
from components.kit.replication_alarms import Topics, Watched

# The only time that S3 promises, and the only threshold it has.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html
_IN_TIME_MINUTES: Final = 15
_EVERYTHING: Final = "everything"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end of a replication.

    Attributes:
        store: The bucket, whose versions are kept.
        key_arn: The KMS key of its objects.
        region: Where it is.

    """

    store: ObjectStore
    key_arn: pulumi.Output[str]
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What a copy of a bucket in another region is like.

    Attributes:
        region: Where it is.
        description: What its key is for, as the console shows it.
        key_policy: Who may use its key.
        primary_key_arn: The key of several regions that its key is a replica of; None for a key of its own.
        deletion_window_days: Days between its key's deletion and its end.
        lifecycle: How long it keeps objects.
        lock: For how long versions stay as they are; as at the source.
        retain_data: Whether it is protected against deletion.
        follow_deletions: Whether a deletion at the source (a marker, never a version) is copied.
        topics: Who is told when something is not copied, or late.

    """

    region: str
    description: str
    key_policy: pulumi.Input[str]
    primary_key_arn: pulumi.Input[str] | None = None
    deletion_window_days: int
    lifecycle: Lifecycle
    lock: Lock | None
    retain_data: bool
    follow_deletions: bool
    topics: Topics


def copied(layer: Layer, *, account: Account, source: End, copy: Copy) -> End:
    """Make a copy of a bucket in another region, with a key that is there, and return it. A layer has one at most."""
    name = f"{layer.pulumi_resource_name}-replica"
    key = _key(layer, name, copy)
    store = object_store.create(
        layer,
        "replica",
        key_arn=key.arn,
        lifecycle=copy.lifecycle,
        retain_data=copy.retain_data,
        # A bucket that locks is copied to one that does, or not at all; each version brings its lock along.
        lock=copy.lock,
        region=copy.region,
    )
    target = End(store=store, key_arn=key.arn, region=copy.region)
    create(layer, "replication", account=account, source=source, target=target, follow_deletions=copy.follow_deletions)
    watched = Watched(
        rule=_EVERYTHING,
        source=source.store.name,
        target=store.name,
        region=copy.region,
        promised_minutes=_IN_TIME_MINUTES,
    )
    replication_alarms.create(layer, "replication", watched, copy.topics)
    return target


def _key(layer: Layer, name: str, copy: Copy) -> aws.kms.Key | aws.kms.ReplicaKey:
    opts = layer.child(protect=copy.retain_data)
    if copy.primary_key_arn is not None:
        return aws.kms.ReplicaKey(
            f"{name}-key",
            region=copy.region,
            primary_key_arn=copy.primary_key_arn,
            description=copy.description,
            deletion_window_in_days=copy.deletion_window_days,
            policy=copy.key_policy,
            tags={"Name": name},
            opts=opts,
        )
    return aws.kms.Key(
        f"{name}-key",
        region=copy.region,
        description=copy.description,
        enable_key_rotation=True,
        deletion_window_in_days=copy.deletion_window_days,
        policy=copy.key_policy,
        tags={"Name": name},
        opts=opts,
    )


def create(
    layer: Layer, role: str, *, account: Account, source: End, target: End, follow_deletions: bool
) -> Sequence[pulumi.Resource]:
    """Have everything that is stored from now on copied, and return what a writer must wait for.

    What was stored before is not copied: S3 begins with the configuration.

    Args:
        layer: The layer the replication belongs to.
        role: What it is for, the end of its logical names.
        account: Of both buckets.
        source: What is copied.
        target: Where to, in another region. If the source locks its versions, it must, too.
        follow_deletions: Whether a deletion (a marker above the versions, never the versions) is copied.

    """
    name = f"{layer.pulumi_resource_name}-{role}"
    copier = aws.iam.Role(
        name,
        assume_role_policy=_trust(account, source.store.arn),
        description="S3 copies objects to another region",
        permissions_boundary=account.permissions_boundary_arn,
        opts=layer.child(),
    )
    granted = aws.iam.RolePolicy(
        name, role=copier.name, policy=iam.document(permissions(source, target)), opts=layer.child()
    )
    configuration = aws.s3.BucketReplicationConfig(
        name,
        bucket=source.store.name,
        role=copier.arn,
        rules=[_rule(target, follow_deletions=follow_deletions)],
        # S3 refuses it for a bucket without versions, at either end.
        opts=layer.child(depends_on=[granted, *source.store.settled, *target.store.settled]),
    )
    return (configuration,)


def permissions(source: End, target: End) -> list[iam.Statement]:
    """Let S3 read every version at the source with its lock, and write copies at the target, each under its end's key.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html,
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
    """

    def through_s3(sid: str, action: str, end: End) -> iam.Statement:
        return iam.Statement(
            sid=sid,
            actions=[action],
            resources=[end.key_arn],
            conditions={"StringEquals": {"kms:ViaService": [f"s3.{end.region}.amazonaws.com"]}},
        )

    return [
        iam.Statement(
            sid="FindWhatIsToBeCopied",
            actions=["s3:GetReplicationConfiguration", "s3:ListBucket"],
            resources=[source.store.arn],
        ),
        iam.Statement(
            sid="ReadVersions",
            actions=[
                "s3:GetObjectVersionForReplication",
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionTagging",
                "s3:GetObjectRetention",
                "s3:GetObjectLegalHold",
            ],
            resources=[pulumi.Output.concat(source.store.arn, "/*")],
        ),
        iam.Statement(
            sid="WriteCopies",
            actions=["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
            resources=[pulumi.Output.concat(target.store.arn, "/*")],
        ),
        through_s3("DecryptAtTheSource", "kms:Decrypt", source),
        through_s3("EncryptAtTheTarget", "kms:Encrypt", target),
    ]


def _trust(account: Account, bucket: pulumi.Output[str]) -> pulumi.Output[str]:
    return iam.document(
        [
            iam.Statement(
                sid="ThisBucketOnly",
                actions=["sts:AssumeRole"],
                principals={"Service": ["s3.amazonaws.com"]},
                conditions={
                    "StringEquals": {"aws:SourceAccount": [account.id]},
                    "ArnEquals": {"aws:SourceArn": [bucket]},
                },
            )
        ]
    )


def _rule(target: End, *, follow_deletions: bool) -> aws.s3.BucketReplicationConfigRuleArgs:
    return aws.s3.BucketReplicationConfigRuleArgs(
        id=_EVERYTHING,
        status="Enabled",
        priority=0,
        filter=aws.s3.BucketReplicationConfigRuleFilterArgs(prefix=""),
        delete_marker_replication=aws.s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs(
            status="Enabled" if follow_deletions else "Disabled"
        ),
        # Without, S3 leaves out whatever is encrypted under a KMS key: everything.
        source_selection_criteria=aws.s3.BucketReplicationConfigRuleSourceSelectionCriteriaArgs(
            sse_kms_encrypted_objects=(
                aws.s3.BucketReplicationConfigRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs(status="Enabled")
            )
        ),
        destination=aws.s3.BucketReplicationConfigRuleDestinationArgs(
            bucket=target.store.arn,
            encryption_configuration=aws.s3.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs(
                replica_kms_key_id=target.key_arn
            ),
            # Else nobody promises when a copy is there, and a recovery would begin from what happens to be.
            replication_time=aws.s3.BucketReplicationConfigRuleDestinationReplicationTimeArgs(
                status="Enabled",
                time=aws.s3.BucketReplicationConfigRuleDestinationReplicationTimeTimeArgs(minutes=_IN_TIME_MINUTES),
            ),
            # What is late and what failed, as metrics of CloudWatch and events of the bucket.
            metrics=aws.s3.BucketReplicationConfigRuleDestinationMetricsArgs(
                status="Enabled",
                event_threshold=aws.s3.BucketReplicationConfigRuleDestinationMetricsEventThresholdArgs(
                    minutes=_IN_TIME_MINUTES
                ),
            ),
        ),
    )
