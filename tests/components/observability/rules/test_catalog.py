"""Rules that nobody could route, read or tell apart are refused before they reach a Prometheus."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.kit.monitoring import WATCHDOG, Instance
from components.observability.prometheus import cardinality
from components.observability.rules import slo
from components.observability.rules.catalog import Alert, CatalogError, Recording, Theme, load, spec, themes
from tests.components.observability.metrics import unknown_metrics, used

_ALERT: dict[str, Any] = {
    "alert": "SomethingBroken",
    "expr": "up == 0",
    "labels": {"severity": "warning", "owner": "platform"},
    "annotations": {"summary": "Something is broken", "description": "{{ $labels.job }} does not answer."},
}


def _written(folder: Path, *rules: dict[str, Any], place: str = "system", theme: str = "some") -> Path:
    path = folder / place / f"{theme}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"groups": [{"name": theme, "rules": [*rules]}]}), encoding="utf-8")
    return folder


def _without(*path: str) -> dict[str, Any]:
    alert: dict[str, Any] = yaml.safe_load(yaml.safe_dump(_ALERT))
    part = alert
    for key in path[:-1]:
        part = part[key]
    del part[path[-1]]
    return alert


def _with(**changes: Any) -> dict[str, Any]:
    return {**_ALERT, **changes}


def test_an_alert_gets_the_address_of_its_page(tmp_path: Path) -> None:
    (theme,) = load(_written(tmp_path, _ALERT))
    (rule,) = spec(theme.groups, "https://example.com/runbooks")["groups"][0]["rules"]

    assert rule["annotations"]["runbook_url"] == "https://example.com/runbooks/something-broken.md"
    assert {key: rule[key] for key in ("alert", "expr", "labels")} == {
        key: _ALERT[key] for key in ("alert", "expr", "labels")
    }


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (_without("labels", "severity"), "severity"),
        (_without("labels", "owner"), "owner"),
        (_without("annotations", "summary"), "summary"),
        (_without("annotations", "description"), "description"),
        (_with(labels={"severity": "page", "owner": "platform"}), "critical"),
        (_with(labels={"severity": "warning", "owner": "somebody"}), "owner"),
        (_with(**{"for": "soon"}), "for"),
        (_with(alert="something_broken"), "alert"),
        (_with(annotations={"summary": "{{ $labels.job }} broken", "description": "It does not answer."}), "summary"),
        (_with(annotations={"summary": "Something is broken", "description": "It does not answer"}), "description"),
        (_with(expression="up"), "expression"),
        ({"record": "no_level", "expr": "up"}, "record"),
        ({"record": "a:b:c", "expr": "up", "for": "5m"}, "for"),
    ],
)
def test_a_rule_that_nobody_could_use_is_refused(tmp_path: Path, rule: dict[str, Any], says: str) -> None:
    with pytest.raises(CatalogError, match=says):
        load(_written(tmp_path, rule))


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    _written(tmp_path, _ALERT)

    with pytest.raises(CatalogError, match="more than one rule is called SomethingBroken"):
        load(_written(tmp_path, _ALERT, theme="other"))


def test_a_prometheus_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no Prometheus is called nobody"):
        load(_written(tmp_path, _ALERT, place="nobody"))


def test_a_key_beside_the_groups_is_refused(tmp_path: Path) -> None:
    folder = _written(tmp_path, _ALERT)
    path = folder / "system" / "some.yaml"
    path.write_text("instance: app\n" + path.read_text(encoding="utf-8"), encoding="utf-8")

    with pytest.raises(CatalogError, match="all a file of rules has"):
        load(folder)


def test_what_every_prometheus_must_judge_for_itself_is_for_all_and_what_is_over_all_for_none(tmp_path: Path) -> None:
    _written(tmp_path, _ALERT, place="every", theme="a")
    found = {
        theme.name: theme.instances
        for theme in load(_written(tmp_path, _with(alert="SomethingElse"), place="ruler", theme="b"))
    }

    assert found == {"a": tuple(Instance), "b": ()}


def test_one_alert_always_fires() -> None:
    assert [rule.name for theme in themes() for rule in theme.rules if rule.expr == "vector(1)"] == [WATCHDOG]


_RECORDED = {
    *(rule.name for theme in themes() for rule in theme.rules if isinstance(rule, Recording)),
    *(f"slo:errors:ratio_rate{window}" for window in slo.WINDOWS),
}


@pytest.mark.parametrize("theme", themes(), ids=lambda theme: theme.name)
def test_every_metric_of_a_rule_is_exported_by_somebody_or_recorded(theme: Theme) -> None:
    assert {rule.name: unknown_metrics(rule.expr, _RECORDED) for rule in theme.rules} == {
        rule.name: [] for rule in theme.rules
    }


def test_no_rule_asks_for_what_is_dropped_before_it_is_stored() -> None:
    asked = {name for theme in themes() for rule in theme.rules for name in used(rule.expr)}
    dropped = [
        (name, relabeling["regex"])
        for source, relabelings in (
            ("apiserver_", cardinality.API_SERVER),
            ("kubelet_", cardinality.KUBELET),
            ("container_", cardinality.CADVISOR),
        )
        for relabeling in relabelings
        if relabeling["sourceLabels"] == ["__name__"]
        for name in asked
        if name.startswith(source) and re.fullmatch(relabeling["regex"], name)
    ]

    assert dropped == []


def test_there_are_alerts_for_everyone_who_acts_and_in_every_severity() -> None:
    found = [rule for theme in themes() for rule in theme.rules if isinstance(rule, Alert)]

    assert {rule.labels.owner.value for rule in found} == {
        "platform",
        "security",
        "network",
        "storage",
        "data",
        "observability",
    }
    assert {rule.labels.severity.value for rule in found} == {"critical", "warning", "info"}
