"""A ratio is of runs taken in turn, its median counts, and a goal that is missed ends with status 1."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from bench import __main__ as program
from bench.measures import Measure, in_turn, measure
from bench.run import BenchError


def _measure(ratio: float) -> Measure:
    return measure("a / b", [ratio], 1.25)


def test_runs_are_taken_in_turn_and_the_first_round_does_not_count() -> None:
    order: list[str] = []

    def run(name: str) -> float:
        order.append(name)
        return float(len(order))

    seconds = in_turn({"a": lambda: run("a"), "b": lambda: run("b")}, 3)

    assert order == ["b", "a", "a", "b", "b", "a", "a", "b"]
    assert seconds == {"a": [3.0, 6.0, 7.0], "b": [4.0, 5.0, 8.0]}


def test_one_slow_run_does_not_decide() -> None:
    taken = measure("a / b", [1.0, 1.1, 1.2, 1.1, 9.0], 1.25)

    assert (taken.ratio, taken.least, taken.most, taken.met) == (1.1, 1.0, 9.0, True)


@pytest.mark.parametrize(("ratio", "met"), [(1.25, True), (1.26, False)], ids=["at the goal", "beyond it"])
def test_a_goal_is_met_or_missed(ratio: float, met: bool) -> None:  # noqa: FBT001 - the row's value
    assert _measure(ratio).met is met


@pytest.mark.parametrize(("ratios", "status"), [([1.0, 1.2], 0), ([1.0, 1.3], 1)], ids=["all met", "one missed"])
def test_a_missed_goal_shows_in_the_status(
    ratios: list[float],
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(program, "run", lambda *_: [_measure(ratio) for ratio in ratios])
    monkeypatch.setattr(program, "FILE", tmp_path / "out" / "bench.json")

    assert program.main([]) == status
    written = json.loads((tmp_path / "out" / "bench.json").read_text(encoding="utf-8"))
    assert [entry["met"] for entry in written] == [ratio <= 1.25 for ratio in ratios]
    assert ("NO" in capsys.readouterr().out) == bool(status)


def test_what_cannot_be_measured_is_no_missed_goal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise BenchError("prod does not pass its rehearsal")

    monkeypatch.setattr(program, "run", fail)

    assert program.main([]) == 2
    assert "does not pass its rehearsal" in capsys.readouterr().err


def test_fewer_pairs_than_can_be_trusted_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        program.main(["--pairs", "2"])

    assert "5 is the least" in capsys.readouterr().err


def test_the_table_shows_ratio_spread_and_goal() -> None:
    console = Console(width=140, record=True, file=io.StringIO())
    console.print(program.table([measure("a / b", [1.0, 1.1, 1.3], 1.25, "2 s and 1 s")]))

    shown = console.export_text()
    assert all(text in shown for text in ("a / b", "1.10", "1.00 to 1.30", "<= 1.25", "yes", "2 s and 1 s"))
