"""What the table says of charts is what the charts' own files say, and reads their values as their templates do."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from rehearsal.charts import library
from rehearsal.charts.chart import Chart
from rehearsal.charts.places import Place
from rehearsal.survival.charts import at, table, told
from tests.rehearsal.survival.page import state

_NUMBERS = ("maxUnavailable", "minAvailable")


def _paths(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield every path that a chart must know; where pods are placed charts know some keys of."""
    yield from (path for path, _ in _leaves(row.get("defaults") or {}))
    for made in row.get("workload") or ():
        yield from made.get("when") or ()
        yield from made.get("budgets") or ()
        yield from filter(None, made["levels"])
        yield from (path for volume in made.get("volumes") or () for path in (volume["when"], volume["class"]))
        yield from (made["parts"][key] for key in ("when", "number") if "parts" in made)
        yield from (made[key] for key in ("replicas", "copies") if isinstance(made.get(key), str))


def _leaves(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        path = f"{above}.{key}" if above else key
        if isinstance(value, Mapping) and not any("/" in name for name in value):
            yield from _leaves(value, path)
        else:
            yield path, value


def _known(chart: Chart, path: str) -> bool:
    place: Place | None = Place.of(chart)
    for step in path.split("."):
        if place is None:
            return False
        below = place.below(step)
        if below is None:
            return place.open
        place = below
    return True


def _default(chart: Chart, path: str) -> Any:
    """Return a chart's own value at a path, which may be that of a chart within it."""
    found = at(chart.defaults, path)
    first, _, rest = path.partition(".")
    within = next((each.chart for each in chart.dependencies if each.key == first and each.chart), None)
    return found if found is not None or within is None else at(within.defaults, rest)


def _chart(name: str) -> Chart:
    charts = library.at_hand()
    chart = charts.find(name, "") if charts else None
    if chart is None:
        pytest.skip(f"the files of {name} are not at hand")
    return chart


@pytest.mark.parametrize("name", sorted(table()["chart"]))
def test_every_path_is_one_that_the_chart_knows(name: str) -> None:
    chart = _chart(name)

    assert [path for path in _paths(table()["chart"][name]) if not _known(chart, path)] == []


@pytest.mark.parametrize("name", sorted(table()["chart"]))
def test_every_default_is_the_charts_own(name: str) -> None:
    chart = _chart(name)
    said = dict(_leaves(table()["chart"][name].get("defaults") or {}))

    assert {path: _default(chart, path) for path in said} == said


def test_a_path_that_the_chart_does_not_know_is_noticed() -> None:
    chart = _chart("vault")

    assert _known(chart, "server.ha.replicas")
    assert not _known(chart, "server.ha.replicaCount")


def _release(chart: str, values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    inputs = {"chart": chart, "name": chart, "namespace": "there", "values": values}
    return [{"type": "kubernetes:helm.sh/v3:Release", "urn": f"urn::{chart}", "inputs": inputs}]


def test_the_stacks_values_are_laid_over_the_charts_own() -> None:
    (pair,) = told(_release("metrics-server", {"replicas": 2, "podDisruptionBudget": {"enabled": True}}), {}).workloads
    (single,) = told(_release("metrics-server", {}), {}).workloads

    assert (pair.replicas, single.replicas) == (2, 1)


@pytest.mark.parametrize(
    ("chart", "values", "says"),
    [
        ("cert-manager", {"podDisruptionBudget": {"enabled": True}}, {"minAvailable": 1}),
        ("cert-manager", {"podDisruptionBudget": {"enabled": True, "maxUnavailable": 1}}, {"maxUnavailable": 1}),
        ("aws-load-balancer-controller", {"podDisruptionBudget": {"maxUnavailable": 1}}, {"maxUnavailable": 1}),
        ("cluster-autoscaler", {}, {"maxUnavailable": 1}),
        ("ingress-nginx", {"controller": {"replicaCount": 2}}, {"minAvailable": 1}),
        ("cert-manager", {}, None),
        ("aws-load-balancer-controller", {}, None),
        ("ingress-nginx", {}, None),
    ],
)
def test_a_budget_is_read_where_the_chart_makes_one(
    chart: str, values: Mapping[str, Any], says: Mapping[str, Any] | None
) -> None:
    found = told(_release(chart, values), {})
    guards = [each for each in found.budgets if each.guards(found.workloads[0])]

    assert [{key: each.spec[key] for key in _NUMBERS if key in each.spec} for each in guards] == (
        [] if says is None else [says]
    )


def test_shards_of_thanos_store_are_workloads_of_their_own() -> None:
    sharded = {"storegateway": {"sharded": {"enabled": True, "hashPartitioning": {"shards": 2}}}}

    names = [each.name for each in told(_release("thanos", sharded), {}).workloads]

    assert {"thanos-storegateway-0", "thanos-storegateway-1"} <= set(names)
    assert "thanos-storegateway" in {each.name for each in told(_release("thanos", {}), {}).workloads}


def test_what_only_the_charts_template_completes_is_taken_for_nothing() -> None:
    (server,) = told(
        _release("keycloakx", {"affinity": "{{ include }}", "topologySpreadConstraints": "- maxSkew: 1"}), {}
    ).workloads

    assert server.pod["affinity"] == {}
    assert server.pod["topologySpreadConstraints"] == [
        {"labelSelector": {"matchLabels": dict(server.labels)}, "maxSkew": 1}
    ]


def test_a_chart_that_the_table_lacks_is_told() -> None:
    assert told(_release("moon", {}), {}).unknown == ("there/moon",)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_table_knows_every_chart_of_a_stack(stack: str) -> None:
    assert [name for name in told(state(stack), {}).unknown if not name.startswith("add-on ")] == []
