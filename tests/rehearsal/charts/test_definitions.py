"""What comes with a release, and whether it goes with it, is told by the chart's table, its values and its files."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.charts.chart import Chart
from rehearsal.charts.definitions import Way, definitions
from rehearsal.providers.properties import UNKNOWN
from tests.rehearsal.charts.examples import definition


def _chart(folder: Path, name: str, values: str = "", **annotations: str) -> Chart:
    (folder / name / "crds").mkdir(parents=True)
    (folder / name / "values.yaml").write_text(values, encoding="utf-8")
    manifest = yaml.safe_dump(definition("kites", "Kite", **annotations))
    (folder / name / "crds" / "kite.yml").write_text(manifest, encoding="utf-8")
    return Chart(name, "1.0.0", "1", folder / name)


def _ways(chart: Chart, values: dict[str, Any], *, skip: bool = False) -> list[Way]:
    return [each.way for each in definitions(chart, values, skip=skip)]


def test_the_folder_crds_is_installed_unless_it_is_skipped(tmp_path: Path) -> None:
    chart = _chart(tmp_path, "anything")

    (found,) = definitions(chart, {})

    assert (found.name, found.kind, found.way) == ("kites.example.com", ("example.com", "Kite"), Way.FOLDER)
    assert _ways(chart, {}, skip=True) == []


@pytest.mark.parametrize(
    ("name", "defaults", "values", "ways"),
    [
        ("cert-manager", "crds: {enabled: false, keep: true}", {}, []),
        ("cert-manager", "crds: {enabled: false, keep: true}", {"crds": {"enabled": True}}, [Way.KEPT]),
        ("cert-manager", "crds: {enabled: false, keep: true}", {"installCRDs": True}, [Way.KEPT]),
        ("cert-manager", "crds: {enabled: false, keep: true}", {"crds": {"enabled": UNKNOWN}}, [Way.KEPT]),
        ("cert-manager", "crds: {enabled: true, keep: true}", {"crds": {"keep": False}}, [Way.TEMPLATE]),
        ("karpenter-crd", "", {}, [Way.TEMPLATE]),
        ("cilium", "", {}, [Way.PROGRAM]),
        ("cluster-autoscaler", "", {}, []),
        ("kube-prometheus-stack", "crds: {enabled: true}", {}, [Way.FOLDER]),
        ("kube-prometheus-stack", "crds: {enabled: true}", {"crds": {"enabled": False}}, []),
    ],
)
def test_a_charts_own_switch_decides(
    tmp_path: Path, name: str, defaults: str, values: dict[str, Any], ways: list[Way]
) -> None:
    assert _ways(_chart(tmp_path, name, defaults), values) == ways


def test_an_annotation_keeps_a_definition_where_no_value_does(tmp_path: Path) -> None:
    chart = _chart(tmp_path, "karpenter-crd", **{"helm.sh/resource-policy": "keep"})

    assert _ways(chart, {}) == [Way.KEPT]


def test_only_helms_own_folder_can_be_skipped(tmp_path: Path) -> None:
    assert _ways(_chart(tmp_path, "karpenter-crd"), {}, skip=True) == [Way.TEMPLATE]


def test_what_a_chart_within_brings_comes_while_it_is_switched_on(tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    _chart(outer / "charts", "inner")
    (outer / "Chart.yaml").write_text("dependencies: [{name: inner, condition: inner.enabled}]", encoding="utf-8")
    chart = Chart("outer", "1.0.0", "1", outer)

    assert _ways(chart, {}) == [Way.FOLDER]
    assert _ways(chart, {"inner": {"enabled": False}}) == []
