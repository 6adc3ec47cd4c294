"""Rules about what holds data outside buckets: disks, file systems, secrets, tables and messages."""

from collections.abc import Iterator
from typing import Final

from policies.expect import expect, given, off, on
from policies.rule import Finding, Parameters, ResourceRule
from policies.values import Properties, Unknown, flag, read

_SECRET: Final = ("aws:secretsmanager/secret:Secret",)


class Recovery(Parameters):
    """How long a mistake can be taken back."""

    minimum_days: int = 7
    """For how many days a deleted secret must be recoverable."""


def _queue(queue: Properties) -> Iterator[Finding]:
    key = read(queue, "kmsMasterKeyId")
    if isinstance(key, Unknown):
        yield key
    elif not key:
        # SQS encrypts new queues with a key of its own unless it is told not to.
        managed = flag(read(queue, "sqsManagedSseEnabled", default=True))
        if isinstance(managed, Unknown):
            yield managed
        elif not managed:
            yield "messages lie in the clear; set kmsMasterKeyId, or sqsManagedSseEnabled to true"


def _recovery(secret: Properties, recovery: Recovery) -> Iterator[Finding]:
    days = read(secret, "recoveryWindowInDays", default=30)
    if isinstance(days, Unknown):
        yield days
    elif days < recovery.minimum_days:
        yield f"a deleted secret lasts {days:.0f} days; set recoveryWindowInDays to at least {recovery.minimum_days}"


RULES: Final = (
    ResourceRule(
        name="ebs-encrypted",
        why="A disk in the clear, or a snapshot of it, can be attached and read wherever it is copied to.",
        types=("aws:ebs/volume:Volume",),
        check=on("encrypted", default=False, fault="the volume is not encrypted; set encrypted to true"),
        references=("AWS Security Hub: EC2.3",),
    ),
    ResourceRule(
        name="ebs-encrypted-by-default",
        why="A region that encrypts only what it is told to has disks in the clear that nobody wrote down.",
        types=("aws:ebs/encryptionByDefault:EncryptionByDefault",),
        check=on("enabled", default=True, fault="new volumes are made in the clear; set enabled to true"),
        references=("AWS Security Hub: EC2.7",),
    ),
    ResourceRule(
        name="efs-encrypted",
        why="A file system's encryption is chosen when it is made and never again.",
        types=("aws:efs/fileSystem:FileSystem",),
        check=on("encrypted", default=False, fault="the file system is not encrypted; set encrypted to true"),
        references=("AWS Security Hub: EFS.1", "hardeneks: use_encryption_with_efs"),
    ),
    ResourceRule(
        name="secret-key",
        why="With a key of our own, reading a secret needs two permissions, and both are on record.",
        types=_SECRET,
        check=given("kmsKeyId", fault="the secret is encrypted with the account's default key; set kmsKeyId"),
        references=("AWS Secrets Manager User Guide: secret encryption and decryption",),
    ),
    ResourceRule(
        name="secret-recovery",
        why="A secret that is deleted by mistake takes along whatever it opens.",
        types=_SECRET,
        check=_recovery,
        parameters=Recovery(),
        references=("AWS Secrets Manager User Guide: delete a secret",),
    ),
    ResourceRule(
        name="sqs-encrypted",
        why="Messages wait on disks that are not ours.",
        types=("aws:sqs/queue:Queue",),
        check=_queue,
        references=("AWS Security Hub: SQS.1",),
    ),
    ResourceRule(
        name="sns-encrypted",
        why="A topic keeps what it could not deliver yet, in the clear unless it has a key.",
        types=("aws:sns/topic:Topic",),
        check=given("kmsMasterKeyId", fault="messages lie in the clear; set kmsMasterKeyId"),
        references=("AWS Security Hub: SNS.1",),
    ),
    ResourceRule(
        name="dynamodb-recovery",
        why="A table has no trash: what a wrong loop deletes is back only from a point in time that was kept.",
        types=("aws:dynamodb/table:Table",),
        check=on(
            "pointInTimeRecovery",
            "enabled",
            default=False,
            fault="no earlier state of the table is kept; set pointInTimeRecovery.enabled to true",
        ),
        references=("AWS Security Hub: DynamoDB.2",),
    ),
    ResourceRule(
        name="s3-force-destroy",
        why="A bucket that is emptied when its resource goes takes one wrong line to lose.",
        types=("aws:s3/bucket:Bucket",),
        check=off(
            "forceDestroy", default=False, fault="destroying the bucket deletes all in it; set forceDestroy to false"
        ),
        references=("Pulumi Registry: aws.s3.Bucket, forceDestroy",),
    ),
    ResourceRule(
        name="s3-acls",
        why="Access lists on single objects are a second, forgotten way to give them away.",
        types=("aws:s3/bucketOwnershipControls:BucketOwnershipControls",),
        check=expect(
            "rule",
            "objectOwnership",
            default="ObjectWriter",
            fault="access lists decide who reads objects ({value}); set rule.objectOwnership to BucketOwnerEnforced",
            accept=lambda value: value == "BucketOwnerEnforced",
        ),
        references=("AWS Security Hub: S3.12",),
    ),
)
