"""Takes times in turn and makes ratios of them, so that a busy machine slows both sides of a ratio alike."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

PAIRS: Final = 5
"""Least number of pairs whose median can be trusted on a machine that does other things as well."""

Timed = Callable[[], float]
"""Runs something and returns the seconds it took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure of the benchmark.

    Attributes:
        name: What is compared with what.
        ratio: The median of the ratios.
        least: The smallest of them.
        most: The largest of them.
        goal: What the ratio must not pass.
        detail: The figures behind it, in words.

    """

    name: str
    ratio: float
    least: float
    most: float
    goal: float
    detail: str = ""

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        return self.ratio <= self.goal

    def to_json(self) -> dict[str, Any]:
        """Return its entry of bench.json."""
        return {**asdict(self), "met": self.met}


def in_turn(runs: Mapping[str, Timed], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of every run by its name, taken in turn, with every other round backwards.

    One round before them warms up what is loaded once and counts for nothing.
    """
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        order = list(runs) if number % 2 else list(runs)[::-1]
        for name in order:
            taken = runs[name]()
            if number:
                seconds[name].append(taken)
    return seconds


def measure(name: str, ratios: Sequence[float], goal: float, detail: str = "") -> Measure:
    """Return the figure for the ratios of all pairs."""
    return Measure(
        name=name, ratio=statistics.median(ratios), least=min(ratios), most=max(ratios), goal=goal, detail=detail
    )
