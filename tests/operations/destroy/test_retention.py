"""Whatever holds a resource against a destroy is named, with what lifts it and what is left."""

import json
from pathlib import Path
from typing import Any

import pytest

from operations.destroy import retention
from operations.destroy.retention import Hold
from tests.operations import stage
from tests.operations.stage import entry

_RETAINED = {
    "identifier": "platform-prod-grafana",
    "deletionProtection": True,
    "skipFinalSnapshot": False,
    "finalSnapshotIdentifier": "platform-prod-grafana-final",
    "deleteAutomatedBackups": False,
    "backupRetentionPeriod": 14,
}
_GIVEN_UP = {"identifier": "x", "deletionProtection": False, "skipFinalSnapshot": True, "deleteAutomatedBackups": True}


def _holds(project: Path, *entries: dict[str, Any]) -> list[Hold]:
    return retention.holds(stage.rehearsed(project, *entries))


@pytest.mark.parametrize(
    ("kind", "inputs", "words"),
    [
        ("cluster", {"deletionProtection": True}, ["`DeleteCluster` is refused"]),
        ("cluster", {"deletionProtection": False}, []),
        (
            "database",
            _RETAINED,
            ["`DeleteDBInstance` is refused", "a last snapshot, `platform-prod-grafana-final`", "for 14 days"],
        ),
        ("database", _GIVEN_UP, []),
        ("bucket", {"bucket": "b"}, ["`BucketNotEmpty`"]),
        ("bucket", {"bucket": "b", "forceDestroy": True}, []),
        ("key", {"deletionWindowInDays": 7}, ["a waiting period"]),
        ("secret", {"recoveryWindowInDays": 30}, ["a waiting period"]),
        ("secret", {"recoveryWindowInDays": 0}, []),
        ("class", {"metadata": {"name": "gp3"}, "reclaimPolicy": "Retain"}, ["class `gp3` outlive their claims"]),
        ("class", {"metadata": {"name": "gp3"}, "reclaimPolicy": "Delete"}, []),
        ("namespace", {"metadata": {"annotations": {"platform/protected": "true"}}}, ["admission refuses"]),
        ("namespace", {"metadata": {"annotations": {}}}, []),
    ],
    ids=str,
)
def test_what_holds_a_resource_is_named(tmp_path: Path, kind: str, inputs: dict[str, Any], words: list[str]) -> None:
    found = _holds(tmp_path, entry(kind, "it", inputs))

    assert len(found) == len(words)
    for hold, word in zip(found, words, strict=True):
        assert word in hold.held
        assert hold.lifted or hold.left


def test_a_locked_bucket_needs_a_right_or_time(tmp_path: Path) -> None:
    def lock(mode: str, days: int) -> dict[str, Any]:
        return entry("lock", mode, {"bucket": mode, "rule": {"defaultRetention": {"mode": mode, "days": days}}})

    found = _holds(
        tmp_path,
        entry("bucket", "soft", {"bucket": "GOVERNANCE", "forceDestroy": True}),
        entry("bucket", "hard", {"bucket": "COMPLIANCE", "forceDestroy": True}),
        lock("GOVERNANCE", 30),
        lock("COMPLIANCE", 100),
    )

    hard, soft = sorted(found, key=lambda hold: hold.node.name)
    assert "s3:BypassGovernanceRetention" in soft.lifted
    assert "younger than 30 days" in soft.held
    assert hard.lifted.startswith("nothing but time")
    assert "100 days" in hard.left


def test_a_key_waits_for_its_copy_in_the_other_region(tmp_path: Path) -> None:
    key, copy = _holds(
        tmp_path,
        entry("key", "key", {"deletionWindowInDays": 30}),
        entry("copy", "copy", {"deletionWindowInDays": 7}, after=["key key"]),
    )

    assert (
        "pending deletion for 30 days; its wait begins when its copy in the other region is gone, after 7" in key.left
    )
    assert "copy in the other region" not in copy.left


@pytest.mark.parametrize(
    ("effect", "condition", "refuses"), [("Deny", {}, True), ("Allow", {}, False), ("Deny", {"Bool": {}}, False)]
)
def test_a_key_whose_policy_lets_nobody_end_it_is_named(
    tmp_path: Path, effect: str, condition: dict[str, Any], *, refuses: bool
) -> None:
    statement = {"Effect": effect, "Action": ["kms:ScheduleKeyDeletion"], "Condition": condition}

    found = _holds(tmp_path, entry("key", "seal", {"policy": json.dumps({"Statement": [statement]})}))

    assert any("nobody may schedule its deletion" in hold.held for hold in found) is refuses


@pytest.mark.parametrize("protect", [True, False])
def test_the_guard_says_whether_the_stack_refuses(tmp_path: Path, *, protect: bool) -> None:
    found = stage.rehearsed(tmp_path, entry("guard", "guard", protect=protect), entry("vpc", "vpc", protect=True))

    assert retention.retains(found) is protect
    assert {node.name for node in retention.protected(found)} == ({"guard", "vpc"} if protect else {"vpc"})
