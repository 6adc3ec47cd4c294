"""Rules about S3 buckets, whose properties are resources of their own: what nobody declared holds by default."""

from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from policies.belonging import by_type, parts_of
from policies.documents import condition_values, principals, statements
from policies.rule import Finding, GraphRule, Parameters, Resource
from policies.values import Properties, Unknown, flag, read, split

_BUCKET: Final = "aws:s3/bucket:Bucket"
_BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_VERSIONING: Final = "aws:s3/bucketVersioning:BucketVersioning"
_ENCRYPTION: Final = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
_LIFECYCLE: Final = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
_LOCK: Final = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
_REPLICATION: Final = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
_FLAGS: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

_DENY: Final = "deny s3:* to everybody where aws:SecureTransport is false"

_Found = Iterator[tuple[str, Finding]]


class Locked(Parameters):
    """What must not be deleted, not even by its owner."""

    buckets: tuple[str, ...] = ("backup-*", "*-snapshots")
    """Globs over the logical names of the buckets that need a lock."""
    minimum_days: int = 7
    """How long an object must stay at least."""


class Copied(Parameters):
    """What must be in two regions."""

    buckets: tuple[str, ...] = ()
    """Globs over the logical names of the buckets that need a copy elsewhere; none unless an environment says so."""


def _each(
    resources: Sequence[Resource], token: str, missing: str, judge: Callable[[Properties], Iterator[Finding]]
) -> _Found:
    """Judge what of a type belongs to each bucket, and say `missing` of a bucket that has none."""
    found = by_type(resources)
    for bucket in found.get(_BUCKET, []):
        parts = list(parts_of(bucket, found.get(token, []), "bucket"))
        for part in parts:
            yield from ((part.urn, finding) for finding in judge(part.inputs))
        if not parts:
            yield bucket.urn, missing


def _public_access(resources: Sequence[Resource]) -> _Found:
    def judge(block: Properties) -> Iterator[Finding]:
        for name in _FLAGS:
            value = flag(read(block, name, default=False))
            if isinstance(value, Unknown):
                yield value
            elif not value:
                yield f"the bucket can be made public, for {name} is off; set {name} to true"

    missing = "nothing keeps the bucket from being made public; add a BucketPublicAccessBlock with all four flags"
    yield from _each(resources, _BLOCK, missing, judge)


def _versioning(resources: Sequence[Resource]) -> _Found:
    def judge(versioning: Properties) -> Iterator[Finding]:
        status = read(versioning, "versioningConfiguration", "status", default="Disabled")
        if isinstance(status, Unknown):
            yield status
        elif status != "Enabled":
            yield (
                f"what is overwritten or deleted is gone (versioning is {status}); "
                "set versioningConfiguration.status to Enabled"
            )

    missing = "what is overwritten or deleted is gone; add a BucketVersioning with the status Enabled"
    yield from _each(resources, _VERSIONING, missing, judge)


def _encryption(resources: Sequence[Resource]) -> _Found:
    def judge(encryption: Properties) -> Iterator[Finding]:
        rules, unknown = split(read(encryption, "rules"))
        yield from unknown
        for rule in rules:
            by_default = read(rule, "applyServerSideEncryptionByDefault", default={})
            algorithm, key = (
                read(by_default, name, default=default)
                for name, default in (("sseAlgorithm", ""), ("kmsMasterKeyId", ""))
            )
            if isinstance(algorithm, Unknown):
                yield algorithm
            elif not str(algorithm).startswith("aws:kms"):
                yield f"objects are encrypted with a key of Amazon's ({algorithm}); set sseAlgorithm to aws:kms"
            elif not key:
                yield "objects are encrypted with the account's default key; set kmsMasterKeyId to a key of the stack"

    missing = (
        "objects are encrypted with a key of Amazon's (AES256); "
        "add a BucketServerSideEncryptionConfiguration with a KMS key"
    )
    yield from _each(resources, _ENCRYPTION, missing, judge)


def _tls_only(resources: Sequence[Resource]) -> _Found:
    def judge(policy: Properties) -> Iterator[Finding]:
        denials = list(statements(read(policy, "policy"), "policy", _denies_plain, "Deny"))
        if "denied" not in denials:
            yield from denials or [f"requests without TLS are answered; let the policy {_DENY}"]

    missing = (
        "requests without TLS are answered; add a BucketPolicy that denies s3:* where aws:SecureTransport is false"
    )
    yield from _each(resources, _POLICY, missing, judge)


def _denies_plain(statement: Properties) -> Iterator[Finding]:
    names, _ = principals(statement)
    actions, _ = split(read(statement, "Action"))
    if "false" in condition_values(statement, "aws:SecureTransport") and "*" in names and {"s3:*", "*"} & set(actions):
        yield "denied"


def _lifecycle(resources: Sequence[Resource]) -> _Found:
    def judge(lifecycle: Properties) -> Iterator[Finding]:
        rules, unknown = split(read(lifecycle, "rules"))
        yield from unknown
        in_force = [rule for rule in rules if read(rule, "status") == "Enabled"]
        if not unknown and not in_force:
            yield "no rule is in force, so that nothing ever ends; set the status of a rule to Enabled"
        if in_force and not any(read(rule, "abortIncompleteMultipartUpload") for rule in in_force):
            yield "uploads that broke off are paid for for ever; set abortIncompleteMultipartUpload in a rule"

    missing = "objects and broken uploads stay for ever; add a BucketLifecycleConfiguration"
    yield from _each(resources, _LIFECYCLE, missing, judge)


def _lock(resources: Sequence[Resource], locked: Locked) -> _Found:
    def judge(lock: Properties) -> Iterator[Finding]:
        retention = read(lock, "rule", "defaultRetention")
        if isinstance(retention, Unknown):
            yield retention
            return
        days, years = read(retention, "days", default=0), read(retention, "years", default=0)
        unknown = [each for each in (days, years) if isinstance(each, Unknown)]
        yield from unknown
        if not unknown and days + 365 * years < locked.minimum_days:
            yield (
                f"objects can be deleted after {days + 365 * years:.0f} days; "
                f"set rule.defaultRetention to {locked.minimum_days} days or more"
            )

    missing = "whoever may write here may delete it all; add a BucketObjectLockConfiguration"
    yield from _each(_chosen(resources, locked.buckets), _LOCK, missing, judge)


def _replication(resources: Sequence[Resource], copied: Copied) -> _Found:
    def judge(replication: Properties) -> Iterator[Finding]:
        rules, unknown = split(read(replication, "rules"))
        yield from unknown
        if not unknown and not any(read(rule, "status") == "Enabled" for rule in rules):
            yield "no rule is in force, so that nothing is copied; set the status of a rule to Enabled"

    missing = "what is here is lost with its region; add a BucketReplicationConfig to a bucket in another one"
    yield from _each(_chosen(resources, copied.buckets), _REPLICATION, missing, judge)


def _chosen(resources: Sequence[Resource], names: Sequence[str]) -> list[Resource]:
    return [
        each for each in resources if each.type != _BUCKET or any(fnmatchcase(each.name, pattern) for pattern in names)
    ]


def _rule(name: str, why: str, token: str, check: Any, **more: Any) -> GraphRule:
    return GraphRule(name=name, why=why, types=(_BUCKET, token), check=check, **more)


RULES: Final = (
    _rule(
        "s3-public-access",
        "A bucket is one careless policy away from the internet unless it is kept from being public at all.",
        _BLOCK,
        _public_access,
        references=("AWS Security Hub: S3.8",),
    ),
    _rule(
        "s3-versioning",
        "Without versions, what a mistake or an intruder overwrites cannot be had back.",
        _VERSIONING,
        _versioning,
        references=("AWS Security Hub: S3.14",),
    ),
    _rule(
        "s3-encryption-key",
        "With a key of our own, reading needs two permissions, and both are on record.",
        _ENCRYPTION,
        _encryption,
        references=("AWS Security Hub: S3.17",),
    ),
    _rule(
        "s3-tls-only",
        "A client that was told http sends data, and signatures, in the clear until it is refused.",
        _POLICY,
        _tls_only,
        references=("AWS Security Hub: S3.5",),
    ),
    _rule(
        "s3-lifecycle",
        "What nobody ends is paid for, and answered for, for ever.",
        _LIFECYCLE,
        _lifecycle,
        references=("AWS Security Hub: S3.10, S3.13",),
    ),
    _rule(
        "s3-object-lock",
        "Who encrypts a cluster for ransom deletes its backups first.",
        _LOCK,
        _lock,
        parameters=Locked(),
        references=("AWS Security Hub: S3.15",),
    ),
    _rule(
        "s3-replication",
        "A backup in the region it is to survive is none.",
        _REPLICATION,
        _replication,
        parameters=Copied(),
        references=("AWS Security Hub: S3.7",),
    ),
)
