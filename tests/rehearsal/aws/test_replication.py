"""A copy of a bucket that S3 would refuse for how it is measured is refused in the preview."""

from typing import Any

import pytest

from tests.rehearsal.aws.world import World

_IN_TIME = {"status": "Enabled", "time": {"minutes": 15}}
_COUNTED = {"status": "Enabled"}
_TOLD = {**_COUNTED, "eventThreshold": {"minutes": 15}}


def _failures(world: World, **measured: Any) -> list[str]:
    destination = {"bucket": "arn:aws:s3:::copy", **measured}
    rule = {"id": "all", "status": "Enabled", "destination": destination}
    role = "arn:aws:iam::111122223333:role/copier"
    _, failures = world.check(
        "s3/bucketReplicationConfig:BucketReplicationConfig", "copies", bucket="original", role=role, rules=[rule]
    )
    return [f"{failure.property}: {failure.reason}" for failure in failures]


@pytest.mark.parametrize(
    "measured",
    [
        {},
        {"metrics": _COUNTED},
        {"metrics": _COUNTED, "replicationTime": _IN_TIME},
        {"metrics": _TOLD, "replicationTime": _IN_TIME},
    ],
)
def test_what_is_measured_as_s3_has_it_is_accepted(world: World, measured: dict[str, Any]) -> None:
    assert _failures(world, **measured) == []


@pytest.mark.parametrize("time", [{}, {"replicationTime": {**_IN_TIME, "status": "Disabled"}}])
def test_a_threshold_of_events_needs_a_time(world: World, time: dict[str, Any]) -> None:
    (failure,) = _failures(world, metrics=_TOLD, **time)

    assert failure.startswith("rules[0].destination.metrics: s3 PutBucketReplication refused: InvalidArgument")
    assert "event threshold" in failure


@pytest.mark.parametrize("metrics", [{}, {"metrics": {"status": "Disabled"}}])
def test_a_time_needs_metrics(world: World, metrics: dict[str, Any]) -> None:
    (failure,) = _failures(world, replicationTime=_IN_TIME, **metrics)

    assert "ReplicationTime needs Metrics that are Enabled" in failure
