"""What a dashboard says becomes what Grafana reads, by the schema that Grafana's own SDK knows."""

import json
from dataclasses import replace
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard as Schema

from components.kit.monitoring import Instance
from components.observability.dashboards.catalog import DASHBOARDS
from components.observability.dashboards.panels import (
    Dashboard,
    Folder,
    Panel,
    Row,
    Unit,
    Variable,
    graph,
    in_clusters,
    led_by,
    number,
    table,
)
from components.observability.dashboards.rendering import MOST_BYTES, render

_RUNBOOKS = "https://example.com/runbooks"


def _dashboard(*panels: Panel, **given: Any) -> Dashboard:
    chosen: dict[str, Any] = {
        "uid": "one",
        "title": "One",
        "purpose": "To try.",
        "folder": Folder.CLUSTER,
        "watched_by": Instance.SYSTEM,
        "rows": [Row(title="First", panels=panels)],
    }
    return Dashboard(**{**chosen, **given})


def _made(*panels: Panel, **given: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(render(_dashboard(*panels, **given), datasource="thanos", runbooks=_RUNBOOKS))
    return made


def _graph(title: str = "Up") -> Panel:
    return graph(title, "What answers.", Unit.COUNT, ("sum by (job) (up{@})", "{{job}}"))


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.uid)
def test_grafanas_own_schema_reads_every_dashboard_and_loses_nothing(dashboard: Dashboard) -> None:
    """The schema's reader leaves out what it does not know: what comes back equal has no field of another name."""
    register_default_plugins()
    text = render(dashboard, datasource="thanos", runbooks=_RUNBOOKS)
    read = json.loads(JSONEncoder(sort_keys=True).encode(Schema.from_json(json.loads(text))))
    for each in (read, *read["panels"]):
        for link in each.get("links", []):
            # The reader's own word where there is none.
            link.pop("placement", None)

    assert read == json.loads(text)


def test_the_schemas_reader_would_notice_a_field_of_another_name() -> None:
    made = _made(_graph())
    made["panels"][1]["colour"] = "green"

    assert json.loads(JSONEncoder().encode(Schema.from_json(made))) != made


@pytest.mark.parametrize(
    ("limits", "colors"),
    [
        (None, [(None, "green")]),
        ((0.8, 0.95), [(None, "green"), (0.8, "orange"), (0.95, "red")]),
        ((3, 2), [(None, "red"), (2, "orange"), (3, "green")]),
        ((1, 0), [(None, "red"), (0, "orange"), (1, "green")]),
    ],
)
def test_limits_are_bad_upwards_or_downwards(
    limits: tuple[float, float] | None, colors: list[tuple[float | None, str]]
) -> None:
    panel = _made(number("Up", "What answers.", Unit.COUNT, "sum(up{@})", limits=limits))["panels"][1]
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]

    assert [(step["value"], step["color"]) for step in steps] == colors


def test_what_begins_a_selectors_matchers_becomes_the_chosen_clusters() -> None:
    assert in_clusters('up{@} / x{@,job="a"}') == 'up{cluster=~"$cluster"} / x{cluster=~"$cluster",job="a"}'


def test_panels_go_below_each_other_where_the_page_ends() -> None:
    wide = [replace(_graph(str(index)), width=width) for index, width in enumerate((12, 8, 8, 24))]
    row, *panels = _made(*wide)["panels"]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]

    assert row["gridPos"] == {"h": 1, "w": 24, "x": 0, "y": 0}
    assert places == [(0, 1), (12, 1), (0, 9), (0, 17)]


def test_a_table_asks_once_and_a_graph_over_time() -> None:
    once = table("Nodes", "The nodes.", Unit.COUNT, "up{@}")
    _, over_time, at_once = _made(_graph(), once)["panels"]

    assert (over_time["targets"][0]["range"], over_time["targets"][0]["instant"]) == (True, False)
    assert (at_once["targets"][0]["range"], at_once["targets"][0]["instant"]) == (False, True)
    assert at_once["targets"][0]["format"] == "table"


def test_a_panel_leads_to_its_runbook_and_a_dashboard_to_all() -> None:
    made = _made(led_by(_graph(), "vault-sealed"))

    assert made["panels"][1]["links"][0]["url"] == f"{_RUNBOOKS}/vault-sealed.md"
    assert [link["url"] for link in made["links"] if link["type"] == "link"] == [_RUNBOOKS]
    assert [link for link in made["links"] if "placement" in link] == [], "in a menu nobody finds them"


def test_a_variable_is_filled_from_the_chosen_clusters_and_the_chosen_datasource() -> None:
    made = _made(_graph(), variables=[Variable(name="namespace", metric="up{@}")])
    (namespace,) = [each for each in made["templating"]["list"] if each["name"] == "namespace"]

    assert namespace["query"] == 'label_values(up{cluster=~"$cluster"}, namespace)'
    assert namespace["datasource"]["uid"] == "${datasource}"


def test_a_dashboard_that_no_configmap_holds_is_refused() -> None:
    large = replace(_graph(), description="x" * MOST_BYTES)

    with pytest.raises(ValueError, match="split it"):
        render(_dashboard(large), datasource="thanos", runbooks=_RUNBOOKS)
