"""Rows for the rules about what cannot be made anew."""

from typing import Any, Final

from policies.rules.platform.data import HOLDS_STATE
from tests.policies.rows.kubernetes.objects import made
from tests.policies.rows.platform.stack import entry, named, protected, release
from tests.policies.rows.row import UNKNOWN, UNKNOWN_LIST, Row

_SETS: Final = "kubernetes:apps/v1:StatefulSet"
_CLAIM: Final = "kubernetes:core/v1:PersistentVolumeClaim"
_SCHEDULE: Final = "kubernetes:velero.io/v1:Schedule"
_OPERATED: Final = (
    "kubernetes:monitoring.coreos.com/v1:Prometheus",
    "kubernetes:monitoring.coreos.com/v1:Alertmanager",
)
_REPLICATION: Final = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"


def _stateful(when_deleted: str = "Retain", token: str = _SETS) -> dict[str, Any]:
    kept = {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": when_deleted}}
    template = {"spec": {"accessModes": ["ReadWriteOnce"]}}
    storage = {"storage": {"volumeClaimTemplate": template}} if token != _SETS else {"volumeClaimTemplates": [template]}
    return made(token, spec={**kept, **storage})


def _schedule(*names: str, **spec: Any) -> dict[str, Any]:
    template = {"ttl": "24h0m0s", "snapshotMoveData": True, "includedNamespaces": list(names)}
    return made(_SCHEDULE, namespace="velero", spec={"template": template, **spec})


def _template(**template: Any) -> dict[str, Any]:
    return made(_SCHEDULE, spec={"template": template})


def _velero(bucket: Any = "backups", mode: str = "ReadWrite") -> dict[str, Any]:
    places = [{"name": "default", "bucket": bucket, "accessMode": mode}]
    return release(chart="velero", values={"configuration": {"backupStorageLocation": places}})


_BUCKET: Final = protected(entry("aws:s3/bucket:Bucket"))


def _copied(bucket: Any = "backups", status: str = "Enabled") -> dict[str, Any]:
    return entry(_REPLICATION, bucket=bucket, rules=[{"status": status}])


ROWS: Final[tuple[Row, ...]] = (
    Row("volumes-backed-up", "good", "enrolled", [_stateful(), _schedule("apps")]),
    Row("volumes-backed-up", "good", "everything is", [_stateful(), _schedule()]),
    Row("volumes-backed-up", "good", "can be fetched again", [_stateful("Delete"), _schedule("vault")]),
    Row("volumes-backed-up", "good", "a stack without backups", [_stateful()]),
    *(
        Row(
            "volumes-backed-up",
            "bad",
            token,
            [_stateful(token=token), _schedule("vault")],
            ["its volumes in apps are in no backup"],
        )
        for token in _OPERATED
    ),
    Row(
        "volumes-backed-up",
        "bad",
        "a claim",
        [made(_CLAIM), _schedule("vault")],
        ["its volumes in apps are in no backup"],
    ),
    Row(
        "volumes-backed-up",
        "bad",
        "a schedule that is paused",
        [_stateful(), _schedule("apps", paused=True)],
        ["its volumes in apps"],
    ),
    Row(
        "volumes-backed-up", "absent", "no schedule", [_stateful(), _velero()], ["its volumes in apps are in no backup"]
    ),
    Row(
        "volumes-backed-up",
        "unknown",
        "who is enrolled",
        [_template(includedNamespaces=UNKNOWN_LIST)],
        unknown=["spec.template.includedNamespaces"],
    ),
    Row(
        "volumes-backed-up",
        "unknown",
        "where",
        [made(_CLAIM, namespace=UNKNOWN), _schedule("a")],
        unknown=["metadata.namespace"],
    ),
    Row("schedule-keeps", "good", "for a day", _schedule("apps")),
    Row("schedule-keeps", "bad", "paused", _schedule("apps", paused=True), ["it makes no backups"]),
    Row("schedule-keeps", "absent", "nobody knows how long", _template(), ["nobody decided how long"]),
    Row("schedule-keeps", "unknown", "how long", _template(ttl=UNKNOWN), unknown=["spec.template.ttl"]),
    Row("backups-in-another-region", "good", "copied", [_velero(), _copied(), *_BUCKET]),
    Row("backups-in-another-region", "good", "only read, being a copy", [_velero(mode="ReadOnly"), *_BUCKET]),
    Row("backups-in-another-region", "good", "a stack that keeps nothing", [_velero(), entry("aws:s3/bucket:Bucket")]),
    Row(
        "backups-in-another-region",
        "bad",
        "another bucket is copied",
        [_velero(), _copied("other"), *_BUCKET],
        ["backups in default are lost with their region"],
    ),
    Row(
        "backups-in-another-region",
        "bad",
        "the copy is off",
        [_velero(), _copied(status="Disabled"), *_BUCKET],
        ["backups in default are lost"],
    ),
    Row(
        "backups-in-another-region",
        "bad",
        "snapshots stay",
        [_template(snapshotMoveData=False), *_BUCKET],
        ["its snapshots stay in the region"],
    ),
    Row("backups-in-another-region", "good", "a schedule whose data moves", [_schedule("apps"), *_BUCKET]),
    Row(
        "backups-in-another-region",
        "absent",
        "no copy",
        [_velero(), *_BUCKET],
        ["backups in default are lost with their region"],
    ),
    Row(
        "backups-in-another-region",
        "unknown",
        "which bucket",
        [_velero(UNKNOWN), _copied(), *_BUCKET],
        unknown=["values.configuration.backupStorageLocation[0].bucket"],
    ),
    *(
        Row(
            "data-protected",
            "bad",
            token,
            [named(entry(token), "forgotten"), *protected(entry("aws:s3/bucket:Bucket", "kept"))],
            ["while kept and others like it may not"],
        )
        for token in HOLDS_STATE
    ),
    Row("data-protected", "good", "all", protected(*(entry(token) for token in HOLDS_STATE))),
    Row("data-protected", "absent", "none", [entry(token) for token in HOLDS_STATE]),
)
