"""Each monitor has one Prometheus, each volume a node, and what an edge sends away is not looked for at home."""

from typing import Any

import pytest

from settings.load import parse
from tests.settings import refusals

_INSTANCES = ("observability", "prometheus", "instances")
_EDGE = {"receiver": {"url": "https://metrics.example.com/api/v1/receive"}}


@pytest.mark.parametrize(
    ("instances", "path", "says"),
    [
        (
            {"database": {"selects": ["mysql"]}, "tooling": {"selects": ["mysql"]}},
            (*_INSTANCES, "tooling", "selects", 0),
            "is mysql, which database takes already: database and tooling would both scrape",
        ),
        (
            {"database": {"selects": ["system"]}},
            (*_INSTANCES, "database", "selects", 0),
            "is system, which system takes already: system and database would both scrape",
        ),
        (
            {"argos": {"selects": ["app"]}},
            (*_INSTANCES, "argos", "selects", 0),
            "is app, which app takes already",
        ),
        (
            {"app": {"selects": ["shop"]}},
            (*_INSTANCES, "app", "selects"),
            "has no use for shop: app takes whatever no other instance takes",
        ),
    ],
)
def test_selectors_that_overlap_are_refused_with_both_names(
    data: dict[str, Any], instances: dict[str, Any], path: tuple[str | int, ...], says: str
) -> None:
    data["observability"] = {"prometheus": {"instances": instances}}
    (problem,) = refusals.problems(data)

    assert problem.path == path
    assert problem.says.startswith(says)


def test_values_that_nobody_else_takes_are_an_instances_own(data: dict[str, Any]) -> None:
    data["observability"] = {
        "prometheus": {
            "instances": {"database": {"selects": ["mysql", "postgres"]}, "argos": {"selects": ["rollouts"]}}
        }
    }

    parse(data, stack="prod")


def test_a_thanos_that_nothing_is_uploaded_for_is_refused(data: dict[str, Any]) -> None:
    data["observability"] = {"prometheus": {"edge": _EDGE}}
    (problem,) = refusals.problems(data)

    assert problem.path == ("observability", "thanos", "enabled")
    assert "metrics.example.com" in problem.says
    assert refusals.mended(data, problem).observability.thanos.enabled is False


def test_a_zone_without_a_node_is_refused_where_nobody_can_choose_it(data: dict[str, Any]) -> None:
    data["vault"] = {"enabled": False}
    data["observability"] = {"prometheus": {"replicas": 3}}
    data["nodes"]["general"]["min_size"] = 2
    (problem,) = refusals.problems(data)

    assert problem.path == ("nodes", "general", "min_size")
    assert problem.says.startswith("leaves a zone without a node for Prometheus, whose 3 replicas")
    assert refusals.mended(data, problem).nodes.general.min_size == 3


@pytest.mark.parametrize("observability", [{"enabled": False, "prometheus": {"replicas": 3}}, {}])
def test_no_more_nodes_are_asked_for_than_there_are_replicas(
    data: dict[str, Any], observability: dict[str, Any]
) -> None:
    data["vault"] = {"enabled": False}
    # OpenCost needs the monitoring.
    data |= {"observability": observability, "cost": {}}
    data["nodes"]["general"]["min_size"] = 2

    parse(data, stack="prod")


def test_pods_that_write_and_are_scraped_are_refused(data: dict[str, Any]) -> None:
    data["observability"] = {
        "prometheus": {"targets": [{"namespace": "shop", "app": "collector", "port": 8080}]},
        "thanos": {"receive": {"writers": [{"namespace": "shop", "app": "collector"}]}},
    }
    (problem,) = refusals.problems(data)

    assert problem.path == ("observability", "prometheus", "targets", 0)
    assert "each would be there twice" in problem.says
