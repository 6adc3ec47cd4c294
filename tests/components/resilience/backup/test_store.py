"""Backups lie in a bucket where little is ever erased, and in another region in one that is as good."""

import json
from typing import Any

import pytest

from components.kit.object_store import LockMode
from components.resilience.backup import store as backup_store
from tests.components.recording import Recording
from tests.components.resilience.backup import built

BUCKET = "aws:s3/bucket:Bucket"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
THERE: dict[str, Any] = {"replica": {"region": "eu-west-1"}}


def _rule(**values: Any) -> dict[str, Any]:
    recording = built.store(replica={"region": "eu-west-1", **values})
    (rule,) = recording.one(REPLICATION, "backup-store-replication").inputs["rules"]
    assert isinstance(rule, dict)
    return rule


def _statements(recording: Recording) -> dict[str, dict[str, Any]]:
    policy = recording.one("aws:iam/rolePolicy:RolePolicy", "backup-store-replication").inputs["policy"]
    return {each["Sid"]: each for each in json.loads(policy)["Statement"]}


def test_the_bucket_deletes_nothing_by_age_and_what_was_deleted_stays_for_a_while() -> None:
    (rule,) = (
        built.store(recover_days=21)
        .one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "backup-store-backups")
        .inputs["rules"]
    )

    assert rule["expiration"] == {"expiredObjectDeleteMarker": True}
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 21}


@pytest.mark.parametrize(("mode", "written"), [("governance", "GOVERNANCE"), ("compliance", "COMPLIANCE")])
def test_a_lock_lasts_as_long_as_the_longest_class_keeps_a_backup(mode: str, written: str) -> None:
    settings = built.settings(store={"lock": mode}, classes={"silver": {"retention_days": 365}})
    lock = backup_store.lock(settings)

    assert lock is not None
    assert (lock.mode, lock.days) == (LockMode(written), 365)


def test_without_a_lock_the_bucket_has_none() -> None:
    recording = built.store()

    assert recording.of(LOCK) == []
    assert "objectLockEnabled" not in recording.one(BUCKET, "backup-store-backups").inputs


def test_the_key_can_be_had_in_another_region_whether_a_copy_is_there_yet_or_not() -> None:
    key = built.store().one("aws:kms/key:Key", "backup-store-key")

    assert key.inputs["multiRegion"] is True
    assert key.inputs["enableKeyRotation"] is True
    assert key.protect is True


def test_the_copy_is_in_its_region_with_every_guard_that_the_bucket_has() -> None:
    recording = built.store(**THERE, lock="governance")
    of_the_copy = {"backup-store-replica", "backup-store-replica-key", "backup-store-replica-policy"}
    here = {made.type for made in recording.resources if made.name.startswith("backup-store-backups")}
    there = {made.type for made in recording.resources if made.name in of_the_copy}

    assert here == there - {"aws:kms/replicaKey:ReplicaKey"}
    elsewhere = {*of_the_copy, "backup-store-replication-late"}
    for made in recording.resources:
        assert made.inputs.get("region") == ("eu-west-1" if made.name in elsewhere else None), made.name
    assert recording.one("aws:kms/replicaKey:ReplicaKey", "backup-store-replica-key").protect is True


def test_everything_is_copied_under_the_copys_own_key_and_counted() -> None:
    rule = _rule()

    assert (rule["status"], rule["filter"]) == ("Enabled", {"prefix": ""})
    # Without it S3 leaves out what is encrypted under a key of KMS.
    assert rule["sourceSelectionCriteria"] == {"sseKmsEncryptedObjects": {"status": "Enabled"}}
    assert rule["destination"]["bucket"] == "<backup-store-replica.arn>"
    assert rule["destination"]["encryptionConfiguration"] == {"replicaKmsKeyId": "<backup-store-replica-key.arn>"}
    assert rule["destination"]["metrics"] == {"status": "Enabled", "eventThreshold": {"minutes": 15}}
    assert rule["destination"]["replicationTime"] == {"status": "Enabled", "time": {"minutes": 15}}


@pytest.mark.parametrize(("follow", "status"), [(True, "Enabled"), (False, "Disabled")])
def test_a_deletion_is_copied_or_not_as_the_stack_says(*, follow: bool, status: str) -> None:
    assert _rule(follow_deletions=follow)["deleteMarkerReplication"] == {"status": status}


def test_the_copy_is_begun_after_both_buckets_are_what_they_should_be() -> None:
    recording = built.store(**THERE, lock="governance")
    before = recording.before("backup-store-replication")

    assert {"backup-store-backups", "backup-store-replica", "backup-store-replica-policy"} <= before


def test_who_copies_reads_here_writes_there_and_erases_nothing() -> None:
    statements = _statements(built.store(**THERE))

    assert statements["ReadVersions"]["Resource"] == ["<backup-store-backups.arn>/*"]
    assert "s3:GetObjectRetention" in statements["ReadVersions"]["Action"]
    assert statements["WriteCopies"]["Resource"] == ["<backup-store-replica.arn>/*"]
    assert statements["DecryptAtTheSource"]["Condition"] == {
        "StringEquals": {"kms:ViaService": ["s3.eu-central-1.amazonaws.com"]}
    }
    assert statements["EncryptAtTheTarget"]["Condition"] == {
        "StringEquals": {"kms:ViaService": ["s3.eu-west-1.amazonaws.com"]}
    }
    actions = {action for each in statements.values() for action in each["Action"]}
    assert not {action for action in actions if action.startswith("s3:Delete")}


def test_the_copiers_role_is_of_this_bucket_alone() -> None:
    trust = json.loads(
        built.store(**THERE).one("aws:iam/role:Role", "backup-store-replication").inputs["assumeRolePolicy"]
    )

    assert trust["Statement"][0]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ["111122223333"]},
        "ArnEquals": {"aws:SourceArn": ["<backup-store-backups.arn>"]},
    }


def test_a_stack_that_is_meant_to_go_takes_both_buckets_along() -> None:
    recording = built.store(retain_data=False, **THERE)

    assert all(made.inputs["forceDestroy"] is True and not made.protect for made in recording.of(BUCKET))
