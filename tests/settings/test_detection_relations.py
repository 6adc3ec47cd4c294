"""Detection fits its account and its network, or the one report of a stack's settings says why not."""

from typing import Any

import pytest

from settings.load import parse
from tests.settings import refusals

_ROUTES = ("detection", "falco", "routes")
_TOPIC = "arn:aws:sns:eu-central-1:111122223333:security"


def _routed(data: dict[str, Any], **routes: Any) -> None:
    data["detection"] = {"falco": {"routes": routes}}


@pytest.mark.parametrize(
    ("route", "key"),
    [
        ({"slack": {}}, "SLACK_WEBHOOKURL"),
        ({"pagerduty": {}}, "PAGERDUTY_ROUTINGKEY"),
        ({"loki": {"url": "https://logs.example.com"}}, "LOKI_APIKEY"),
    ],
)
def test_a_route_without_its_secret_is_refused_and_mended(
    data: dict[str, Any], route: dict[str, Any], key: str
) -> None:
    _routed(data, **route)

    (problem,) = refusals.problems(data)

    assert problem.path == (*_ROUTES, "secret_name")
    assert key in problem.says
    assert refusals.mended(data, problem).detection.falco.routes.secret_name == "falco-routes"  # noqa: S105 - the name of a Secret


@pytest.mark.parametrize(
    "route",
    [
        {},
        {"alertmanager": {}},
        {"webhook": {"url": "https://alerts.example.com/falco"}},
        {"cloudwatch_logs": {}},
        {"sns": {"topic_arn": _TOPIC}},
        {"slack": {}, "secret_name": "falco-routes"},
    ],
    ids=str,
)
def test_a_route_that_needs_no_secret_or_names_it_is_taken(data: dict[str, Any], route: dict[str, Any]) -> None:
    _routed(data, **route)

    chosen = parse(data, stack="prod").detection.falco.routes.chosen

    assert set(chosen) == set(route) - {"secret_name"}


def test_a_topic_of_another_region_is_refused_and_mended(data: dict[str, Any]) -> None:
    _routed(data, sns={"topic_arn": _TOPIC.replace("eu-central-1", "us-east-1")})

    (problem,) = refusals.problems(data)

    assert problem.path == (*_ROUTES, "sns", "topic_arn")
    assert "publishes in eu-central-1 only" in problem.says
    sns = refusals.mended(data, problem).detection.falco.routes.sns
    assert sns is not None
    assert sns.topic_arn == _TOPIC


def test_a_closed_network_has_its_alerts_and_databases_inside(data: dict[str, Any]) -> None:
    data["network"]["nat"] = "none"
    data["cilium"]["image_registry"] = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/quay"
    # They have reasons of their own to need the internet.
    data["dns"] = data["entry"] = data["observability"] = data["cost"] = {}
    _routed(data, webhook={"url": "https://alerts.example.com"}, cloudwatch_logs={})

    problems = {problem.path: problem.says for problem in refusals.problems(data)}

    assert set(problems) == {(*_ROUTES, "webhook"), ("detection", "trivy", "databases")}
    assert all("nat none leads nobody" in says for says in problems.values())
    _routed(data, cloudwatch_logs={}, sns={"topic_arn": _TOPIC})
    data["detection"]["trivy"] = {"databases": "111122223333.dkr.ecr.eu-central-1.amazonaws.com/aquasecurity"}
    assert parse(data, stack="prod").detection.trivy.in_ecr
    data["detection"]["trivy"] = {"enabled": False}
    assert not parse(data, stack="prod").detection.trivy.enabled
