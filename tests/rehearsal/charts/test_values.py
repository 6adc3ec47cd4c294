"""Values are judged by all that a chart's files say: defaults, comments, schema, and the charts within it."""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.charts.values import Problem, problems
from rehearsal.providers.properties import UNKNOWN
from tests.rehearsal.charts.examples import kite


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"replicas": 2, "image": {"repository": "b"}}, id="defaults"),
        pytest.param(
            {"image": {"tag": "1", "pullPolicy": "Never"}, "settings": {"storm": {"warn": False}}}, id="shown"
        ),
        pytest.param({"image": {"digest": "sha256:0"}}, id="in the schema"),
        pytest.param({"lines": {"left": {"length": 2}}}, id="any name in the schema"),
        pytest.param({"ribbon": {"length": 3, "enabled": False}}, id="of the chart within, under its alias"),
        pytest.param({"strings": {"on": False}, "string": {"whatever": 1}}, id="of a chart that is not at hand"),
        pytest.param({"global": {"region": "us"}}, id="global"),
        pytest.param({"nodeSelector": {"disk": "fast"}, "ribbon": {"colours": {"red": 1}}}, id="open maps"),
        pytest.param({"resources": {"limits": {"example.com/gpu": 1}}}, id="of the Kubernetes type"),
        pytest.param({"securityContext": {"capabilities": {"drop": ["ALL"]}}}, id="beside a default of that type"),
        pytest.param({"empty": {"anything": 1}, "hosts": [{"any": 1}]}, id="below nothing and in lists"),
        pytest.param({"image": UNKNOWN, "replicas": UNKNOWN, "settings": {"wind": UNKNOWN}}, id="not known yet"),
        pytest.param({"image": None, "settings": {"wind": None}}, id="taken away"),
    ],
)
def test_what_the_chart_knows_is_fine(tmp_path: Path, values: dict[str, Any]) -> None:
    assert problems(kite(tmp_path), values) == []


@pytest.mark.parametrize(
    ("values", "path", "reason"),
    [
        ({"replica": 2}, "values.replica", "the chart has no such key, did you mean replicas?"),
        ({"zzz": UNKNOWN}, "values.zzz", "the chart has no such key"),
        ({"image": {"tags": "1"}}, "values.image.tags", "the chart has no such key, did you mean tag?"),
        (
            {"image": {"repository": {"a": 1}}},
            "values.image.repository.a",
            "the chart has no such key: it takes no map here",
        ),
        ({"ribbon": {"lenght": 3}}, "values.ribbon.lenght", "the chart has no such key, did you mean length?"),
        ({"tail": {"length": 3}}, "values.tail", "the chart has no such key"),
        ({"global": {"regoin": "us"}}, "values.global.regoin", "the chart has no such key, did you mean region?"),
        (
            {"lines": {"left": {"lenght": 2}}},
            "values.lines.left.lenght",
            "the chart has no such key, did you mean length?",
        ),
        ({"resources": {"limit": {}}}, "values.resources.limit", "the chart has no such key, did you mean limits?"),
        ({"settings": {"hidden": 1}}, "values.settings.hidden", "the chart has no such key"),
        ({"settings": {"a/b": 1}}, 'values.settings["a/b"]', "the chart has no such key"),
        ({"replicas": 0}, "values.replicas", "the chart's schema refuses it: 0 is less than the minimum of 1"),
        ({"image": {"digest": 1}}, "values.image.digest", "the chart's schema refuses it: 1 is not of type 'string'"),
    ],
)
def test_a_fault_is_told_at_its_path(tmp_path: Path, values: dict[str, Any], path: str, reason: str) -> None:
    assert [(found.property, found.reason) for found in problems(kite(tmp_path), values)] == [(path, reason)]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    found = problems(kite(tmp_path), {"replica": 2, "replicas": 0, "image": {"tags": 1}})

    assert [problem.property for problem in found] == ["values.replica", "values.image.tags", "values.replicas"]


def test_a_key_that_a_closed_schema_refuses_too_is_told_once(tmp_path: Path) -> None:
    chart = kite(tmp_path)
    (chart.folder / "values.schema.json").write_text('{"additionalProperties": false, "properties": {"replicas": {}}}')

    found = problems(chart, {"replica": 2})

    assert [problem.property for problem in found if "no such key" in problem.reason] == ["values.replica"]


def test_an_unknown_value_hides_no_fault_beside_it(tmp_path: Path) -> None:
    found = problems(kite(tmp_path), {"image": {"digest": 1, "tag": UNKNOWN}})

    assert [problem.property for problem in found] == ["values.image.digest"]


def test_what_is_below_a_switched_off_chart_is_not_held_against_its_schema(tmp_path: Path) -> None:
    chart = kite(tmp_path)
    (chart.folder / "charts" / "tail" / "values.schema.json").write_text('{"properties": {"length": {"minimum": 5}}}')

    assert problems(chart, {"ribbon": {"enabled": False}}) == []
    assert [problem.property for problem in problems(chart, {})] == ["values.ribbon.length"]


def test_a_path_reads_as_pulumi_writes_it() -> None:
    assert Problem(("a", 0, "b.c"), "").property == 'values.a[0]["b.c"]'
