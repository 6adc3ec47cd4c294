"""What stays costs on: volumes by their class and by what asked for them, buckets that only time empties."""

from pathlib import Path
from typing import Any

import pytest

import cost
from operations.destroy.bill import bill
from tests.operations import stage
from tests.operations.stage import entry

_ZONE = entry("subnet", "a", {"availabilityZone": "us-east-1a"})
# A gibibyte of gp3 in us-east-1: https://aws.amazon.com/ebs/pricing/
_GIB = 0.08


def _class(name: str, policy: str, *, default: bool = False) -> dict[str, Any]:
    annotations = {"storageclass.kubernetes.io/is-default-class": str(default).lower()}
    metadata = {"name": name, "annotations": annotations}
    return entry("class", name, {"metadata": metadata, "provisioner": "ebs.csi.aws.com", "reclaimPolicy": policy})


_CLASSES = (_class("kept", "Retain", default=True), _class("gone", "Delete"))


def _spec(storage_class: str) -> dict[str, Any]:
    return {"storageClassName": storage_class, "resources": {"requests": {"storage": "100Gi"}}}


def _set(name: str, storage_class: str, deleted: str) -> dict[str, Any]:
    spec = {
        "replicas": 2,
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": _spec(storage_class)}],
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": deleted},
    }
    return entry("set", name, {"spec": spec})


def _bill(project: Path, *entries: dict[str, Any]) -> cost.Estimate:
    return bill(stage.rehearsed(project, _ZONE, *_CLASSES, *entries))


@pytest.mark.parametrize(
    ("asking", "gib"),
    [
        (entry("claim", "it", {"spec": _spec("kept")}), 100),
        (entry("claim", "it", {"spec": _spec("gone")}), 0),
        (_set("it", "kept", "Delete"), 200),
        (_set("it", "gone", "Retain"), 200),
        (_set("it", "kept", "Retain"), 200),
        (_set("it", "gone", "Delete"), 0),
    ],
    ids=["claim kept", "claim gone", "set by class", "set by policy", "set by both", "set gone"],
)
def test_a_volume_costs_on_where_its_class_or_its_claim_keeps_it(
    tmp_path: Path, asking: dict[str, Any], gib: int
) -> None:
    assert _bill(tmp_path, asking).total.typical == pytest.approx(gib * _GIB)


def test_volumes_that_a_chart_claims_are_counted_by_their_class(tmp_path: Path) -> None:
    storage = {"size": "100Gi", "storageClass": "kept"}
    server = {"dataStorage": storage, "ha": {"enabled": True, "replicas": 3}}
    chart = entry("release", "vault", {"chart": "vault", "values": {"server": server}})

    assert _bill(tmp_path, chart).total.typical == pytest.approx(300 * _GIB)
    server["dataStorage"] = {**storage, "storageClass": "gone"}
    assert not _bill(tmp_path, chart).lines


@pytest.mark.parametrize(("mode", "stays"), [("COMPLIANCE", True), ("GOVERNANCE", False)])
def test_of_buckets_only_what_time_alone_empties_costs_on(tmp_path: Path, mode: str, *, stays: bool) -> None:
    rule = {"defaultRetention": {"mode": mode, "days": 30}}
    found = _bill(
        tmp_path,
        entry("bucket", "b", {"bucket": "b"}),
        entry("lock", "b", {"bucket": "b", "rule": rule}),
        entry("bucket", "other", {"bucket": "other"}),
    )

    assert [(line.name, line.what) for line in found.lines] == ([("b", "storage")] if stays else [])


def test_what_goes_with_the_stack_is_in_no_sum(tmp_path: Path) -> None:
    found = _bill(
        tmp_path,
        entry("cluster", "control-plane", {"name": "platform-prod", "version": "1.36"}),
        entry("key", "key", {"enableKeyRotation": True}),
        entry("secret", "secret", {"recoveryWindowInDays": 30}),
        entry("database", "db", {"instanceClass": "db.t4g.small", "allocatedStorage": 20, "skipFinalSnapshot": False}),
    )

    assert not found.lines
