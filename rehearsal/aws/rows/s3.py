"""S3: buckets and what is configured on them."""

from typing import Final

from rehearsal.aws.table import AutomaticName, Call, Row

_BUCKET: Final = {"Bucket": "{bucket}"}

# Each of these has had a resource of its own since the provider's version 4; the inputs inside the bucket are old.
_OWN_RESOURCES: Final = {
    "accelerationStatus": "BucketAccelerateConfiguration",
    "acl": "BucketAcl",
    "corsRules": "BucketCorsConfiguration",
    "grants": "BucketAcl",
    "lifecycleRules": "BucketLifecycleConfiguration",
    "logging": "BucketLogging",
    "objectLockConfiguration": "BucketObjectLockConfiguration",
    "policy": "BucketPolicy",
    "replicationConfiguration": "BucketReplicationConfig",
    "requestPayer": "BucketRequestPaymentConfiguration",
    "serverSideEncryptionConfiguration": "BucketServerSideEncryptionConfiguration",
    "versioning": "BucketVersioning",
    "website": "BucketWebsiteConfiguration",
}

BUCKET: Final = Row(
    type="aws:s3/bucket:Bucket",
    service="s3",
    create=Call(
        operation="CreateBucket",
        members={"objectLockEnabled": "ObjectLockEnabledForBucket"},
        fixed={"CreateBucketConfiguration": "{location}"},
    ),
    identifier="{bucket}",
    further=(Call(operation="PutBucketTagging", takes=("tags",), members={"tags": "Tagging.TagSet"}, fixed=_BUCKET),),
    attributes={
        "arn": "arn:{partition}:s3:::{bucket}",
        "bucketDomainName": "{bucket}.s3.{suffix}",
        "bucketRegion": "{region}",
        "bucketRegionalDomainName": "{bucket}.s3.{region}.{suffix}",
        "grants": "=`[]`",
    },
    delete=(Call(operation="DeleteBucket", fixed=_BUCKET),),
    own={
        "bucketPrefix": "the provider's own: it becomes the beginning of the name",
        "forceDestroy": "the provider's own: it deletes the objects before the bucket",
    },
    not_rehearsed={name: f"use aws.s3.{resource}" for name, resource in _OWN_RESOURCES.items()},
    immutable=("bucket", "bucketPrefix", "bucketNamespace", "objectLockEnabled"),
    name=AutomaticName(property="bucket", lowercase=True),
)

VERSIONING: Final = Row(
    type="aws:s3/bucketVersioning:BucketVersioning",
    service="s3",
    create=Call(operation="PutBucketVersioning"),
    identifier="{bucket}",
    updates=(Call(operation="PutBucketVersioning", takes=("*",), fixed=_BUCKET),),
    # A bucket never forgets that it had versions; the provider suspends them.
    delete=(
        Call(
            operation="PutBucketVersioning",
            fixed={**_BUCKET, "VersioningConfiguration": {"Status": "Suspended"}},
        ),
    ),
    immutable=("bucket", "expectedBucketOwner"),
)

ENCRYPTION: Final = Row(
    type="aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    service="s3",
    create=Call(operation="PutBucketEncryption", members={"rules": "ServerSideEncryptionConfiguration.Rules"}),
    identifier="{bucket}",
    updates=(
        Call(
            operation="PutBucketEncryption",
            takes=("rules",),
            members={"rules": "ServerSideEncryptionConfiguration.Rules"},
            fixed=_BUCKET,
        ),
    ),
    delete=(Call(operation="DeleteBucketEncryption", fixed=_BUCKET),),
    immutable=("bucket", "expectedBucketOwner"),
    references={"rules.applyServerSideEncryptionByDefault.kmsMasterKeyId": "key"},
)

PUBLIC_ACCESS_BLOCK: Final = Row(
    type="aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    service="s3",
    create=Call(operation="PutPublicAccessBlock", container="PublicAccessBlockConfiguration"),
    identifier="{bucket}",
    updates=(
        Call(operation="PutPublicAccessBlock", takes=("*",), container="PublicAccessBlockConfiguration", fixed=_BUCKET),
    ),
    delete=(Call(operation="DeletePublicAccessBlock", fixed=_BUCKET),),
    own={"skipDestroy": "the provider's own: it keeps the block at deletion"},
    immutable=("bucket",),
)

POLICY: Final = Row(
    type="aws:s3/bucketPolicy:BucketPolicy",
    service="s3",
    create=Call(operation="PutBucketPolicy"),
    identifier="{bucket}",
    updates=(Call(operation="PutBucketPolicy", takes=("policy",), fixed=_BUCKET),),
    delete=(Call(operation="DeleteBucketPolicy", fixed=_BUCKET),),
    immutable=("bucket",),
)

LIFECYCLE: Final = Row(
    type="aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    service="s3",
    create=Call(operation="PutBucketLifecycleConfiguration", members={"rules": "LifecycleConfiguration.Rules"}),
    identifier="{bucket}",
    updates=(
        Call(
            operation="PutBucketLifecycleConfiguration",
            takes=("rules",),
            members={"rules": "LifecycleConfiguration.Rules"},
            fixed=_BUCKET,
        ),
    ),
    delete=(Call(operation="DeleteBucketLifecycle", fixed=_BUCKET),),
    immutable=("bucket", "expectedBucketOwner"),
)

OWNERSHIP: Final = Row(
    type="aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    service="s3",
    create=Call(operation="PutBucketOwnershipControls", members={"rule": "OwnershipControls.Rules[]"}),
    identifier="{bucket}",
    updates=(
        Call(
            operation="PutBucketOwnershipControls",
            takes=("rule",),
            members={"rule": "OwnershipControls.Rules[]"},
            fixed=_BUCKET,
        ),
    ),
    delete=(Call(operation="DeleteBucketOwnershipControls", fixed=_BUCKET),),
    immutable=("bucket",),
)

OBJECT_LOCK: Final = Row(
    type="aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    service="s3",
    create=Call(
        operation="PutObjectLockConfiguration",
        members={
            "objectLockEnabled": "ObjectLockConfiguration.ObjectLockEnabled",
            "rule": "ObjectLockConfiguration.Rule",
        },
        # The provider's default, and AWS's only value.
        implied={"rule": {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}},
    ),
    identifier="{bucket}",
    updates=(
        Call(
            operation="PutObjectLockConfiguration",
            takes=("rule",),
            members={"rule": "ObjectLockConfiguration.Rule"},
            fixed=_BUCKET,
            implied={"rule": {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}},
        ),
    ),
    # A bucket never forgets that it locks; the provider takes the rule away.
    delete=(
        Call(
            operation="PutObjectLockConfiguration",
            fixed={**_BUCKET, "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}},
        ),
    ),
    immutable=("bucket", "expectedBucketOwner"),
)

REPLICATION: Final = Row(
    type="aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    service="s3",
    create=Call(
        operation="PutBucketReplication",
        members={"role": "ReplicationConfiguration.Role", "rules": "ReplicationConfiguration.Rules"},
    ),
    identifier="{bucket}",
    updates=(
        Call(
            operation="PutBucketReplication",
            takes=("role", "rules"),
            members={"role": "ReplicationConfiguration.Role", "rules": "ReplicationConfiguration.Rules"},
            fixed=_BUCKET,
        ),
    ),
    delete=(Call(operation="DeleteBucketReplication", fixed=_BUCKET),),
    immutable=("bucket",),
    references={"role": "role"},
)

ROWS: Final = (
    BUCKET,
    VERSIONING,
    ENCRYPTION,
    PUBLIC_ACCESS_BLOCK,
    POLICY,
    LIFECYCLE,
    OWNERSHIP,
    OBJECT_LOCK,
    REPLICATION,
)
