"""How configuration reaches the settings: what Pulumi hands over, what counts as left out, and what stays secret."""

import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any, Self

import pulumi
import pytest
import yaml
from pulumi.runtime import config as runtime_config

import settings
from settings.load import blocks_of, normalized, parse, read, read_file
from settings.report import SettingsError
from tests.settings.cases import STACK
from tests.settings.sample import GOOD, REMOVED, Sample, changed
from tests.settings.workspace import ROOT, Workspace

STACK_FILES = sorted(ROOT.glob("Pulumi.*.yaml"))
# As Pulumi hands over a stack's configuration: every value is text.
HANDED_OVER = {
    f"platform:{name}": value if isinstance(value, str) else json.dumps(value)
    for name, value in blocks_of(ROOT / "Pulumi.prod.yaml").items()
}


def _on(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls(day.year, day.month, day.day, tzinfo=tz)

    # The package's function hides its module of the same name.
    monkeypatch.setattr(sys.modules["settings.load"], "datetime", Clock)


@pytest.fixture(autouse=True)
def _stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    _on(monkeypatch, date(2026, 9, 1))
    monkeypatch.setattr(pulumi, "get_stack", lambda: STACK)
    before = runtime_config.CONFIG.get(), list(runtime_config._SECRET_KEYS.get())
    yield
    runtime_config.set_all_config(*before)


def _reported(data: dict[str, Any], secrets: tuple[str, ...] = ()) -> str:
    with pytest.raises(SettingsError) as caught:
        read(Sample, data, stack=STACK, secrets=secrets)
    return str(caught.value)


def test_the_stacks_configuration_is_loaded() -> None:
    runtime_config.set_all_config({**HANDED_OVER, "pulumi:disable-default-providers": '["*"]', "aws:region": "x"})
    assert settings.load() == read_file(ROOT / "Pulumi.prod.yaml")


def test_what_has_ended_by_today_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime_config.set_all_config(HANDED_OVER)
    _on(monkeypatch, date(2099, 1, 1))
    with pytest.raises(SettingsError, match="which AWS has not supported at all since"):
        settings.load()


def test_configuration_from_the_environment_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime_config.set_all_config({})
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(HANDED_OVER))
    assert settings.load() == read_file(ROOT / "Pulumi.prod.yaml")


def test_an_unknown_key_of_the_namespace_is_found() -> None:
    runtime_config.set_all_config({**HANDED_OVER, "platform:stroage": "{}"})
    with pytest.raises(SettingsError, match=r"platform:stroage = {}\n *is not a setting; did you mean `storage`\?"):
        settings.load()


@pytest.mark.parametrize("source", ["engine", "environment"])
def test_what_pulumi_keeps_encrypted_is_not_repeated(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = json.dumps({"id": "hunter2", "region": "eu-central-1"})
    runtime_config.set_all_config(
        {**HANDED_OVER, "platform:account": secret}, ["platform:account"] if source == "engine" else []
    )
    monkeypatch.setenv("PULUMI_CONFIG_SECRET_KEYS", json.dumps(["platform:account"] if source == "environment" else []))
    with pytest.raises(SettingsError) as caught:
        settings.load()
    assert "platform:account.id = [secret]" in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"texts": {"free": 70417041}}, id="a type"),
        pytest.param({"texts": {"level": "very-high70417041"}}, id="a choice"),
        pytest.param({"texts": {"city": "70417041"}}, id="a validator's message"),
        pytest.param({"texts": {"subnet": "70.41.70.41/24"}}, id="host bits"),
        pytest.param({"texts": {"zzz": "70417041"}}, id="an unknown key"),
        pytest.param({"texts": {"cdoe": "70417041", "code": REMOVED}}, id="a key to be renamed"),
        pytest.param({"lists": {"zones": ["70417041"] * 2}}, id="a list"),
        pytest.param({"lists": {"zones": ["z70417041", "y"]}, "texts": {"name": "z70417041"}}, id="a pattern"),
        pytest.param({"numbers": {"count": 3, "step": 70417041}}, id="a range"),
        pytest.param({"lists": {"group": {"least": 8, "most": 7}}, "extra": "{70417041"}, id="broken JSON"),
    ],
)
def test_a_secret_stays_secret_whatever_is_wrong_with_it(change: dict[str, Any]) -> None:
    report = _reported(changed(change), secrets=("texts", "numbers", "lists", "extra"))
    assert "70417041" not in report
    assert "70.41" not in report
    assert "least 8" not in report


def test_a_conflict_with_a_secret_tells_neither_value() -> None:
    report = _reported(changed({"lists": {"zones": ["sample", "y"]}}), secrets=("texts",))
    assert "sample" not in report
    assert "platform:lists.zones[0] = [secret]" in report
    assert "breaks a rule; what it says is withheld, because it concerns secrets" in report


def test_a_secret_gets_a_form_to_follow_instead_of_its_own_value() -> None:
    report = _reported(changed({"texts": {"code": "42"}, "numbers": {"count": 0}}), secrets=("texts", "numbers"))
    assert "pulumi config set --path 'platform:texts.code' 1234 --type string --stack prod" in report
    assert "pulumi config set --path 'platform:numbers.count' 1 --stack prod" in report


@pytest.mark.parametrize("value", [True, "true"])
def test_a_top_level_switch_may_be_text_for_pulumi_writes_it_so(value: object) -> None:
    assert read(Sample, changed({"keep": value}), stack=STACK).keep is True


def test_a_block_may_be_json_text() -> None:
    data = {name: json.dumps(value) for name, value in GOOD.items()}
    assert read(Sample, data, stack=STACK) == read(Sample, GOOD, stack=STACK)


@pytest.mark.parametrize("text", ["5", "true", "[1]", "null"])
def test_top_level_text_is_not_read_as_json(text: str) -> None:
    assert read(Sample, changed({"title": text}), stack=STACK).title == text


@pytest.mark.parametrize("nothing", ["", None])
def test_a_top_level_key_without_a_value_counts_as_left_out(nothing: object) -> None:
    assert normalized(Sample, {"keep": nothing, "extra": nothing, "numbers": nothing, "other": nothing}) == {
        "texts": {},
        "numbers": {},
        "lists": {},
        "other": nothing,
    }


def test_dates_which_json_does_not_know_are_reported_as_text() -> None:
    data = changed({"numbers": yaml.safe_load("{count: 2026-01-31}")})
    assert 'platform:numbers.count = "2026-01-31"' in _reported(data)


def test_settings_errors_are_printed_by_pulumi_without_a_traceback() -> None:
    with pytest.raises(pulumi.RunError, match=r"^Pulumi\.dev\.yaml: "):
        parse({}, stack="dev")


def test_what_is_missing_in_an_empty_stack_is_named_key_by_key() -> None:
    with pytest.raises(SettingsError) as caught:
        parse({}, stack="dev")
    paths = [".".join(map(str, problem.path)) for problem in caught.value.problems]
    assert paths[:3] == ["account.id", "account.region", "network.cidr"]
    assert paths[-1] == "retain_data"


@pytest.mark.parametrize("file", STACK_FILES, ids=lambda file: file.name)
def test_every_stack_file_is_sound(file: Path) -> None:
    assert read_file(file).account.region


def test_there_are_stack_files() -> None:
    assert {"Pulumi.dev.yaml", "Pulumi.staging.yaml", "Pulumi.prod.yaml"} <= {file.name for file in STACK_FILES}


PROGRAM = """
import pulumi
from pulumi import automation
from settings import load

workspace = automation.LocalWorkspace(work_dir={home!r}, program=lambda: pulumi.export("seen", load().cluster.name))
try:
    automation.Stack.select("prod", workspace).preview(on_output=print, color="never")
except automation.CommandError:
    pass
"""
"""Runs the engine on a program that only loads its settings."""


@pytest.mark.tools
@pytest.mark.parametrize(
    ("file", "expected"),
    [
        pytest.param("{}", ["platform:network.cidr\n", "platform:retain_data\n"], id="nothing set"),
        pytest.param(
            "{platform:nodes: word, platform:retain_data: [1], platform:cluster: }",
            ['platform:nodes = "word"', "platform:retain_data = [1]", "platform:cluster.name\n"],
            id="wrong types and a block without a value",
        ),
    ],
)
def test_pulumi_leaves_every_problem_to_the_report(
    file: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    stage = Workspace(tmp_path, STACK)
    stage.create((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))
    stage.stack_file.write_text(f"config: {file}", encoding="utf-8")
    output = stage.python(PROGRAM.format(home=str(tmp_path)))
    for text in ["platform:account.id\n", *expected]:
        assert text in output
    assert "Traceback" not in output
