"""The drill's report and its verdict."""

import json
from pathlib import Path

import pytest

from rehearsal.drill.report import Drill, markdown, summary, write
from rehearsal.drill.trials import Trial
from rehearsal.drill.world import Differences

_GOOD = Trial(what="network-vpc", type="aws:ec2/vpc:Vpc", updates=1)
_ORPHAN = Trial(what="network-nat-a", updates=1, differences=Differences(orphans=("aws:ec2/eip:Eip eip-1",)))
_FAILED = Trial(what="cluster", updates=3, errors=("refused | twice",))


def _drill(*trials: Trial, must_converge: bool = True) -> Drill:
    return Drill(stack="dev", kind="a kind", must_converge=must_converge, trials=trials, seconds=12.3)


@pytest.mark.parametrize(
    ("drill", "passed"),
    [
        pytest.param(_drill(_GOOD), True, id="all converged"),
        pytest.param(_drill(_GOOD, _ORPHAN), False, id="an orphan"),
        pytest.param(_drill(_GOOD, _FAILED), False, id="an error"),
        pytest.param(_drill(_ORPHAN, must_converge=False), True, id="a finding, not a demand"),
    ],
)
def test_a_drill_passes_when_all_that_must_has_converged(drill: Drill, passed: bool) -> None:  # noqa: FBT001 - a case
    assert drill.passed == passed


def test_every_trial_is_a_row_with_what_is_wrong() -> None:
    rows = markdown(_drill(_GOOD, _ORPHAN, _FAILED)).splitlines()[-3:]

    assert "as if nothing had happened" in rows[0]
    assert "orphan: aws:ec2/eip:Eip eip-1" in rows[1]
    assert "refused \\| twice" in rows[2]


def test_the_sentence_counts() -> None:
    assert "1 of 2 trials" in summary(_drill(_GOOD, _ORPHAN))
    assert "1 orphans" in summary(_drill(_GOOD, _ORPHAN))


def test_both_files_are_written(tmp_path: Path) -> None:
    write(tmp_path / "dev", "drill", _drill(_GOOD, _FAILED))

    facts = json.loads((tmp_path / "dev" / "drill.json").read_text(encoding="utf-8"))
    assert (facts["passed"], facts["converged"]) == (False, 1)
    assert [trial["converged"] for trial in facts["trials"]] == [True, False]
    assert (tmp_path / "dev" / "drill.md").read_text(encoding="utf-8").startswith("# Drill of dev")
