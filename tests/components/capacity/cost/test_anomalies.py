"""A rise is told of by e-mail once a day and by a topic at once, by the account's one monitor."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.capacity.cost.anomalies import Anomalies, AnomaliesSettings
from components.capacity.cost.notices import SubscribersSettings
from tests.components import examples
from tests.components.recording import Recording, build

_MONITOR = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"
_SUBSCRIPTION = "aws:costexplorer/anomalySubscription:AnomalySubscription"
_TOPIC = "arn:aws:sns:eu-central-1:111122223333:costs"
_FOUND = "arn:aws:ce::111122223333:anomalymonitor/12345678-1234-1234-1234-123456789012"


def _built(subscribers: dict[str, Any], **settings: Any) -> Recording:
    return build(
        lambda: Anomalies(
            "anomalies",
            examples.parsed(AnomaliesSettings, **settings),
            cluster_name="platform-test",
            subscribers=examples.parsed(SubscribersSettings, **subscribers),
        )
    )


def test_every_service_of_the_account_is_watched() -> None:
    monitor = _built({"topic_arn": _TOPIC}).one(_MONITOR, "anomalies-services").inputs

    assert (monitor["monitorType"], monitor["monitorDimension"]) == ("DIMENSIONAL", "SERVICE")


def test_the_monitor_that_an_account_has_already_is_used_and_none_is_made() -> None:
    recording = _built({"topic_arn": _TOPIC}, monitor_arn=_FOUND)

    assert recording.of(_MONITOR) == []
    assert recording.one(_SUBSCRIPTION, "anomalies-at-once").inputs["monitorArnLists"] == [_FOUND]


def test_e_mails_come_once_a_day_and_the_topic_hears_at_once() -> None:
    recording = _built({"emails": ["a@example.com", "b@example.com"], "topic_arn": _TOPIC})
    summary = recording.one(_SUBSCRIPTION, "anomalies-summary").inputs
    at_once = recording.one(_SUBSCRIPTION, "anomalies-at-once").inputs

    assert (summary["frequency"], at_once["frequency"]) == ("DAILY", "IMMEDIATE")
    assert summary["subscribers"] == [{"type": "EMAIL", "address": f"{name}@example.com"} for name in "ab"]
    assert at_once["subscribers"] == [{"type": "SNS", "address": _TOPIC}]
    assert summary["monitorArnLists"] == at_once["monitorArnLists"] == ["<anomalies-services.arn>"]


@pytest.mark.parametrize(
    ("subscribers", "made"),
    [({"emails": ["a@example.com"]}, ["anomalies-summary"]), ({"topic_arn": _TOPIC}, ["anomalies-at-once"])],
    ids=str,
)
def test_a_way_that_nobody_asked_for_is_not_made(subscribers: dict[str, Any], made: list[str]) -> None:
    assert [each.name for each in _built(subscribers).of(_SUBSCRIPTION)] == made


def test_small_rises_are_not_told_of() -> None:
    told = _built({"topic_arn": _TOPIC}, impact_usd=250).one(_SUBSCRIPTION, "anomalies-at-once").inputs

    assert told["thresholdExpression"] == {
        "dimension": {
            "key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
            "matchOptions": ["GREATER_THAN_OR_EQUAL"],
            "values": ["250"],
        }
    }


@pytest.mark.parametrize("wrong", [{"impact_usd": 0}, {"monitor_arn": "anomalymonitor/1"}], ids=str)
def test_what_aws_would_refuse_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        examples.parsed(AnomaliesSettings, **wrong)
