"""What a stack may cost fits its account, network, monitoring and namespaces, or its report says why not."""

from typing import Any

import pytest

from settings.load import parse
from tests.settings import refusals

_TOPIC = "arn:aws:sns:eu-central-1:111122223333:costs"
_MONITOR = "arn:aws:ce::111122223333:anomalymonitor/12345678-1234-1234-1234-123456789012"


def _cost(data: dict[str, Any], **cost: Any) -> None:
    data["cost"] = {"subscribers": {"topic_arn": _TOPIC}, **cost}


def test_a_budget_of_a_tag_that_nothing_bears_is_refused(data: dict[str, Any]) -> None:
    _cost(data, budget={"monthly_usd": 100, "tag": "team"})

    (problem,) = refusals.problems(data)

    assert problem.path == ("cost", "budget", "tag")
    assert "the budget would count nothing" in problem.says
    assert "there are environment, owner" in problem.says


def test_a_tag_without_a_value_counts_nothing_either(data: dict[str, Any]) -> None:
    data["account"]["tags"] = {"environment": ""}
    _cost(data, budget={"monthly_usd": 100})

    (problem,) = refusals.problems(data)

    assert "there are none" in problem.says


@pytest.mark.parametrize("tag", ["environment", "owner", None])
def test_a_budget_of_a_tag_of_the_account_or_of_none_is_taken(data: dict[str, Any], tag: str | None) -> None:
    _cost(data, budget={"monthly_usd": 100, "tag": tag})

    budget = parse(data, stack="prod").cost.budget
    assert budget is not None
    assert budget.tag == tag


@pytest.mark.parametrize(
    ("cost", "path"),
    [
        ({"subscribers": {"topic_arn": _TOPIC.replace("1111", "4444", 1)}}, ("cost", "subscribers", "topic_arn")),
        (
            {"subscribers": {"topic_arn": _TOPIC.replace("arn:aws:", "arn:aws-cn:")}},
            ("cost", "subscribers", "topic_arn"),
        ),
        ({"anomalies": {"monitor_arn": _MONITOR.replace("1111", "4444", 1)}}, ("cost", "anomalies", "monitor_arn")),
    ],
    ids=str,
)
def test_what_is_of_another_account_is_refused(
    data: dict[str, Any], cost: dict[str, Any], path: tuple[str, ...]
) -> None:
    _cost(data, **{"budget": {"monthly_usd": 100}, **cost})

    (problem,) = refusals.problems(data)

    assert problem.path == path
    assert "111122223333 in aws" in problem.says


def test_a_topic_of_another_region_is_taken_for_billing_is_global(data: dict[str, Any]) -> None:
    _cost(data, budget={"monthly_usd": 100}, subscribers={"topic_arn": _TOPIC.replace("eu-central-1", "us-east-1")})

    assert parse(data, stack="prod").cost.subscribers.any


def test_prices_without_the_monitoring_are_refused_and_mended(data: dict[str, Any]) -> None:
    _cost(data, opencost={"enabled": True})
    data["observability"] = {"enabled": False}
    data["chaos"] = {}

    (problem,) = refusals.problems(data)

    assert problem.path == ("cost", "opencost", "enabled")
    assert "needs the monitoring" in problem.says
    assert not refusals.mended(data, problem).cost.opencost.enabled


def test_prices_that_cannot_be_read_are_refused_and_mended(data: dict[str, Any]) -> None:
    _cost(data, opencost={"enabled": True})
    data["network"]["nat"] = "none"
    data["cilium"]["image_registry"] = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/quay"
    # They have reasons of their own to need the internet.
    data["dns"] = data["entry"] = data["observability"] = {}
    data["detection"] = {"trivy": {"enabled": False}}

    (problem,) = refusals.problems(data)

    assert problem.path == ("cost", "opencost", "enabled")
    assert "nat none leads nobody" in problem.says
    assert not refusals.mended(data, problem).cost.opencost.enabled


def test_the_quota_of_a_namespace_that_nobody_makes_is_refused(data: dict[str, Any]) -> None:
    data["cluster"]["access"]["grants"]["orders"] = {
        "role": "developer",
        "principal": "arn:aws:iam::111122223333:role/orders",
        "namespaces": ["orders"],
    }
    _cost(data, quotas={"namespaces": {"orders": {"cpu": 5}, "oders": {"cpu": 5}}})

    (problem,) = refusals.problems(data)

    assert problem.path == ("cost", "quotas", "namespaces", "oders")
    assert "there are orders" in problem.says


@pytest.mark.parametrize(
    ("cost", "path"),
    [
        ({"budget": {"monthly_usd": 0}}, ("cost", "budget", "monthly_usd")),
        ({"budget": {"monthly_usd": 100, "actual_percent": [2000]}}, ("cost", "budget", "actual_percent", 0)),
        ({"budget": {"monthly_usd": 100}, "subscribers": {}}, ("cost",)),
        ({"quotas": {"default": {"cpu": 4, "cpu_limit": 2}}}, ("cost", "quotas", "default")),
        (
            {"quotas": {"default": {"memory_gib": 1, "memory_limit_gib": 1}, "containers": {"memory_limit_mib": 2048}}},
            ("cost", "quotas"),
        ),
    ],
    ids=str,
)
def test_what_cannot_hold_is_named_in_the_report(
    data: dict[str, Any], cost: dict[str, Any], path: tuple[str | int, ...]
) -> None:
    _cost(data, **cost)

    assert [problem.path for problem in refusals.problems(data)] == [path]
