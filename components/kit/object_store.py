"""S3 buckets from one builder, so that none is made readable by others, unencrypted, unversioned or without an end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

import pulumi
import pulumi_aws as aws

from components.kit import iam
from components.kit.layer import Layer

# Parts of an upload that never ended are invisible and paid for; a week outlasts every retry.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html
_UNFINISHED_DAYS: Final = 7
_LONGEST_LOCK_DAYS: Final = 36500

Grants: TypeAlias = Callable[[pulumi.Output[str]], Sequence[iam.Statement]]
"""Returns the statements of a bucket's policy beyond the builder's own, given the bucket's ARN."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """How long a bucket keeps what is in it.

    Attributes:
        expire_after_days: Days after which an object is deleted; None where its writer deletes it.
        recover_days: Days for which what was deleted or overwritten can still be brought back.

    Raises:
        ValueError: a number of days is below one, which S3 refuses.

    """

    expire_after_days: int | None = None
    recover_days: int = 30

    def __post_init__(self) -> None:
        for field, days in (("expire_after_days", self.expire_after_days), ("recover_days", self.recover_days)):
            if days is not None and days < 1:
                raise ValueError(f"{field} is {days}: S3 counts lifetimes in days from 1 up")


class LockMode(StrEnum):
    """Who may delete a locked version before its time.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html#object-lock-retention-modes
    """

    GOVERNANCE = "GOVERNANCE"
    """Whoever has `s3:BypassGovernanceRetention` and says so; the provider does, when it empties a bucket."""
    COMPLIANCE = "COMPLIANCE"
    """Nobody, the account's root included: the bucket lives as long as its last version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """How long nobody deletes or overwrites a version that is stored. A bucket has it from its creation, or never.

    Attributes:
        mode: Who may all the same.
        days: From the version's creation.

    Raises:
        ValueError: the days are out of the range that S3 takes.

    """

    mode: LockMode
    days: int

    def __post_init__(self) -> None:
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_DefaultRetention.html, and a hundred years
        if not 1 <= self.days <= _LONGEST_LOCK_DAYS:
            raise ValueError(f"days is {self.days}: S3 locks for 1 to {_LONGEST_LOCK_DAYS} days")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectStore:
    """A bucket.

    Attributes:
        name: Its name, which pods are configured with.
        arn: Its ARN, which permissions name.
        settled: What whoever writes to it must wait for: before, its objects would lack a version, a key or a guard.

    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    settled: Sequence[pulumi.Resource]


def create(
    layer: Layer,
    role: str,
    *,
    key_arn: pulumi.Input[str],
    lifecycle: Lifecycle,
    retain_data: bool,
    lock: Lock | None = None,
    grants: Grants = lambda _: (),
    region: str | None = None,
) -> ObjectStore:
    """Create a private, versioned bucket inside a layer, encrypted under a customer key and reached over TLS only.

    Args:
        layer: The layer it belongs to.
        role: What it is for, the end of its logical names.
        key_arn: The KMS key its objects are encrypted under.
        lifecycle: How long it keeps them.
        retain_data: Whether it is protected against deletion; if not, it is emptied when it is deleted.
        lock: For how long what is stored stays as it is; None for no such promise.
        grants: Who may use it beyond the account's own IAM policies.
        region: Where it is made, if not in the provider's region.

    """
    name = f"{layer.pulumi_resource_name}-{role}"
    bucket = aws.s3.Bucket(
        name,
        force_destroy=not retain_data,
        # Left out, so that buckets made without keep their inputs.
        object_lock_enabled=True if lock else None,
        region=region,
        tags={"Name": name},
        opts=layer.child(protect=retain_data),
    )
    private, owned = _privacy(layer, name, bucket, region)
    versioned = aws.s3.BucketVersioning(
        name,
        bucket=bucket.id,
        region=region,
        versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
        opts=layer.child(),
    )
    encrypted = _encryption(layer, name, bucket, key_arn, region)
    _lifetimes(layer, name, bucket, lifecycle, versioned, region)
    policy = _policy(layer, name, bucket, grants, private, region)
    locked = [_retention(layer, name, bucket, lock, versioned, region)] if lock else []
    return ObjectStore(name=bucket.id, arn=bucket.arn, settled=(private, owned, versioned, encrypted, policy, *locked))


def tls_only(arn: pulumi.Output[str]) -> iam.Statement:
    """Refuse whatever comes unencrypted, whoever sends it.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """
    return iam.Statement(
        sid="TlsOnly",
        effect="Deny",
        actions=["s3:*"],
        resources=[arn, pulumi.Output.concat(arn, "/*")],
        principals={"AWS": ["*"]},
        conditions={"Bool": {"aws:SecureTransport": ["false"]}},
    )


def _policy(
    layer: Layer,
    name: str,
    bucket: aws.s3.Bucket,
    grants: Grants,
    private: aws.s3.BucketPublicAccessBlock,
    region: str | None,
) -> aws.s3.BucketPolicy:
    return aws.s3.BucketPolicy(
        f"{name}-policy",
        bucket=bucket.id,
        region=region,
        policy=iam.document([tls_only(bucket.arn), *grants(bucket.arn)]),
        # S3 answers with a conflict when both are put at once.
        opts=layer.child(depends_on=[private]),
    )


def _privacy(
    layer: Layer, name: str, bucket: aws.s3.Bucket, region: str | None
) -> tuple[aws.s3.BucketPublicAccessBlock, aws.s3.BucketOwnershipControls]:
    private = aws.s3.BucketPublicAccessBlock(
        name,
        bucket=bucket.id,
        region=region,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=layer.child(),
    )
    # ACLs are off: whoever writes an object, the account owns it.
    owned = aws.s3.BucketOwnershipControls(
        name,
        bucket=bucket.id,
        region=region,
        rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
        opts=layer.child(),
    )
    return private, owned


def _encryption(
    layer: Layer, name: str, bucket: aws.s3.Bucket, key_arn: pulumi.Input[str], region: str | None
) -> aws.s3.BucketServerSideEncryptionConfiguration:
    return aws.s3.BucketServerSideEncryptionConfiguration(
        name,
        bucket=bucket.id,
        region=region,
        rules=[
            aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                apply_server_side_encryption_by_default=(
                    aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                        sse_algorithm="aws:kms", kms_master_key_id=key_arn
                    )
                ),
                # One call to KMS for many objects instead of one for each.
                bucket_key_enabled=True,
            )
        ],
        opts=layer.child(),
    )


def _retention(
    layer: Layer,
    name: str,
    bucket: aws.s3.Bucket,
    lock: Lock,
    versioned: aws.s3.BucketVersioning,
    region: str | None,
) -> aws.s3.BucketObjectLockConfiguration:
    retention = aws.s3.BucketObjectLockConfigurationRuleDefaultRetentionArgs(mode=lock.mode, days=lock.days)
    return aws.s3.BucketObjectLockConfiguration(
        name,
        bucket=bucket.id,
        region=region,
        rule=aws.s3.BucketObjectLockConfigurationRuleArgs(default_retention=retention),
        opts=layer.child(depends_on=[versioned]),
    )


def _lifetimes(
    layer: Layer,
    name: str,
    bucket: aws.s3.Bucket,
    lifecycle: Lifecycle,
    versioned: aws.s3.BucketVersioning,
    region: str | None,
) -> None:
    expiration = (
        # It also removes the markers that deletions leave in a versioned bucket.
        aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=lifecycle.expire_after_days)
        if lifecycle.expire_after_days
        else aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(expired_object_delete_marker=True)
    )
    aws.s3.BucketLifecycleConfiguration(
        name,
        bucket=bucket.id,
        region=region,
        rules=[
            aws.s3.BucketLifecycleConfigurationRuleArgs(
                id="lifetimes",
                status="Enabled",
                filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                expiration=expiration,
                noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                    noncurrent_days=lifecycle.recover_days
                ),
                abort_incomplete_multipart_upload=(
                    aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                        days_after_initiation=_UNFINISHED_DAYS
                    )
                ),
            )
        ],
        opts=layer.child(depends_on=[versioned]),
    )
