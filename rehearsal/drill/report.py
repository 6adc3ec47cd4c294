"""The drill's report: drill.json for scripts, drill.md for people."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from rehearsal.drill.trials import Trial

# Differences in a cell of the table; the JSON file has them all.
_TOLD: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """What a drill found.

    Attributes:
        stack: The stack.
        kind: What was done to it, in words.
        must_converge: Whether every trial has to end as if nothing had happened.
        trials: The trials.
        seconds: How long it took.

    """

    stack: str
    kind: str
    must_converge: bool
    trials: Sequence[Trial]
    seconds: float

    @property
    def converged(self) -> int:
        """How many trials ended as if nothing had happened."""
        return sum(trial.converged for trial in self.trials)

    @property
    def passed(self) -> bool:
        """Whether they all did, as far as they have to."""
        return not self.must_converge or self.converged == len(self.trials)


def write(folder: Path, name: str, drill: Drill) -> None:
    """Write ``<name>.json`` and ``<name>.md``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(_facts(drill), indent=2) + "\n", encoding="utf-8")
    (folder / f"{name}.md").write_text(markdown(drill), encoding="utf-8")


def summary(drill: Drill) -> str:
    """Return the drill in one sentence."""
    orphans = sum(len(trial.differences.orphans) for trial in drill.trials)
    duplicates = sum(len(trial.differences.duplicates) for trial in drill.trials)
    return (
        f"{drill.stack}, {drill.kind}: {drill.converged} of {len(drill.trials)} trials ended as if nothing had "
        f"happened, {orphans} orphans, {duplicates} kinds of things made twice, in {drill.seconds:.0f} s"
    )


def markdown(drill: Drill) -> str:
    """Return the table of all trials."""
    lines = [f"# Drill of {drill.stack}: {drill.kind}", "", f"{summary(drill)}.", ""]
    lines += ["| Trial | Type | Updates | Outcome | Found |", "|---|---|--:|---|---|"]
    lines += [
        f"| {trial.what} | {trial.type or '-'} | {trial.updates} | {_outcome(trial)} | {_cell(trial.found) or '-'} |"
        for trial in drill.trials
    ]
    return "\n".join(lines) + "\n"


def _outcome(trial: Trial) -> str:
    faults = [
        *(f"error: {error}" for error in trial.errors),
        *(f"orphan: {orphan}" for orphan in trial.differences.orphans),
        *(f"twice: {duplicate}" for duplicate in trial.differences.duplicates),
        *(f"missing: {missing}" for missing in trial.differences.missing),
    ]
    if len(faults) > _TOLD:
        faults = [*faults[:_TOLD], f"and {len(faults) - _TOLD} more"]
    return _cell("; ".join(faults)) or "as if nothing had happened"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _facts(drill: Drill) -> dict[str, Any]:
    return {
        "stack": drill.stack,
        "kind": drill.kind,
        "passed": drill.passed,
        "converged": drill.converged,
        "seconds": round(drill.seconds, 1),
        "trials": [{**asdict(trial), "converged": trial.converged} for trial in drill.trials],
    }
