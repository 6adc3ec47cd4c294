"""Rows for the rules about keys, disks, secrets, messages, tables and databases."""

from typing import Any, Final

from tests.policies.rows.making import NOTHING, four
from tests.policies.rows.row import UNKNOWN_LIST, Row

_REPLICA: Final = "aws:kms/replicaKey:ReplicaKey"
_AURORA: Final = "aws:rds/cluster:Cluster"
_BYPASS: Final = "bypassPolicyLockoutSafetyCheck"


def _both(*arguments: Any, kind: str, **more: Any) -> tuple[Row, ...]:
    """Return the rows of a rule about two types."""
    return (*four(*arguments, **more), *four(*arguments, **more, kind=kind))


ROWS: Final = (
    *_both("key-deletion-window", "deletionWindowInDays", 30, 7, fault="after 7 days", absent=NOTHING, kind=_REPLICA),
    Row("key-deletion-window", "good", "a week", {"deletionWindowInDays": 7}, parameters={"minimum_days": 7}),
    *four("key-enabled", "isEnabled", True, False, fault="the key is off", absent=NOTHING),
    *_both("key-policy-checked", _BYPASS, False, True, fault="lock everybody out", absent=NOTHING, kind=_REPLICA),
    *four("ebs-encrypted", "encrypted", True, False, fault="not encrypted"),
    *four("ebs-encrypted-by-default", "enabled", True, False, fault="in the clear", absent=NOTHING),
    *four("efs-encrypted", "encrypted", True, False, fault="not encrypted"),
    *four("secret-key", "kmsKeyId", "arn:key", "", fault="default key"),
    *four("secret-recovery", "recoveryWindowInDays", 30, 0, fault="lasts 0 days", absent=NOTHING),
    Row("secret-recovery", "good", "at once", {"recoveryWindowInDays": 0}, parameters={"minimum_days": 0}),
    *four("sqs-encrypted", "sqsManagedSseEnabled", True, False, fault="in the clear", absent=NOTHING),
    Row("sqs-encrypted", "good", "with a key", {"sqsManagedSseEnabled": False, "kmsMasterKeyId": "alias/x"}),
    *four("sns-encrypted", "kmsMasterKeyId", "alias/x", "", fault="in the clear"),
    *four("dynamodb-recovery", "pointInTimeRecovery.enabled", True, False, fault="no earlier state"),
    *four("rds-public", "publiclyAccessible", False, True, fault="public address", absent=NOTHING),
    *_both("rds-encrypted", "storageEncrypted", True, False, fault="not encrypted", kind=_AURORA),
    *four("rds-multi-az", "multiAz", True, False, fault="one zone only"),
    *_both("rds-deletion-protection", "deletionProtection", True, False, fault="one call deletes", kind=_AURORA),
    *_both(
        "rds-backups", "backupRetentionPeriod", 14, 1, fault="kept for 1 days", absent="kept for 0 days", kind=_AURORA
    ),
    Row("rds-backups", "bad", "a week", {"backupRetentionPeriod": 7}, ["14"], parameters={"minimum_days": 14}),
    *_both(
        "rds-final-snapshot", "skipFinalSnapshot", False, True, fault="leaves nothing", absent=NOTHING, kind=_AURORA
    ),
    *four("rds-minor-upgrades", "autoMinorVersionUpgrade", True, False, fault="security fixes", absent=NOTHING),
    *_both(
        "rds-password",
        "manageMasterUserPassword",
        True,
        False,
        fault="in the stack's state",
        base={"password": "x"},
        kind=_AURORA,
    ),
    Row("rds-password", "absent", "neither: a replica has its source's", {}),
    *four("rds-tags-to-snapshots", "copyTagsToSnapshot", True, False, fault="whose they are"),
    Row("rds-logs", "good", "elsewhere", {"enabledCloudwatchLogsExports": ["postgresql"]}),
    Row("rds-logs", "bad", "none", {"enabledCloudwatchLogsExports": []}, ["stays on the instance"]),
    Row("rds-logs", "absent", "none by default", {}, ["stays on the instance"]),
    Row(
        "rds-logs",
        "unknown",
        "which",
        {"enabledCloudwatchLogsExports": UNKNOWN_LIST},
        unknown=["enabledCloudwatchLogsExports"],
    ),
)
