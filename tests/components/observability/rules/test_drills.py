"""A fault that was made on purpose is told of when its own alert is not, and when nobody allows it any more."""

from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from components.observability.rules import drills
from components.observability.rules.catalog import APPLICATIONS, Group, about_applications, alerts, spec, themes
from components.observability.rules.drills import Drill
from components.observability.rules.rules import RulesSettings, objects, ruler_rules
from tests.components import examples
from tests.components.observability.metrics import unknown_metrics
from tests.components.observability.rules.cases import RUNBOOKS, cases
from tests.components.observability.rules.promtool import check, run, write

_CRASH: Final = Drill(namespace="example", kind="PodChaos", alerts=("HighLatency", "KubePodNotReady"), minutes=23)
_CHAOS: Final = "chaos_controller_manager_chaos_experiments"


def _running(labels: str = 'cluster="a",namespace="example",kind="PodChaos"', phase: str = "running") -> str:
    return f'{_CHAOS}{{{labels},phase="{phase}"}}'


def _firing(labels: str, state: str = "firing") -> str:
    return f'ALERTS{{{labels},severity="warning",alertstate="{state}"}}'


def _promtool(folder: Path, groups: list[Group], series: dict[str, str], **expected: Any) -> str:
    rules = write(folder / "rules.yaml", spec(groups, RUNBOOKS))
    given = [{"series": name, "values": values} for name, values in series.items()]
    test = {"interval": "1m", "input_series": given, "alert_rule_test": [expected]}
    path = write(folder / "test.yaml", {"rule_files": [rules.name], "evaluation_interval": "1m", "tests": [test]})
    return run([path])[path]


_TOLD: Final = {
    "exp_labels": {
        "severity": "warning",
        "owner": "platform",
        "cluster": "a",
        "namespace": "example",
        "kind": "PodChaos",
    },
    "exp_annotations": {
        "summary": "A fault was made on purpose and its alert did not tell of it",
        "description": "A PodChaos has been at work in example of a for 23 minutes, and HighLatency or KubePodNotReady "
        "does not fire there.",
        "runbook_url": f"{RUNBOOKS}/chaos-went-unnoticed.md",
    },
}


@pytest.mark.tools
@pytest.mark.parametrize(
    ("series", "at", "told"),
    [
        ({_running(): "1x30"}, "24m", True),
        ({_running(): "1x30"}, "22m", False),
        # Two controllers tell of it; one of them may be behind.
        (
            {_running() + " ": "0x30", _running('cluster="a",namespace="example",kind="PodChaos",pod="b"'): "1x30"},
            "24m",
            True,
        ),
        (
            {_running(): "1x30", _firing('cluster="a",namespace="example",alertname="HighLatency"'): "_x20 1x9"},
            "24m",
            False,
        ),
        (
            {_running(): "1x30", _firing('cluster="a",namespace="example",alertname="KubePodNotReady"'): "1x30"},
            "24m",
            False,
        ),
        # Another alert there, its own elsewhere, and its own before it fires are no notice.
        (
            {_running(): "1x30", _firing('cluster="a",namespace="example",alertname="HighErrorRate"'): "1x30"},
            "24m",
            True,
        ),
        ({_running(): "1x30", _firing('cluster="a",namespace="other",alertname="HighLatency"'): "1x30"}, "24m", True),
        ({_running(): "1x30", _firing('cluster="b",namespace="example",alertname="HighLatency"'): "1x30"}, "24m", True),
        (
            {_running(): "1x30", _firing('cluster="a",namespace="example",alertname="HighLatency"', "pending"): "1x30"},
            "24m",
            True,
        ),
        # Over before, not at work, or of others.
        ({_running(): "1x20 0x10"}, "24m", False),
        ({_running(phase="injecting"): "1x30"}, "24m", False),
        ({_running('cluster="b",namespace="example",kind="PodChaos"'): "1x30"}, "24m", False),
        ({_running('cluster="a",namespace="other",kind="PodChaos"'): "1x30"}, "24m", False),
        ({_running('cluster="a",namespace="example",kind="IOChaos"'): "1x30"}, "24m", False),
    ],
)
def test_only_an_experiments_own_alert_is_notice_of_it(
    tmp_path: Path, series: dict[str, str], at: str, *, told: bool
) -> None:
    expected = {"eval_time": at, "alertname": drills.UNNOTICED, "exp_alerts": [_TOLD] if told else []}

    assert _promtool(tmp_path, drills.unnoticed([_CRASH], "a"), series, **expected) == ""


@pytest.mark.tools
@pytest.mark.parametrize(
    ("series", "at", "told"),
    [
        # promtool's clock begins with 1970.
        ({_running('namespace="example",kind="PodChaos"'): "1x3000"}, "48h", True),
        ({_running('namespace="example",kind="PodChaos"', "injecting"): "1x3000"}, "48h", True),
        ({_running('namespace="example",kind="PodChaos"'): "1x3000"}, "47h59m", False),
        ({_running('namespace="example",kind="PodChaos"', "paused"): "1x3000"}, "48h", False),
        ({_running('namespace="example",kind="PodChaos"'): "0x3000"}, "48h", False),
    ],
)
def test_what_is_at_work_after_the_last_day_is_told_of_at_once(
    tmp_path: Path, series: dict[str, str], at: str, *, told: bool
) -> None:
    labels = {"severity": "critical", "owner": "platform", "namespace": "example", "kind": "PodChaos"}
    annotations = {
        "summary": "A fault is made on purpose that nobody allows any more",
        "description": "A PodChaos is at work in example, where chaos was allowed until 1970-01-02.",
        "runbook_url": f"{RUNBOOKS}/chaos-outlives-permission.md",
    }
    fires = [{"exp_labels": labels, "exp_annotations": annotations}] if told else []
    expected = {"eval_time": at, "alertname": drills.FORBIDDEN, "exp_alerts": fires}

    assert _promtool(tmp_path, drills.forbidden(date(1970, 1, 2)), series, **expected) == ""


@pytest.mark.tools
def test_promtool_finds_no_fault_in_what_is_made(tmp_path: Path) -> None:
    made = [*drills.unnoticed([_CRASH], "a"), *drills.forbidden(date(2026, 11, 30))]

    assert check(write(tmp_path / "drills.yaml", spec(made, RUNBOOKS))) == ""
    assert [unknown_metrics(rule.expr, {"ALERTS"}) for group in made for rule in group.rules] == [[], []]


def test_who_sees_all_alerts_judges_whether_there_was_one_and_only_where_experiments_are() -> None:
    settings, quiet = RulesSettings(), examples.parsed(RulesSettings, left_out=[drills.UNNOTICED])
    made = drills.unnoticed([_CRASH], "a")

    assert drills.UNNOTICED in ruler_rules(settings, made)["drills.yaml"]
    assert "drills.yaml" not in ruler_rules(quiet, made)
    assert "drills.yaml" not in ruler_rules(settings, drills.unnoticed([], "a"))


def test_the_platforms_prometheus_judges_whether_it_is_allowed() -> None:
    made = objects(RulesSettings(), ["chaos"], ruler=True, more={"chaos": drills.forbidden(date(2026, 11, 30))})
    instance, groups = made["chaos"]

    assert instance == "platform"
    assert [group["name"] for group in groups["groups"]] == ["chaos", "chaos-permission"]


def test_an_alert_about_applications_has_their_namespace_among_its_labels() -> None:
    labels = {name: case.labels for theme in APPLICATIONS for name, case in cases(theme).items() if case.labels}
    told = {
        name for name, found in labels.items() if "namespace" in found and found["severity"] in {"critical", "warning"}
    }

    assert {*about_applications()} == told
    assert {theme.name for theme in themes()} >= {*APPLICATIONS}


def test_an_alert_knows_how_long_it_waits() -> None:
    waits = {alert.name: alert.wait.total_seconds() / 60 for alert in alerts()}

    assert waits["KubeDeploymentReplicasMissing"] == 15
    assert waits["KubeNodeCordoned"] == 360
    assert waits["KubeContainerOomKilled"] == 0
