"""A budget counts what the stack bears, tells everybody at every threshold, and refuses what would tell nobody."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.capacity.cost.budgets import Budgets, BudgetSettings
from components.capacity.cost.notices import SubscribersSettings
from components.capacity.cost.settings import CostSettings
from components.foundation.account import AccountSettings
from tests.components import examples
from tests.components.recording import Recording, build

_BUDGET = "aws:budgets/budget:Budget"
_TAG = "aws:costexplorer/costAllocationTag:CostAllocationTag"
_TOPIC = "arn:aws:sns:eu-central-1:111122223333:costs"


def _account() -> AccountSettings:
    tags = {"environment": "test", "owner": "platform@example.com"}
    return examples.parsed(AccountSettings, id="111122223333", region="eu-central-1", tags=tags)


def _built(subscribers: dict[str, Any] | None = None, **settings: Any) -> Recording:
    told = {"emails": ["finance@example.com"]} if subscribers is None else subscribers
    return build(
        lambda: Budgets(
            "budgets",
            examples.parsed(BudgetSettings, **{"monthly_usd": 900, **settings}),
            cluster_name="platform-test",
            account=_account(),
            subscribers=examples.parsed(SubscribersSettings, **told),
        )
    )


def _budget(recording: Recording) -> dict[str, Any]:
    return recording.one(_BUDGET, "budgets-monthly").inputs


def test_a_budget_is_of_a_month_and_in_dollars() -> None:
    budget = _budget(_built())

    assert (budget["budgetType"], budget["timeUnit"]) == ("COST", "MONTHLY")
    assert (budget["limitAmount"], budget["limitUnit"]) == ("900", "USD")


def test_an_e_mail_says_whose_budget_it_is() -> None:
    assert _budget(_built())["name"] == "platform-test-monthly"


def test_each_environment_counts_its_own_cost() -> None:
    assert _budget(_built())["costFilters"] == [{"name": "TagKeyValue", "values": ["user:environment$test"]}]


def test_without_a_tag_the_whole_account_is_counted() -> None:
    assert not _budget(_built(tag=None)).get("costFilters")


def test_everybody_is_told_at_every_threshold_that_is_spent_or_expected() -> None:
    subscribers = {"emails": ["finance@example.com", "platform@example.com"], "topic_arn": _TOPIC}
    told = _budget(_built(subscribers, actual_percent=[50, 100], forecast_percent=[120]))["notifications"]

    assert [(each["notificationType"], each["threshold"]) for each in told] == [
        ("ACTUAL", 50),
        ("ACTUAL", 100),
        ("FORECASTED", 120),
    ]
    for each in told:
        assert (each["comparisonOperator"], each["thresholdType"]) == ("GREATER_THAN", "PERCENTAGE")
        assert each["subscriberEmailAddresses"] == subscribers["emails"]
        assert each["subscriberSnsTopicArns"] == [_TOPIC]


def test_somebody_is_told_before_the_money_is_spent_unless_a_stack_says_otherwise() -> None:
    settings = BudgetSettings(monthly_usd=1)

    assert min(settings.actual_percent) < 100
    assert settings.forecast_percent


def test_the_payers_tags_are_left_alone_unless_a_stack_says_that_they_are_its_own() -> None:
    assert _built().of(_TAG) == []
    tag = _built(activate_tag=True).one(_TAG, "budgets-tag").inputs
    assert (tag["tagKey"], tag["status"]) == ("environment", "Active")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"monthly_usd": 0}, "greater than or equal to 1"),
        ({"monthly_usd": -5}, "greater than or equal to 1"),
        ({"actual_percent": [1001]}, "less than or equal to 1000"),
        ({"forecast_percent": [0]}, "greater than or equal to 1"),
        ({"actual_percent": [80, 80]}, "actual_percent names a threshold twice"),
        ({"actual_percent": [], "forecast_percent": []}, "0 thresholds"),
        ({"actual_percent": list(range(10, 120, 10))}, "a budget has 1 to 10"),
        ({"tag": None, "activate_tag": True}, "activate_tag has no tag"),
    ],
    ids=str,
)
def test_a_budget_that_aws_would_refuse_or_that_tells_nobody_is_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        examples.parsed(BudgetSettings, **{"monthly_usd": 900, **wrong})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"emails": ["finance"]}, "pattern"),
        ({"emails": ["a@example.com", "a@example.com"]}, "named twice"),
        ({"emails": [f"a{number}@example.com" for number in range(11)]}, "at most 10"),
        ({"topic_arn": f"{_TOPIC}.fifo"}, "pattern"),
    ],
    ids=str,
)
def test_subscribers_that_aws_would_refuse_are_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        examples.parsed(SubscribersSettings, **wrong)


@pytest.mark.parametrize("asked", [{"budget": {"monthly_usd": 900}}, {"anomalies": {}}], ids=str)
def test_a_budget_or_a_monitor_without_anyone_to_tell_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="would tell nobody: name somebody in subscribers"):
        examples.parsed(CostSettings, **asked)

    assert examples.parsed(CostSettings, **asked, subscribers={"topic_arn": _TOPIC}).subscribers.any


def test_a_stack_that_asks_for_nothing_needs_nobody_to_tell() -> None:
    settings = CostSettings()

    assert (settings.budget, settings.anomalies, settings.subscribers.any) == (None, None, False)
