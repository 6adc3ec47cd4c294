"""A figure of which three values are told: the least there can be, what it will likely be, and the most."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Self


@dataclass(frozen=True, slots=True)
class Range:
    """Low, typical and high of one figure, in the unit of its place."""

    low: float
    typical: float
    high: float

    @classmethod
    def fixed(cls, value: float) -> Self:
        """Return the range of a figure that depends on nothing."""
        return cls(value, value, value)

    @classmethod
    def total(cls, ranges: Iterable["Range"]) -> "Range":
        """Return the sum of some ranges; nothing for none."""
        result = ZERO
        for each in ranges:
            result += each
        return result

    def __add__(self, other: "Range") -> "Range":
        return self._with(other, lambda mine, its: mine + its)

    def __sub__(self, other: "Range") -> "Range":
        return self._with(other, lambda mine, its: mine - its)

    def __mul__(self, factor: "Range | float") -> "Range":
        return self._with(factor if isinstance(factor, Range) else Range.fixed(factor), lambda mine, its: mine * its)

    def __bool__(self) -> bool:
        return any((self.low, self.typical, self.high))

    def _with(self, other: "Range", do: Callable[[float, float], float]) -> "Range":
        return Range(do(self.low, other.low), do(self.typical, other.typical), do(self.high, other.high))


ZERO: Final = Range(0, 0, 0)
"""Nothing."""

HOURS: Final = 730
"""Hours of a month, as AWS's own calculator has them: 365 * 24 / 12."""
