"""An objective tells soon of what is bad, late of what is slow, and never of what is within its budget."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from components.observability.rules.slo import PLATFORM, WINDOWS, Slo, budgets, groups
from tests.components.observability.metrics import unknown_metrics
from tests.components.observability.rules.cases import RUNBOOKS
from tests.components.observability.rules.promtool import check, run, write

_CART: dict[str, Any] = {
    "name": "cart",
    "owner": "shop",
    "target": 99.9,
    "availability": {"metric": "http_requests_total", "matchers": {"job": "cart"}, "errors": {"code": "5.."}},
}
_FAST: dict[str, Any] = {
    "name": "cart-latency",
    "owner": "shop",
    "target": 99,
    "latency": {"histogram": "http_request_duration_seconds", "matchers": {"job": "cart"}, "within": "0.5"},
}


_BREAKS_OUT = 'a"} or vector(1) #'


def _slo(**changes: Any) -> Slo:
    return Slo.model_validate({**_CART, **changes})


def _requests(bad: str, good: str) -> list[dict[str, str]]:
    return [
        {"series": 'http_requests_total{job="cart",code="500"}', "values": bad},
        {"series": 'http_requests_total{job="cart",code="200"}', "values": good},
    ]


def _promtool(folder: Path, slo: Slo, series: list[dict[str, str]], *expectations: dict[str, Any]) -> str:
    rules = write(folder / "rules.yaml", {"groups": [*groups([slo], RUNBOOKS), *budgets([slo])]})
    test = {
        "rule_files": [rules.name],
        "evaluation_interval": "5m",
        "fuzzy_compare": True,
        "tests": [{"interval": "1m", "input_series": series, **each} for each in expectations],
    }
    path = write(folder / "test.yaml", test)
    return run([path])[path]


def _fires(name: str, at: str, severity: str, bad: str) -> dict[str, Any]:
    summary = {
        "critical": "A service breaks its promise within days",
        "warning": "A service uses up what it may fail",
    }[severity]
    page = {"SloBurnsFast": "slo-burns-fast", "SloBurnsSlowly": "slo-burns-slowly"}[name]
    annotations = {
        "summary": summary,
        "description": f"{bad} of the requests of cart are bad; 0.1% may be.",
        "runbook_url": f"{RUNBOOKS}/{page}.md",
    }
    labels = {"severity": severity, "owner": "shop", "slo": "cart"}
    return {
        "alert_rule_test": [
            {"eval_time": at, "alertname": name, "exp_alerts": [{"exp_labels": labels, "exp_annotations": annotations}]}
        ]
    }


def _silent(name: str, at: str) -> dict[str, Any]:
    return {"alert_rule_test": [{"eval_time": at, "alertname": name, "exp_alerts": []}]}


@pytest.mark.tools
@pytest.mark.parametrize(
    ("bad", "fires", "silent", "percent"),
    [
        # Each minute 10000 requests: 1.6% of them bad is 16 times the budget, in every window.
        ("0+160x5200", [("SloBurnsFast", "1d", "critical")], [], "1.6%"),
        # 8 times: not 14.4, but 6 in the longer windows.
        ("0+80x5200", [("SloBurnsFast", "1d", "critical")], [], "0.8%"),
        # 4 times: for a day only.
        ("0+40x5200", [("SloBurnsSlowly", "1d12h", "warning")], ["SloBurnsFast"], "0.4%"),
        # Twice: for three days.
        ("0+20x5200", [("SloBurnsSlowly", "3d12h", "warning")], ["SloBurnsFast"], "0.2%"),
        ("0+8x5200", [], ["SloBurnsFast", "SloBurnsSlowly"], ""),
    ],
)
def test_the_faster_a_budget_burns_the_sooner_somebody_is_told(
    tmp_path: Path, bad: str, fires: list[tuple[str, str, str]], silent: list[str], percent: str
) -> None:
    each = int(bad.removeprefix("0+").partition("x")[0])
    series = _requests(bad, f"0+{10000 - each}x5200")
    expected = [_fires(name, at, severity, percent) for name, at, severity in fires]

    assert _promtool(tmp_path, _slo(), series, *expected, *(_silent(name, "3d12h") for name in silent)) == ""


@pytest.mark.tools
def test_an_hour_that_takes_a_fiftieth_of_the_budget_is_told_of_and_one_that_takes_less_is_not(tmp_path: Path) -> None:
    def hour(bad: int) -> list[dict[str, str]]:
        # Twelve hours without an error, then one with some.
        return _requests(f"0x720 0+{bad}x60", f"0+10000x720 7210000+{10000 - bad}x60")

    assert _promtool(tmp_path, _slo(), hour(150), _fires("SloBurnsFast", "13h", "critical", "1.5%")) == ""
    assert _promtool(tmp_path, _slo(), hour(140), _silent("SloBurnsFast", "13h")) == ""


@pytest.mark.tools
def test_what_is_over_alerts_no_more_although_the_long_window_still_has_it(tmp_path: Path) -> None:
    # Twenty minutes of nothing but errors, then an hour without any.
    series = _requests("0+10000x20 200000x70", "0x20 0+10000x70")

    assert _promtool(tmp_path, _slo(), series, _silent("SloBurnsFast", "1h20m")) == ""


@pytest.mark.tools
def test_a_service_without_requests_or_without_errors_has_no_bad_ones(tmp_path: Path) -> None:
    def gives(*samples: dict[str, Any]) -> dict[str, Any]:
        return {
            "promql_expr_test": [
                {"expr": "slo:errors:ratio_rate5m", "eval_time": "1h", "exp_samples": [*samples]},
            ]
        }

    none = {"labels": 'slo:errors:ratio_rate5m{slo="cart"}', "value": 0}
    good = [{"series": 'http_requests_total{job="cart",code="200"}', "values": "0+100x100"}]
    idle = [{"series": 'http_requests_total{job="cart",code="200"}', "values": "7x100"}]

    assert _promtool(tmp_path, _slo(), good, gives(none)) == ""
    assert _promtool(tmp_path, _slo(), idle, gives()) == ""


@pytest.mark.tools
@pytest.mark.parametrize(("within", "le"), [("0.5", "0.5"), ("1", "1"), ("1", "1.0"), ("1.0", "1")])
def test_what_is_slower_than_promised_is_bad_however_a_client_writes_the_bound(
    tmp_path: Path, within: str, le: str
) -> None:
    slo = Slo.model_validate({**_FAST, "latency": {**_FAST["latency"], "within": within}})
    series = [
        {"series": f'http_request_duration_seconds_bucket{{job="cart",le="{le}"}}', "values": "0+75x100"},
        {"series": 'http_request_duration_seconds_bucket{job="cart",le="15"}', "values": "0+100x100"},
        {"series": 'http_request_duration_seconds_count{job="cart"}', "values": "0+100x100"},
    ]
    sample = {"labels": 'slo:errors:ratio_rate1h{slo="cart-latency"}', "value": 0.25}
    expected = {"expr": "slo:errors:ratio_rate1h", "eval_time": "1h30m", "exp_samples": [sample]}

    assert _promtool(tmp_path, slo, series, {"promql_expr_test": [expected]}) == ""


@pytest.mark.tools
def test_half_the_budget_is_left_when_half_of_what_may_be_bad_was(tmp_path: Path) -> None:
    series = _requests("0+5x400", "0+9995x400")
    sample = {"labels": 'slo:error_budget_remaining:ratio{slo="cart"}', "value": 0.5}
    expected = {"expr": "round(slo:error_budget_remaining:ratio, 0.000001)", "eval_time": "6h"}
    left = {**expected, "exp_samples": [{**sample, "labels": '{slo="cart"}'}]}

    assert _promtool(tmp_path, _slo(), series, {"promql_expr_test": [left]}) == ""


@pytest.mark.tools
def test_promtool_finds_no_fault_in_the_platforms_own(tmp_path: Path) -> None:
    every = [*groups(PLATFORM, RUNBOOKS), *budgets(PLATFORM)]

    assert check(write(tmp_path / "slos.yaml", {"groups": every})) == ""


def test_the_platforms_own_ask_for_metrics_that_are_there() -> None:
    recorded = {f"slo:errors:ratio_rate{window}" for window in WINDOWS}
    rules = [rule for group in [*groups(PLATFORM, RUNBOOKS), *budgets(PLATFORM)] for rule in group["rules"]]

    assert [unknown_metrics(rule["expr"], recorded) for rule in rules] == [[]] * len(rules)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"target": 90}, "greater than or equal to 95"),
        ({"target": 100}, "less than 100"),
        ({"availability": None}, "either `availability` or `latency`"),
        ({"latency": _FAST["latency"]}, "either `availability` or `latency`"),
        ({"name": "Cart"}, "pattern"),
        ({"availability": {**_CART["availability"], "matchers": {"job": _BREAKS_OUT}}}, "pattern"),
        ({"availability": {**_CART["availability"], "matchers": {}}}, "at least 1"),
    ],
)
def test_an_objective_that_could_never_alert_or_says_two_things_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        _slo(**changes)
