"""Rows for the rules about S3 buckets and the resources that hold their properties."""

from typing import Any, Final

from tests.policies.rows.making import NOTHING, entry, four
from tests.policies.rows.row import UNKNOWN, UNKNOWN_BOOLEAN, UNKNOWN_LIST, Row

_BUCKET: Final = "aws:s3/bucket:Bucket"
_BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_VERSIONING: Final = "aws:s3/bucketVersioning:BucketVersioning"
_ENCRYPTION: Final = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
_LIFECYCLE: Final = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
_LOCK: Final = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
_REPLICATION: Final = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
_CLOSED: Final = {
    "blockPublicAcls": True,
    "blockPublicPolicy": True,
    "ignorePublicAcls": True,
    "restrictPublicBuckets": True,
}


def _bucket(kind: str = "", part: Any = None, name: str = "backup-store", bucket: str = "data-1") -> list[Any]:
    """Return a bucket and, of a type, what is declared of it."""
    own = entry(_BUCKET, name, {"bucket": "data-1"})
    return [own, entry(kind, "part", {"bucket": bucket, **part}, [(_BUCKET, name)])] if kind else [own]


def _encrypted(algorithm: Any, key: Any = "arn:key") -> dict[str, Any]:
    return {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm, "kmsMasterKeyId": key}}]}


def _denied(**changes: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::data-1", "arn:aws:s3:::data-1/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"policy": {"Statement": [{**statement, **changes}]}}


def _lifecycle(status: Any, **more: Any) -> dict[str, Any]:
    return {"rules": [{"status": status, "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}, **more}]}


def _locked(**retention: Any) -> dict[str, Any]:
    return {"rule": {"defaultRetention": {"mode": "GOVERNANCE", **retention}}}


_COPIED: Final = {"buckets": ["backup-*"]}

ROWS: Final = (
    Row("s3-public-access", "good", "closed", _bucket(_BLOCK, _CLOSED)),
    Row(
        "s3-public-access",
        "good",
        "its name is not known yet",
        _bucket(_BLOCK, _CLOSED, bucket=UNKNOWN),
    ),
    Row(
        "s3-public-access",
        "bad",
        "one flag is off",
        _bucket(_BLOCK, {**_CLOSED, "blockPublicPolicy": False}),
        ["blockPublicPolicy is off"],
    ),
    Row(
        "s3-public-access",
        "bad",
        "that of another bucket",
        _bucket(_BLOCK, _CLOSED, bucket="data-2"),
        ["nothing keeps the bucket"],
    ),
    Row("s3-public-access", "absent", "nothing", _bucket(), ["nothing keeps the bucket"]),
    Row("s3-public-access", "absent", "the flags", _bucket(_BLOCK, {}), [*_CLOSED]),
    Row(
        "s3-public-access",
        "unknown",
        "one flag",
        _bucket(_BLOCK, {**_CLOSED, "blockPublicAcls": UNKNOWN_BOOLEAN}),
        unknown=["blockPublicAcls"],
    ),
    Row("s3-versioning", "good", "on", _bucket(_VERSIONING, {"versioningConfiguration": {"status": "Enabled"}})),
    Row(
        "s3-versioning",
        "bad",
        "suspended",
        _bucket(_VERSIONING, {"versioningConfiguration": {"status": "Suspended"}}),
        ["versioning is Suspended"],
    ),
    Row("s3-versioning", "absent", "nothing", _bucket(), ["is gone"]),
    Row("s3-versioning", "absent", "the status", _bucket(_VERSIONING, {}), ["versioning is Disabled"]),
    Row(
        "s3-versioning",
        "unknown",
        "status",
        _bucket(_VERSIONING, {"versioningConfiguration": {"status": UNKNOWN}}),
        unknown=["versioningConfiguration.status"],
    ),
    Row("s3-encryption-key", "good", "a key", _bucket(_ENCRYPTION, _encrypted("aws:kms"))),
    Row("s3-encryption-key", "good", "a key not known yet", _bucket(_ENCRYPTION, _encrypted("aws:kms", UNKNOWN))),
    Row("s3-encryption-key", "bad", "Amazon's", _bucket(_ENCRYPTION, _encrypted("AES256")), ["(AES256)"]),
    Row("s3-encryption-key", "absent", "no key", _bucket(_ENCRYPTION, _encrypted("aws:kms", None)), ["default key"]),
    Row("s3-encryption-key", "absent", "nothing", _bucket(), ["(AES256)"]),
    Row(
        "s3-encryption-key",
        "unknown",
        "algorithm",
        _bucket(_ENCRYPTION, _encrypted(UNKNOWN)),
        unknown=["rules[0].applyServerSideEncryptionByDefault.sseAlgorithm"],
    ),
    Row("s3-tls-only", "good", "plain requests are denied", _bucket(_POLICY, _denied())),
    Row("s3-tls-only", "bad", "to some", _bucket(_POLICY, _denied(Principal={"AWS": "arn:x"})), ["without TLS"]),
    Row("s3-tls-only", "bad", "reading only", _bucket(_POLICY, _denied(Action="s3:GetObject")), ["without TLS"]),
    Row("s3-tls-only", "bad", "allowed instead", _bucket(_POLICY, _denied(Effect="Allow")), ["without TLS"]),
    Row(
        "s3-tls-only",
        "bad",
        "the other way round",
        _bucket(_POLICY, _denied(Condition={"Bool": {"aws:SecureTransport": "true"}})),
        ["without TLS"],
    ),
    Row("s3-tls-only", "bad", "no JSON", _bucket(_POLICY, {"policy": "{"}), ["not JSON"]),
    Row("s3-tls-only", "absent", "no policy", _bucket(), ["without TLS"]),
    Row("s3-tls-only", "unknown", "policy", _bucket(_POLICY, {"policy": UNKNOWN}), unknown=["policy"]),
    Row("s3-lifecycle", "good", "in force", _bucket(_LIFECYCLE, _lifecycle("Enabled"))),
    Row("s3-lifecycle", "bad", "not in force", _bucket(_LIFECYCLE, _lifecycle("Disabled")), ["nothing ever ends"]),
    Row(
        "s3-lifecycle",
        "bad",
        "uploads stay",
        _bucket(_LIFECYCLE, _lifecycle("Enabled", abortIncompleteMultipartUpload=None)),
        ["uploads that broke off"],
    ),
    Row("s3-lifecycle", "absent", "nothing", _bucket(), ["stay for ever"]),
    Row("s3-lifecycle", "unknown", "rules", _bucket(_LIFECYCLE, {"rules": UNKNOWN_LIST}), unknown=["rules"]),
    Row("s3-object-lock", "good", "a month", _bucket(_LOCK, _locked(days=30))),
    Row("s3-object-lock", "good", "a year", _bucket(_LOCK, _locked(years=1))),
    Row("s3-object-lock", "good", "a bucket of something else", _bucket(name="flow-logs")),
    Row("s3-object-lock", "bad", "a day", _bucket(_LOCK, _locked(days=1)), ["after 1 days"]),
    Row(
        "s3-object-lock",
        "bad",
        "too short here",
        _bucket(_LOCK, _locked(days=30)),
        ["90"],
        parameters={"minimum_days": 90},
    ),
    Row("s3-object-lock", "absent", "no lock", _bucket(), ["delete it all"]),
    Row("s3-object-lock", "absent", "no retention", _bucket(_LOCK, {}), ["after 0 days"]),
    Row(
        "s3-object-lock",
        "unknown",
        "days",
        _bucket(_LOCK, _locked(days=UNKNOWN)),
        unknown=["rule.defaultRetention.days"],
    ),
    Row("s3-replication", "good", "none is asked for", _bucket()),
    Row(
        "s3-replication",
        "good",
        "in force",
        _bucket(_REPLICATION, {"rules": [{"status": "Enabled"}]}),
        parameters=_COPIED,
    ),
    Row(
        "s3-replication",
        "bad",
        "not in force",
        _bucket(_REPLICATION, {"rules": [{"status": "Disabled"}]}),
        ["nothing is copied"],
        parameters=_COPIED,
    ),
    Row("s3-replication", "absent", "no replication", _bucket(), ["lost with its region"], parameters=_COPIED),
    Row("s3-replication", "absent", "nothing of it in the default pack", _bucket(_REPLICATION, {})),
    Row(
        "s3-replication",
        "unknown",
        "rules",
        _bucket(_REPLICATION, {"rules": UNKNOWN_LIST}),
        unknown=["rules"],
        parameters=_COPIED,
    ),
    *four("s3-force-destroy", "forceDestroy", False, True, fault="deletes all in it", absent=NOTHING),
    *four("s3-acls", "rule.objectOwnership", "BucketOwnerEnforced", "ObjectWriter", fault="(ObjectWriter)"),
)
