"""Buckets: private, encrypted, versioned, with an end, and settled before anyone writes to them."""

import json
from typing import Any

import pytest

from components.kit import iam, object_store
from components.kit.layer import Layer
from components.kit.object_store import Lifecycle, Lock, LockMode, ObjectStore
from tests.components.recording import Recording, build


class Archive(Layer, kind="test:kit:Archive"):
    """A layer with one bucket."""

    def __init__(self, **options: Any) -> None:
        super().__init__("archive", None)
        given = {"key_arn": "arn:key", "lifecycle": Lifecycle(), "retain_data": True, **options}
        self.store: ObjectStore = object_store.create(self, "blocks", **given)


def _built(**options: Any) -> Recording:
    return build(lambda: Archive(**options))


def _inputs(type_: str, **options: Any) -> dict[str, Any]:
    (made,) = _built(**options).of(f"aws:s3/bucket{type_}")
    return made.inputs


def _policy(**options: Any) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = json.loads(_inputs("Policy:BucketPolicy", **options)["policy"])["Statement"]
    return statements


def test_nothing_of_a_bucket_can_be_made_public() -> None:
    block = _inputs("PublicAccessBlock:BucketPublicAccessBlock")

    assert {name for name, value in block.items() if value is True} == {
        "blockPublicAcls",
        "blockPublicPolicy",
        "ignorePublicAcls",
        "restrictPublicBuckets",
    }
    assert _inputs("OwnershipControls:BucketOwnershipControls")["rule"] == {"objectOwnership": "BucketOwnerEnforced"}


def test_objects_are_encrypted_under_the_given_key_and_few_calls_to_it() -> None:
    (rule,) = _inputs("ServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")["rules"]

    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:key"}
    assert rule["bucketKeyEnabled"] is True


def test_everything_that_does_not_come_over_tls_is_refused() -> None:
    first, *_ = _policy()

    assert first["Effect"] == "Deny"
    assert first["Principal"] == {"AWS": ["*"]}
    assert first["Action"] == ["s3:*"]
    assert first["Resource"] == ["<archive-blocks.arn>", "<archive-blocks.arn>/*"]
    assert first["Condition"] == {"Bool": {"aws:SecureTransport": ["false"]}}


def test_grants_name_the_bucket_they_are_for() -> None:
    def grants(arn: Any) -> list[iam.Statement]:
        return [iam.Statement(sid="Read", actions=["s3:GetBucketAcl"], resources=[arn])]

    assert [(each["Sid"], each["Effect"], each["Resource"]) for each in _policy(grants=grants)[1:]] == [
        ("Read", "Allow", ["<archive-blocks.arn>"])
    ]


@pytest.mark.parametrize(
    ("lifecycle", "expiration"),
    [
        (Lifecycle(), {"expiredObjectDeleteMarker": True}),
        (Lifecycle(expire_after_days=90), {"days": 90}),
    ],
    ids=["its writer deletes", "it expires"],
)
def test_what_was_deleted_and_what_was_never_finished_has_an_end(
    lifecycle: Lifecycle, expiration: dict[str, Any]
) -> None:
    (rule,) = _inputs("LifecycleConfiguration:BucketLifecycleConfiguration", lifecycle=lifecycle)["rules"]

    assert rule["status"] == "Enabled"
    assert rule["filter"] == {"prefix": ""}
    assert rule["expiration"] == expiration
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 30}
    assert rule["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}


@pytest.mark.parametrize("days", [{"expire_after_days": 0}, {"recover_days": -1}], ids=str)
def test_a_lifetime_that_s3_refuses_is_refused_before(days: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="from 1 up"):
        Lifecycle(**days)


@pytest.mark.parametrize("retain", [True, False])
def test_a_bucket_is_protected_or_emptied_as_data_is_retained(retain: bool) -> None:  # noqa: FBT001 - the row's value
    bucket = _built(retain_data=retain).one("aws:s3/bucket:Bucket", "archive-blocks")

    assert bucket.protect is retain
    assert bucket.inputs["forceDestroy"] is not retain


def test_every_setting_is_of_this_bucket_and_writers_wait_for_all_that_guards_it() -> None:
    made: list[Archive] = []
    recording = build(lambda: made.append(Archive()))

    settings = [
        each for each in recording.resources if each.type.startswith("aws:s3/bucket") and "bucket" in each.inputs
    ]
    assert {each.inputs["bucket"] for each in settings} == {"<archive-blocks.id>"}
    assert sorted(type(each).__name__ for each in made[0].store.settled) == [
        "BucketOwnershipControls",
        "BucketPolicy",
        "BucketPublicAccessBlock",
        "BucketServerSideEncryptionConfiguration",
        "BucketVersioning",
    ]
    assert _inputs("Versioning:BucketVersioning")["versioningConfiguration"] == {"status": "Enabled"}


@pytest.mark.parametrize("mode", LockMode)
def test_what_is_locked_stays_for_its_days_from_the_buckets_creation_on(mode: LockMode) -> None:
    recording = _built(lock=Lock(mode=mode, days=45))
    made = recording.one("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "archive-blocks")

    assert made.inputs["rule"] == {"defaultRetention": {"mode": mode.value, "days": 45}}
    assert recording.one("aws:s3/bucket:Bucket", "archive-blocks").inputs["objectLockEnabled"] is True


def test_a_bucket_without_a_lock_says_nothing_of_one() -> None:
    recording = _built()

    assert "objectLockEnabled" not in recording.one("aws:s3/bucket:Bucket", "archive-blocks").inputs
    assert recording.of("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration") == []


def test_writers_wait_for_the_lock_too() -> None:
    made: list[Archive] = []
    build(lambda: made.append(Archive(lock=Lock(mode=LockMode.GOVERNANCE, days=1))))

    assert "BucketObjectLockConfiguration" in {type(each).__name__ for each in made[0].store.settled}


@pytest.mark.parametrize("days", [0, 36501])
def test_a_lock_that_s3_refuses_is_refused_before(days: int) -> None:
    with pytest.raises(ValueError, match="S3 locks for"):
        Lock(mode=LockMode.COMPLIANCE, days=days)
