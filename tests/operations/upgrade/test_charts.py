"""A chart takes a minor by its own word, which Helm judges; where nobody says anything, that is what the plan says."""

import json
from pathlib import Path
from typing import Any

import pytest

from operations.upgrade import charts
from operations.upgrade.findings import Finding, Weight
from rehearsal.charts.library import Library
from tests.operations import stage
from tests.operations.stage import entry
from tools.build import path_of


def _library(folder: Path, **declared: str) -> Library:
    folder.mkdir()
    for name, constraint in declared.items():
        (folder / name).mkdir()
        line = f'kubeVersion: "{constraint}"\n' if constraint else ""
        (folder / name / "Chart.yaml").write_text(f"name: {name}\n{line}", encoding="utf-8")
    index = {name: {"version": "1.0.0", "app": "1", "url": "https://charts.example.com"} for name in declared}
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")
    return Library(folder)


def _release(chart: str, version: str = "1.0.0") -> dict[str, Any]:
    return entry("release", chart, {"chart": chart, "version": version})


def _judge(constraint: str, minor: str) -> str:
    """Refuse what is not below the constraint's last number, if it has an upper bound."""
    _, bounded, least = constraint.rpartition("<1.")
    return f"{constraint} is not {minor}" if bounded and int(minor[2:]) >= int(least.partition(".")[0]) else ""


def _found(tmp_path: Path, library: Library | None, *releases: dict[str, Any]) -> list[Finding]:
    return list(charts.findings(stage.rehearsed(tmp_path, *releases), "1.37", library, _judge))


def test_a_chart_that_refuses_stands_against_it(tmp_path: Path) -> None:
    (finding,) = _found(tmp_path, _library(tmp_path / "charts", old="<1.37.0-0"), _release("old"))

    assert finding.weight is Weight.AGAINST
    assert "`old` 1.0.0 refuses 1.37: <1.37.0-0 is not 1.37" in finding.text


def test_a_chart_that_says_nothing_is_unknown_not_fine(tmp_path: Path) -> None:
    library = _library(tmp_path / "charts", bounded=">=1.25.0-0, <1.39.0-0", silent="")

    taken, unknown = _found(tmp_path, library, _release("bounded"), _release("silent"))

    assert (taken.weight, unknown.weight) == (Weight.FINE, Weight.OPEN)
    assert "`bounded` 1.0.0 (>=1.25.0-0, <1.39.0-0)" in taken.text
    assert "`silent` 1.0.0" in unknown.text
    assert "`bounded`" not in unknown.text


def test_a_chart_that_names_only_a_least_minor_says_nothing_of_a_newer_one(tmp_path: Path) -> None:
    (finding,) = _found(tmp_path, _library(tmp_path / "charts", open=">=1.25.0-0"), _release("open"))

    assert finding.weight is Weight.OPEN
    assert "names only a least minor" in finding.text
    assert "`open` 1.0.0 (>=1.25.0-0)" in finding.text


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_a_chart_whose_files_are_not_at_hand_is_unknown(tmp_path: Path, version: str) -> None:
    library = _library(tmp_path / "charts", there=">=1.25.0-0") if version == "2.0.0" else None

    (finding,) = _found(tmp_path, library, _release("there", version))

    assert finding.weight is Weight.OPEN
    assert "not at hand" in finding.text


@pytest.mark.parametrize(
    ("chart", "version", "target", "weight"),
    [
        ("karpenter", "1.14.1", "1.37", Weight.OPEN),
        ("karpenter", "1.14.1", "1.36", Weight.FINE),
        ("karpenter", "1.13.0", "1.37", None),
        ("karpenter", "1.140.1", "1.37", None),
        ("cilium", "1.20.0", "1.36", Weight.FINE),
        ("cilium", "1.20.0", "1.37", Weight.OPEN),
        ("cilium", "1.2.0", "1.37", None),
        ("kyverno", "3.9.0", "1.35", Weight.FINE),
        ("kyverno", "3.9.0", "1.36", Weight.OPEN),
    ],
)
def test_what_a_project_names_counts_for_its_version_only(
    tmp_path: Path, chart: str, version: str, target: str, weight: Weight | None
) -> None:
    stack = stage.rehearsed(tmp_path, _release(chart, version))

    named = [each for each in charts.findings(stack, target, None, _judge) if "its project names" in each.text]

    assert [each.weight for each in named] == ([weight] if weight else [])


@pytest.mark.tools
@pytest.mark.parametrize(
    ("constraint", "taken"),
    [
        (">=1.25.0-0", True),
        ("^1.25.0-0", True),
        (">= 1.30.0-0, < 1.38.0-0", True),
        ("<1.37.0-0", False),
        ("~1.36", False),
    ],
)
def test_helm_itself_judges_a_constraint(constraint: str, *, taken: bool) -> None:
    refusal = charts.helm(path_of("helm"))(constraint, "1.37")

    assert (refusal == "") is taken
    assert "\n" not in refusal


@pytest.mark.tools
@pytest.mark.parametrize(
    ("constraint", "bounded"),
    [(">= 1.21.0-0", False), (">=1.25.0-0", False), ("^1.25.0-0", False), (">= 1.30.0-0, < 1.38.0-0", True)],
)
def test_helm_itself_tells_a_least_minor_from_a_range(tmp_path: Path, constraint: str, *, bounded: bool) -> None:
    library = _library(tmp_path / "charts", it=constraint)
    stack = stage.rehearsed(tmp_path, _release("it"))

    (finding,) = charts.findings(stack, "1.37", library, charts.helm(path_of("helm")))

    assert (finding.weight is Weight.FINE) is bounded
