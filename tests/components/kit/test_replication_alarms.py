"""Whoever is to know of it hears of every copy that something is missing from it, and of every one that is behind."""

from typing import Any

import pytest

from tests.components.recording import Recording
from tests.components.resilience.backup import built
from tests.environments import STACKS, assembled, settings_of

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"

_HERE = "arn:aws:sns:eu-central-1:111122223333:storage"
_THERE = "arn:aws:sns:eu-west-1:111122223333:storage"
_COPIED = [stack for stack in STACKS if settings_of(stack).copies_region]


def _alarms(**replica: Any) -> dict[str, dict[str, Any]]:
    recording = built.store(replica={"region": "eu-west-1", **replica})
    return {made.inputs["metricName"]: made.inputs for made in recording.of(ALARM)}


def test_each_alarm_is_where_s3_publishes_what_it_judges() -> None:
    alarms = _alarms()

    assert {metric: alarm.get("region") for metric, alarm in alarms.items()} == {
        "OperationsFailedReplication": None,
        "ReplicationLatency": "eu-west-1",
    }
    assert {alarm["namespace"] for alarm in alarms.values()} == {"AWS/S3"}


def test_one_failure_is_told_and_a_delay_when_it_is_longer_than_s3_promises() -> None:
    alarms = _alarms()
    failed, late = alarms["OperationsFailedReplication"], alarms["ReplicationLatency"]

    assert (failed["statistic"], failed["threshold"], failed["evaluationPeriods"]) == ("Sum", 0, 1)
    assert (late["statistic"], late["threshold"], late["evaluationPeriods"]) == ("Maximum", 900, 3)
    for alarm in (failed, late):
        assert alarm["comparisonOperator"] == "GreaterThanThreshold"
        # Nothing is copied most of the time: that neither breaks nor mends anything.
        assert alarm["treatMissingData"] == "ignore"


def test_a_topic_hears_of_it_and_that_it_is_over() -> None:
    alarms = _alarms(topics={"failed": _HERE, "late": _THERE})

    for metric, topic in (("OperationsFailedReplication", _HERE), ("ReplicationLatency", _THERE)):
        assert alarms[metric]["alarmActions"] == alarms[metric]["okActions"] == [topic]
    assert all("alarmActions" not in alarm and "okActions" not in alarm for alarm in _alarms().values())


def _copies(recording: Recording) -> set[tuple[str, str, str]]:
    return {
        (made.inputs["bucket"], rule["destination"]["bucket"].replace(".arn>", ".id>"), rule["id"])
        for made in recording.of(REPLICATION)
        for rule in made.inputs["rules"]
    }


@pytest.mark.parametrize("stack", _COPIED)
def test_every_copy_of_a_stack_has_both_alarms(stack: str) -> None:
    recording, replica = assembled(stack), settings_of(stack).backup.store.replica
    assert replica is not None
    watched: dict[str, set[tuple[str, str, str]]] = {}
    for made in recording.of(ALARM):
        rule = made.inputs["dimensions"]
        watched.setdefault(made.inputs["metricName"], set()).add(
            (rule["SourceBucket"], rule["DestinationBucket"], rule["RuleId"])
        )

    copies = _copies(recording)
    assert copies
    assert watched == {"OperationsFailedReplication": copies, "ReplicationLatency": copies}


@pytest.mark.parametrize("stack", ["prod", "prod-dr"])
def test_somebody_is_told_of_productions_copies(stack: str) -> None:
    replica = settings_of(stack).backup.store.replica
    assert replica is not None
    told = {action for made in assembled(stack).of(ALARM) for action in made.inputs["alarmActions"]}

    assert None not in told
    assert told == {replica.topics.failed, replica.topics.late}
