"""Whom an alert reaches, by Alertmanager's own tool, for each environment and an example of everything."""

import copy
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.observability.alerting import configuration as alerting_configuration
from components.observability.alerting.configuration import HEARTBEAT, window
from components.observability.alerting.inhibitions import CLUSTER_DOWN, NODE_DOWN, inhibitions
from components.observability.alerting.maintenance import within
from components.observability.alerting.routes import Window
from components.observability.alerting.settings import AlertingSettings
from tests.components import examples
from tests.environments import PROJECT, settings_of
from tools.build import path_of

_TABLE: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "routes.yaml").read_text(encoding="utf-8")
)
_ROWS = [
    pytest.param(stack, row, id=f"{stack}-{'-'.join(row['alert'].values())}")
    for stack, rows in _TABLE.items()
    for row in rows
]


def _settings(stack: str) -> AlertingSettings:
    settings = settings_of(stack)
    return within(settings.observability.alerting, settings.maintenance.window)


@cache
def _written(stack: str) -> str:
    return alerting_configuration.text(_settings(stack))


def _amtool(*arguments: str) -> str:
    done = subprocess.run([path_of("amtool"), *arguments], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _receivers(file: Path, alert: dict[str, str]) -> list[str]:
    labels = [f"{name}={value}" for name, value in alert.items()]
    return _amtool("config", "routes", "test", f"--config.file={file}", *labels).strip().split(",")


def _failing(content: dict[str, Any], stack: str) -> list[dict[str, Any]]:
    """Return the rows that a configuration does not fulfil, by Alertmanager's documented rules.

    The real tool would need minutes for all mutations; that this reading agrees with it is a test of its own.
    """
    return [row for row in _TABLE[stack] if _reached(content["route"], row["alert"]) != (row["to"], _is_quiet(row))]


def _reached(root: dict[str, Any], alert: dict[str, str]) -> tuple[list[str], bool]:
    """Return whom an alert reaches, and whether any of them has times of quiet."""
    found = _matched(root, alert, root["receiver"])
    return [name for name, _ in found], any("mute_time_intervals" in route for _, route in found)


def _is_quiet(row: dict[str, Any]) -> bool:
    return bool(row.get("quiet", False))


def _matched(route: dict[str, Any], alert: dict[str, str], inherited: str) -> list[tuple[str, dict[str, Any]]]:
    if not all(_fits(matcher, alert) for matcher in route.get("matchers", ())):
        return []
    receiver = route.get("receiver", inherited)
    found: list[tuple[str, dict[str, Any]]] = []
    for child in route.get("routes", ()):
        below = _matched(child, alert, receiver)
        found += below
        if below and not child.get("continue"):
            break
    return found or [(receiver, route)]


def _fits(matcher: str, alert: dict[str, str]) -> bool:
    label, operator, value = matcher.partition("=~") if "=~" in matcher else matcher.partition("=")
    wanted = value.strip('"').replace("[.]", ".")
    return alert.get(label, "") in (wanted.split("|") if operator == "=~" else [wanted])


@pytest.mark.tools
@pytest.mark.parametrize(("stack", "row"), _ROWS)
def test_every_alert_reaches_whom_the_table_says(tmp_path: Path, stack: str, row: dict[str, Any]) -> None:
    file = tmp_path / "alertmanager.yaml"
    file.write_text(_written(stack), encoding="utf-8")

    assert _receivers(file, row["alert"]) == row["to"]


@pytest.mark.tools
@pytest.mark.parametrize("stack", _TABLE)
def test_alertmanager_takes_the_configuration(tmp_path: Path, stack: str) -> None:
    file = tmp_path / "alertmanager.yaml"
    file.write_text(_written(stack), encoding="utf-8")

    assert "SUCCESS" in _amtool("check-config", str(file))


@pytest.mark.parametrize("stack", _TABLE)
def test_this_files_reading_of_routes_agrees_with_the_table(stack: str) -> None:
    assert _failing(yaml.safe_load(_written(stack)), stack) == []


def _mutants(content: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    routes = content["route"]["routes"]
    # The last three only set times; whom they reach is what the root says.
    own = range(len(routes) - 3)
    for index in own:
        dropped = copy.deepcopy(content)
        del dropped["route"]["routes"][index]
        yield f"without {routes[index]}", dropped
        turned = copy.deepcopy(content)
        turned["route"]["routes"][index]["continue"] = not routes[index].get("continue", False)
        yield f"going on or not: {routes[index]}", turned
        for position in range(len(routes[index].get("matchers", ()))):
            wider = copy.deepcopy(content)
            del wider["route"]["routes"][index]["matchers"][position]
            yield f"wider by {position}: {routes[index]}", wider
    for receiver in {route["receiver"] for route in routes[: len(own)]}:
        renamed = copy.deepcopy(content)
        for route in renamed["route"]["routes"]:
            route["receiver"] = "somebody-else" if route.get("receiver") == receiver else route.get("receiver", "")
        yield f"{receiver} is somebody else", renamed


@pytest.mark.parametrize("stack", ["prod", "alerting"])
def test_no_route_could_be_left_out_or_moved_without_a_row_that_tells(stack: str) -> None:
    survivors = [what for what, mutant in _mutants(yaml.safe_load(_written(stack))) if not _failing(mutant, stack)]

    assert survivors == []


def test_the_watchdog_reaches_the_heartbeat_and_nobody_else() -> None:
    content = yaml.safe_load(_written("alerting"))
    first = content["route"]["routes"][0]

    assert (first["receiver"], first["repeat_interval"], first["group_wait"]) == (HEARTBEAT, "2m", "0s")
    assert "continue" not in first
    (receiver,) = [each for each in content["receivers"] if each["name"] == HEARTBEAT]
    assert receiver["webhook_configs"] == [
        {"url_file": "/etc/alertmanager/secrets/alertmanager-credentials/heartbeat-url", "send_resolved": False}
    ]


@pytest.mark.parametrize(("stack", "row"), _ROWS)
def test_a_window_keeps_every_severity_of_its_route_quiet(stack: str, row: dict[str, Any]) -> None:
    _, quiet = _reached(yaml.safe_load(_written(stack))["route"], row["alert"])

    assert quiet == _is_quiet(row)


@pytest.mark.parametrize(
    ("severity", "repeated"), [("critical", "30m"), ("warning", "720m"), ("info", "1440m"), ("unheard-of", "720m")]
)
def test_each_severity_is_repeated_after_its_own_time(severity: str, repeated: str) -> None:
    root = yaml.safe_load(_written("alerting"))["route"]
    for alert in ({"alertname": "X", "severity": severity}, {"alertname": "X", "severity": severity, "owner": "shop"}):
        name, route = _matched(root, alert, root["receiver"])[-1]
        times = {"platform": root, "shop": root}[name] if "repeat_interval" not in route else route
        assert times["repeat_interval"] == repeated


def test_a_window_over_midnight_goes_on_in_the_next_morning() -> None:
    wanted = examples.parsed(
        Window, reason="the shop is released", days=["saturday", "sunday"], start="22:00", end="02:00"
    )

    first, second = window("night", wanted)["time_intervals"]
    assert (first["weekdays"], first["times"]) == (
        ["saturday", "sunday"],
        [{"start_time": "22:00", "end_time": "24:00"}],
    )
    assert (second["weekdays"], second["times"]) == (
        ["sunday", "monday"],
        [{"start_time": "00:00", "end_time": "02:00"}],
    )


@pytest.mark.parametrize(
    ("start", "end", "parts"), [("03:00", "05:00", 1), ("20:00", "00:00", 1), ("08:00", "08:00", 2)]
)
def test_a_window_has_as_many_parts_as_days(start: str, end: str, parts: int) -> None:
    wanted = examples.parsed(Window, reason="nodes are replaced", days=["monday"], start=start, end=end)

    assert len(window("w", wanted)["time_intervals"]) == parts


def test_the_configuration_names_files_and_holds_no_credential() -> None:
    content = yaml.safe_load(_written("alerting")) | {"prod": yaml.safe_load(_written("prod"))}

    def keys(value: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(value, dict):
            for name, below in value.items():
                yield name, below
                yield from keys(below)
        elif isinstance(value, list):
            for below in value:
                yield from keys(below)

    forbidden = {
        "api_url",
        "routing_key",
        "service_key",
        "smtp_auth_password",
        "auth_password",
        "credentials",
        "password",
    }
    assert forbidden.isdisjoint(name for name, _ in keys(content))
    files = [value for name, value in keys(content) if name.endswith("_file")]
    assert len(files) >= 10
    assert all(value.startswith("/etc/alertmanager/secrets/alertmanager-credentials/") for value in files)


def _inhibited(source: dict[str, str], target: dict[str, str]) -> bool:
    return any(
        all(_holds(matcher, source) for matcher in rule["source_matchers"])
        and all(_holds(matcher, target) for matcher in rule["target_matchers"])
        and all(source.get(label, "") == target.get(label, "") for label in rule["equal"])
        for rule in inhibitions()
    )


def _holds(matcher: str, alert: dict[str, str]) -> bool:
    for operator in ("!~", "!=", "=~", "="):
        if operator in matcher:
            label, value = matcher.split(operator, 1)
            hit = alert.get(label, "") in value.strip('"').split("|")
            return hit != operator.startswith("!")
    raise AssertionError(matcher)


_DISK = {"cluster": "c", "alertname": "DiskFull", "instance": "n1", "device": "nvme1"}
_DOWN = {"cluster": "c", "alertname": "NodeDown", "severity": "critical", "node": "n1"}
_POD = {"cluster": "c", "alertname": "PodCrashes", "severity": "critical", "node": "n1", "pod": "p", "namespace": "a"}


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ({**_DISK, "severity": "critical"}, {**_DISK, "severity": "warning"}),
        ({**_DISK, "severity": "warning"}, {**_DISK, "severity": "info"}),
        (_DOWN, _POD),
        ({**_DOWN, "alertname": "KubeNodeUnreachable"}, _POD),
        ({"cluster": "c", "alertname": "KubeAPIDown", "severity": "critical"}, {**_DISK, "severity": "warning"}),
    ],
)
def test_what_explains_another_inhibits_it(source: dict[str, str], target: dict[str, str]) -> None:
    assert _inhibited(source, target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ({**_DISK, "severity": "critical"}, {**_DISK, "severity": "warning", "instance": "n2"}),
        ({**_DISK, "severity": "critical"}, {**_DISK, "severity": "warning", "device": "nvme2"}),
        ({**_DISK, "severity": "critical"}, {**_DISK, "severity": "critical", "device": "nvme2"}),
        ({**_DISK, "severity": "warning"}, {**_DISK, "severity": "critical"}),
        (_DOWN, {**_POD, "node": "n2"}),
        (_DOWN, {**_POD, "cluster": "d"}),
        (_DOWN, {key: value for key, value in _POD.items() if key != "node"}),
        (_DOWN, {**_POD, "owner": "security"}),
        (_DOWN, {**_DOWN, "alertname": "KubeNodeNotReady", "pod": "p"}),
        ({"cluster": "c", "alertname": "KubeAPIDown", "severity": "critical"}, {**_POD, "cluster": "c"}),
        (
            {"cluster": "c", "alertname": "KubeAPIDown", "severity": "critical"},
            {"cluster": "c", "alertname": "FalcoRule", "severity": "warning", "owner": "security"},
        ),
        (
            {"cluster": "c", "alertname": "KubeAPIDown", "severity": "critical"},
            {**_DISK, "severity": "warning", "cluster": "d"},
        ),
    ],
)
def test_what_explains_nothing_inhibits_nothing(source: dict[str, str], target: dict[str, str]) -> None:
    assert not _inhibited(source, target)


def test_inhibitions_go_by_alerts_that_rules_make() -> None:
    rules = (PROJECT / "components" / "observability" / "rules" / "data").rglob("*.yaml")
    made = {
        rule["alert"]
        for file in rules
        for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }

    assert {*NODE_DOWN, *CLUSTER_DOWN, "Watchdog"} <= made
