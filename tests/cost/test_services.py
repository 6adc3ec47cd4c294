"""The control plane, keys, buckets, databases, logs and detectors cost what their pages say."""

from datetime import date, timedelta
from typing import Any, Final

import pytest

from tests.cost.making import HOURS, TODAY, entry, estimated, lines

_CLUSTER: Final = "aws:eks/cluster:Cluster"
_DAY: Final = timedelta(days=1)
_STANDARD: Final = {"supportType": "STANDARD"}


@pytest.mark.parametrize(
    ("inputs", "ends", "hourly"),
    [
        ({}, TODAY + _DAY, 0.1),
        ({}, TODAY, 0.6),
        ({}, None, 0.1),
        ({"upgradePolicy": {"supportType": "EXTENDED"}}, TODAY, 0.6),
        ({"upgradePolicy": _STANDARD}, TODAY, 0.1),
    ],
    ids=["the last day", "the first day", "no calendar", "asked for", "AWS upgrades it"],
)
def test_a_control_plane_costs_six_times_as_much_in_extended_support(
    inputs: dict[str, Any], ends: date | None, hourly: float
) -> None:
    support = {"1.34": ends} if ends else {}
    found = lines(estimated(entry(_CLUSTER, version="1.34", **inputs), support=support))

    assert found["control plane"] == (round(HOURS * hourly, 2),) * 3


def test_a_larger_control_plane_has_no_price() -> None:
    found = estimated(entry(_CLUSTER, version="1.36", controlPlaneScalingConfig={"tier": "tier-xl"}))

    assert [each.why for each in found.unpriced] == ["no price of a control plane of the tier tier-xl"]


@pytest.mark.parametrize(("rotated", "high"), [(True, 3.0), ("true", 3.0), (False, 1.0), (None, 1.0)])
def test_a_key_that_rotates_costs_three_times_as_much_after_two_years(rotated: Any, high: float) -> None:
    assert lines(estimated(entry("aws:kms/key:Key", enableKeyRotation=rotated)))["key"] == (1.0, 1.0, high)


def test_a_replica_of_a_key_costs_as_much_as_a_key_in_its_region() -> None:
    assert lines(estimated(entry("aws:kms/replicaKey:ReplicaKey", region="eu-west-1"))) == {"key": (1.0, 1.0, 1.0)}


def test_a_bucket_costs_by_what_is_assumed_of_its_name_in_its_region() -> None:
    kind = "aws:s3/bucket:Bucket"

    assert lines(estimated(entry(kind, "backup-store-copy", region="eu-west-3")))["storage"] == (1.2, 7.2, 72.0)
    assert lines(estimated(entry(kind, "anything")))["storage"] == (0.02, 0.46, 4.6)


def test_a_copy_of_a_bucket_costs_its_transfer_and_more_within_minutes() -> None:
    kind = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
    timed = {"destination": {"replicationTime": {"status": "Enabled"}}}

    assert lines(estimated(entry(kind, "x", rules=[{}]))) == {"transfer": (0.0, 0.1, 2.0)}
    assert lines(estimated(entry(kind, "x", rules=[timed])))["in time"] == (0.0, 0.07, 1.5)


def test_an_alarm_costs_as_much_in_every_region() -> None:
    assert lines(estimated(entry("aws:cloudwatch/metricAlarm:MetricAlarm", region="eu-west-1"))) == {
        "alarm": (0.1, 0.1, 0.1)
    }


@pytest.mark.parametrize(("both", "times"), [(True, 2), (False, 1), (None, 1)])
def test_a_database_in_two_zones_costs_twice(both: Any, times: int) -> None:
    made: dict[str, Any] = {
        "engine": "postgres",
        "instanceClass": "db.t4g.medium",
        "storageType": "gp3",
        "allocatedStorage": 20,
    }
    found = lines(estimated(entry("aws:rds/instance:Instance", maxAllocatedStorage=100, multiAz=both, **made)))

    assert found["instances"][1] == round(HOURS * 0.065 * times, 2)
    assert found["storage"] == tuple(round(size * 0.115 * times, 2) for size in (20, 20, 100))


def test_a_database_of_another_class_or_engine_is_named() -> None:
    made = {"engine": "mysql", "instanceClass": "db.m7g.large", "storageType": "gp3"}

    found = estimated(entry("aws:rds/instance:Instance", **made))

    assert [each.why for each in found.unpriced] == [
        "no price of rds mysql db.m7g.large in us-east-1",
        "no price of rds mysql gp3 storage in us-east-1",
    ]


def test_logs_cost_when_written_and_for_as_long_as_they_are_kept() -> None:
    kind = "aws:cloudwatch/logGroup:LogGroup"
    kept = {days: lines(estimated(entry(kind, "cluster-logs", retentionInDays=days))) for days in (30, 365)}

    assert kept[30]["written"] == (5.0, 20.0, 100.0)
    assert kept[365]["kept"][1] == round(40 * 0.15 * 12 * 0.03, 2)
    assert kept[30]["kept"][1] < kept[365]["kept"][1]
    assert lines(estimated(entry(kind, "cluster-logs")))["kept"] == kept[365]["kept"]


@pytest.mark.parametrize(
    ("token", "inputs", "typical"),
    [
        ("aws:ec2/flowLog:FlowLog", {}, 15 * 0.28),
        ("aws:secretsmanager/secret:Secret", {}, 0.4),
        ("aws:secretsmanager/secret:Secret", {"replicas": [{"region": "eu-west-1"}]}, 0.8),
        ("aws:sqs/queue:Queue", {}, 0.2),
        ("aws:route53/zone:Zone", {}, 0.5),
        ("aws:guardduty/detector:Detector", {}, 2 * 4.0 + 20 * 1.0),
        ("aws:guardduty/detector:Detector", {"enable": False}, 0),
        ("aws:guardduty/detectorFeature:DetectorFeature", {"name": "EKS_AUDIT_LOGS", "status": "ENABLED"}, 32.0),
        ("aws:guardduty/detectorFeature:DetectorFeature", {"name": "EKS_AUDIT_LOGS", "status": "DISABLED"}, 0),
        ("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration", {"scanType": "BASIC"}, 0),
    ],
)
def test_a_service_costs_a_month(token: str, inputs: dict[str, Any], typical: float) -> None:
    found = estimated(entry(token, **inputs))

    assert round(found.total.typical, 2) == round(typical, 2)
    assert list(found.unpriced) == []


@pytest.mark.parametrize(
    ("token", "inputs", "why"),
    [
        (
            "aws:guardduty/detectorFeature:DetectorFeature",
            {"name": "RUNTIME_MONITORING", "status": "ENABLED"},
            "no price of GuardDuty's RUNTIME_MONITORING",
        ),
        (
            "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
            {"scanType": "ENHANCED"},
            "no price of enhanced scanning: by images, of the whole account",
        ),
    ],
)
def test_what_a_service_takes_more_for_is_named(token: str, inputs: dict[str, Any], why: str) -> None:
    found = estimated(entry(token, **inputs))

    assert [each.why for each in found.unpriced] == [why]
    assert found.total.typical == 0
