"""The command prints a stack's estimate from its last rehearsal, and what differs from another's."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from cost import __main__ as command
from tests.cost.making import entry, place

_NAT: Final = "aws:ec2/natGateway:NatGateway"


@pytest.fixture(autouse=True)
def _rehearsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    _written(".rehearsal/dev", [*place(), entry(_NAT, "nat-a"), entry("aws:msk/cluster:Cluster", "kafka")])
    _written(".rehearsal/prod", [*place(), entry(_NAT, "nat-a"), entry(_NAT, "nat-b")])
    _written("before", place())
    _written(".rehearsal/broken", [])


def _written(folder: str, resources: list[dict[str, Any]]) -> None:
    Path(folder).mkdir(parents=True)
    (Path(folder) / "graph.json").write_text(json.dumps(resources), encoding="utf-8")


def test_a_stack_is_shown_by_layer_with_what_is_dearest_and_what_is_in_no_sum(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command.main(["dev"]) == 0

    shown = capsys.readouterr().out
    rows = {line.split()[0]: line.split()[1:] for line in shown.splitlines() if line.strip()}
    assert "dev in us-east-1" in shown
    assert rows["all"] == ["34", "42", "123"]
    assert "nat-a: hours" in shown
    assert "not in the sum: kafka (aws:msk/cluster:Cluster)" in shown


@pytest.mark.parametrize(
    ("against", "sums"),
    [("dev", "from 42 to 84"), ("before", "from 0 to 84"), ("before/graph.json", "from 0 to 84")],
)
def test_what_differs_from_another_stack_folder_or_file_is_shown(
    against: str, sums: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["prod", "--against", against]) == 0

    shown = capsys.readouterr().out
    assert f"prod against {against}" in shown
    assert "came nat-b: hours" in shown
    assert sums in shown


def test_assumptions_of_a_file_are_taken(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.toml").write_text('[nat_gb]\nlow = 0\ntypical = 0\nhigh = 0\nwhy = "none"\n', encoding="utf-8")

    assert command.main(["prod", "--assumptions", "mine.toml"]) == 0
    assert "traffic" not in capsys.readouterr().out


def test_the_calendar_of_the_project_says_which_minors_cost_more(capsys: pytest.CaptureFixture[str]) -> None:
    _written("old", [*place(), entry("aws:eks/cluster:Cluster", "plane", version="1.20")])
    Path("calendar.toml").write_text('["1.20"]\nstandard_support_ends = 2022-09-01\n', encoding="utf-8")

    assert command.main(["old", "--calendar", "calendar.toml"]) == 0
    assert "1.20 left standard support on 2022-09-01" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "there is no .rehearsal/nowhere/graph.json: run `make rehearse STACK=nowhere` first"),
        (["broken"], "the last rehearsal of broken made nothing"),
        (["dev", "--against", "nowhere"], "there is no .rehearsal/nowhere/graph.json"),
        (["dev", "--assumptions", "none.toml"], "the assumptions cannot be read"),
    ],
)
def test_what_cannot_be_reckoned_is_refused_with_what_to_do(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(arguments) == 1
    assert says in capsys.readouterr().err
