"""Each dashboard asks for what there is, of the clusters that are chosen, and says what its numbers mean."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from components.kit.monitoring import Instance
from components.observability.dashboards.catalog import DASHBOARDS, shown_in
from components.observability.dashboards.panels import Dashboard, Folder, Grafana, Unit
from components.observability.dashboards.rendering import DATASOURCE, MOST_BYTES, render
from components.observability.grafana import datasources
from components.observability.rules import catalog as rules
from components.observability.rules import slo
from tests.components.observability.metrics import selectors, unknown_metrics

RUNBOOKS = Path(__file__).parents[4] / "docs" / "runbooks"

# https://grafana.com/docs/grafana/latest/visualizations/dashboards/variables/add-template-variables/#global-variables
_OF_GRAFANA = {"__rate_interval", "__range", "__interval"}
_VARIABLE = re.compile(r"\$\{?(\w+)")
# What Prometheus itself makes: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
_OF_PROMETHEUS = {"ALERTS"}

every = pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.uid)


@cache
def _read(uid: str) -> dict[str, Any]:
    (dashboard,) = [each for each in DASHBOARDS if each.uid == uid]
    page: dict[str, Any] = json.loads(_text(dashboard))
    return page


def _page(dashboard: Dashboard) -> dict[str, Any]:
    return _read(dashboard.uid)


def _text(dashboard: Dashboard) -> str:
    return render(dashboard, datasource="thanos", runbooks="https://example.com/runbooks")


def _panels(dashboard: Dashboard) -> list[dict[str, Any]]:
    return [panel for panel in _page(dashboard)["panels"] if panel["type"] != "row"]


def _expressions(dashboard: Dashboard) -> list[str]:
    return [target["expr"] for panel in _panels(dashboard) for target in panel["targets"]]


def _promql(expression: str) -> str:
    return expression.replace("$__rate_interval", "5m")


@cache
def _recorded() -> frozenset[str]:
    named = [
        *(rule for group in slo.groups(slo.PLATFORM, "") for rule in group["rules"]),
        *(rule for group in slo.budgets(slo.PLATFORM) for rule in group["rules"]),
    ]
    data = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in rules.FOLDER.rglob("*.yaml")]
    named += [rule for file in data for group in file["groups"] for rule in group["rules"]]
    return frozenset(rule["record"] for rule in named if "record" in rule) | _OF_PROMETHEUS


@every
def test_every_metric_is_one_that_somebody_exports_or_a_rule_records(dashboard: Dashboard) -> None:
    unknown = {name for each in _expressions(dashboard) for name in unknown_metrics(_promql(each), _recorded())}

    assert not unknown


@every
def test_every_selector_asks_for_the_chosen_clusters(dashboard: Dashboard) -> None:
    for expression in _expressions(dashboard):
        for selector in selectors(_promql(expression)):
            matchers = [(each.name, str(each.op), each.value) for each in selector.matchers.matchers]
            assert ("cluster", "MatchOp.Re", "$cluster") in matchers, expression


@every
def test_every_variable_of_a_query_is_one_that_may_be_chosen(dashboard: Dashboard) -> None:
    chosen = {each["name"] for each in _page(dashboard)["templating"]["list"]}
    asked = {name for each in _expressions(dashboard) for name in _VARIABLE.findall(each)}
    queries = [each["query"] for each in _page(dashboard)["templating"]["list"]]

    assert asked <= chosen | _OF_GRAFANA
    assert {name for query in queries for name in _VARIABLE.findall(query)} <= chosen
    assert chosen - {DATASOURCE} <= asked, "nothing asks for what may be chosen"


@every
def test_the_values_of_a_variable_are_those_of_a_metric_that_exists(dashboard: Dashboard) -> None:
    for each in _page(dashboard)["templating"]["list"]:
        if each["type"] == "query":
            metric = re.fullmatch(r"label_values\((.*), \w+\)", each["query"])
            assert metric, each["query"]
            assert unknown_metrics(metric[1], _recorded()) == []


@every
def test_a_choice_of_everything_takes_series_without_the_label_too(dashboard: Dashboard) -> None:
    """What a Prometheus has itself bears no label `cluster`: it gets it on the way out."""
    clusters = next(each for each in _page(dashboard)["templating"]["list"] if each["name"] == "cluster")

    assert clusters["includeAll"] is True
    assert clusters["allValue"] == ".*"
    assert clusters["current"]["value"] == "$__all"


@every
@pytest.mark.parametrize("thanos", [True, False])
def test_the_datasource_that_is_asked_at_first_exists(dashboard: Dashboard, *, thanos: bool) -> None:
    uid = datasources.first(dashboard.watched_by, thanos=thanos)
    page = json.loads(render(dashboard, datasource=uid, runbooks="https://example.com"))
    known = {each["uid"]: each["type"] for each in datasources.datasources([*Instance], thanos=thanos)}
    source = next(each for each in page["templating"]["list"] if each["name"] == DATASOURCE)

    assert known[source["current"]["value"]] == source["query"] == "prometheus"
    asked = [panel["datasource"] for panel in page["panels"] if panel["type"] != "row"]
    asked += [target["datasource"] for panel in page["panels"] for target in panel.get("targets", [])]
    assert {each["uid"] for each in asked} == {f"${{{DATASOURCE}}}"}


@every
def test_every_panel_says_what_its_numbers_are(dashboard: Dashboard) -> None:
    titles = Counter(panel["title"] for panel in _panels(dashboard))

    assert [title for title, times in titles.items() if times > 1] == []
    for panel in _panels(dashboard):
        assert panel["title"]
        assert panel["description"].endswith("."), panel["title"]
        assert len(panel["description"]) >= 15, panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"] in {*Unit}, panel["title"]
        assert panel["targets"], panel["title"]


@every
def test_every_series_of_a_graph_has_a_name(dashboard: Dashboard) -> None:
    for panel in _panels(dashboard):
        if panel["type"] == "timeseries":
            assert all(target.get("legendFormat") for target in panel["targets"]), panel["title"]


@every
def test_a_series_is_named_by_labels_that_are_left_of_it(dashboard: Dashboard) -> None:
    for panel in _panels(dashboard):
        for target in panel["targets"]:
            outermost = promql_parser.parse(_promql(target["expr"]))
            grouped = re.match(r"\w+ by \(([^)]*)\)", str(outermost.prettify()).lstrip())
            if isinstance(outermost, promql_parser.AggregateExpr) and grouped:
                left = {label.strip() for label in grouped[1].split(",")}
                named = set(re.findall(r"{{\s*(\w+)\s*}}", target.get("legendFormat", "")))
                assert named <= left, panel["title"]


@every
def test_panels_lie_beside_each_other_on_the_page(dashboard: Dashboard) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in _page(dashboard)["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24, panel["title"]
        assert not taken & cells, panel["title"]
        taken |= cells
    identifiers = [panel["id"] for panel in _page(dashboard)["panels"]]
    assert len(set(identifiers)) == len(identifiers)


@every
def test_every_runbook_that_is_linked_exists(dashboard: Dashboard) -> None:
    linked = [dashboard.runbook, *(panel.runbook for panel in dashboard.panels)]

    for runbook in filter(None, linked):
        assert (RUNBOOKS / f"{runbook}.md").is_file(), runbook
    (first,) = [link for link in _page(dashboard)["links"] if link["type"] == "link"]
    assert first["url"].startswith("https://example.com/runbooks")


@every
def test_the_same_dashboard_is_the_same_bytes_and_fits_into_a_configmap(dashboard: Dashboard) -> None:
    assert _text(dashboard) == _text(dashboard)
    assert len(_text(dashboard).encode()) <= MOST_BYTES
    assert _page(dashboard)["editable"] is False


def test_every_dashboard_has_an_address_of_its_own() -> None:
    uids = [dashboard.uid for dashboard in DASHBOARDS]

    assert len(set(uids)) == len(uids)
    # https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/#identifier-id-vs-unique-identifier-uid
    assert all(re.fullmatch(r"[a-z0-9-]{1,40}", uid) for uid in uids)
    assert len({dashboard.title for dashboard in DASHBOARDS}) == len(DASHBOARDS)


def test_every_folder_and_every_grafana_has_dashboards() -> None:
    assert {dashboard.folder for dashboard in DASHBOARDS} == {*Folder}
    for grafana in Grafana:
        assert shown_in(frozenset({grafana})), grafana
    assert shown_in(frozenset({Grafana.MAIN})) == DASHBOARDS
    assert shown_in(frozenset()) == ()
