"""For each rule, series by which it fires and series by which it does not, as promtool's tests."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict

from components.observability.rules.catalog import Alert, Recording, Rule, Theme, kebab

FOLDER: Final = Path(__file__).parent / "cases"
RUNBOOKS: Final = "https://example.com/runbooks"
"""Where the pages are, in the tests."""

_MINUTES: Final = {"m": 1, "h": 60, "d": 1440}
_RISING: Final = re.compile(r"[0-9.e]+[+-][0-9.e]+")

Series = Mapping[str, float | str]
"""Values by series: one that stays, `0+5` for one that rises with each step, or promtool's own notation."""


class Case(BaseModel):
    """What must be seen of one rule.

    Attributes:
        when: The series by which it fires, or gives something.
        also: Other series by which an alert fires just so, one mapping for each way.
        at: The moment that is looked at.
        pending: For an alert that waits (`for`) a moment just before it has waited long enough.
        step: The time between two values and between two evaluations.
        labels: The labels of the one alert that fires.
        says: Its description.
        gives: What a recording rule gives, by series.
        silent: Series by which nothing happens, one mapping for each reason.

    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    when: Series
    also: tuple[Series, ...] = ()
    at: str
    pending: str | None = None
    step: str = "1m"
    labels: Mapping[str, str] = {}
    says: str = ""
    gives: Mapping[str, float] = {}
    silent: tuple[Series, ...]


@cache
def cases(theme: str) -> dict[str, Case]:
    """Return the cases of a theme by their rules' names.

    Raises:
        ValidationError: a case lacks one of its sides.

    """
    read = yaml.safe_load((FOLDER / f"{theme}.yaml").read_text(encoding="utf-8"))
    return {name: Case.model_validate(case) for name, case in read.items()}


def files(rules: Sequence[Rule], theme: Theme) -> Iterator[dict[str, Any]]:
    """Yield promtool's test files for some rules of a theme, without the names of the files of rules."""
    by_step: dict[str, list[dict[str, Any]]] = {}
    for rule in rules:
        case = cases(theme.name)[rule.name]
        by_step.setdefault(case.step, []).extend(_groups(rule, case))
    for step, groups in by_step.items():
        yield {"evaluation_interval": step, "fuzzy_compare": True, "tests": groups}


def _groups(rule: Rule, case: Case) -> Iterator[dict[str, Any]]:
    expectation = _alert(rule, case) if isinstance(rule, Alert) else _recording(rule, case)
    for number, series in enumerate((case.when, *case.also)):
        name = f"{rule.name} fires ({number + 1})"
        yield {"name": name, "interval": case.step, "input_series": _input(series, case), **expectation}
    for number, series in enumerate(case.silent):
        nothing = (
            {"alert_rule_test": [{"eval_time": case.at, "alertname": rule.name, "exp_alerts": []}]}
            if isinstance(rule, Alert)
            else {"promql_expr_test": [{"expr": rule.name, "eval_time": case.at, "exp_samples": []}]}
        )
        name = f"{rule.name} is silent ({number + 1})"
        yield {"name": name, "interval": case.step, "input_series": _input(series, case), **nothing}


def _alert(rule: Alert, case: Case) -> dict[str, Any]:
    annotations = {
        "summary": rule.annotations.summary,
        "description": case.says,
        "runbook_url": f"{RUNBOOKS}/{kebab(rule.alert)}.md",
    }
    fires = [{"exp_labels": {**case.labels}, "exp_annotations": annotations}]
    moments = [{"eval_time": case.at, "alertname": rule.alert, "exp_alerts": fires}]
    if case.pending:
        moments.append({"eval_time": case.pending, "alertname": rule.alert, "exp_alerts": []})
    return {"alert_rule_test": moments}


def _recording(rule: Recording, case: Case) -> dict[str, Any]:
    samples = [{"labels": series, "value": value} for series, value in case.gives.items()]
    return {"promql_expr_test": [{"expr": rule.record, "eval_time": case.at, "exp_samples": samples}]}


def _input(series: Series, case: Case) -> list[dict[str, str]]:
    steps = minutes(case.at) // minutes(case.step) + 1
    return [{"series": name, "values": _values(value, steps)} for name, value in series.items()]


def _values(value: float | str, steps: int) -> str:
    if isinstance(value, str):
        return f"{value}x{steps}" if _RISING.fullmatch(value) else value
    return f"{value:.17g}x{steps}"


def minutes(duration: str) -> int:
    """Return how long `1d2h30m` is."""
    return sum(int(number) * _MINUTES[unit] for number, unit in re.findall(r"(\d+)([mhd])", duration))
