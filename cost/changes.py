"""What a change does to a month's bill: lines that came, that went and that cost otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cost.figures import ZERO, Range
from cost.lines import Estimate, Line

# Less than half a cent is how floating-point sums differ, and no change.
_LEAST = 0.005


@dataclass(frozen=True, slots=True)
class Change:
    """One line of either estimate.

    Attributes:
        kind: Whether it came, went, or costs otherwise.
        line: The line; of one that went, as it was.
        usd: By how much a month's bill grows for it; less than nothing where it shrinks.

    """

    kind: Literal["came", "went", "changed"]
    line: Line
    usd: Range


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two estimates.

    Attributes:
        base: The sum before.
        head: The sum after.
        changes: Lines that differ, the largest difference first.
        newly_unpriced: Types that may cost, are in no sum, and were not there before.

    """

    base: Range
    head: Range
    changes: Sequence[Change]
    newly_unpriced: Sequence[str] = ()

    @property
    def usd(self) -> Range:
        """By how much a month's bill grows."""
        return self.head - self.base


def difference(base: Estimate, head: Estimate) -> Difference:
    """Return what differs from one estimate to another, by layer, name and what is paid for."""
    before, after = ({line.key: line for line in each.lines} for each in (base, head))
    changes = [
        *(Change("came", line, line.usd) for key, line in after.items() if key not in before),
        *(Change("went", line, ZERO - line.usd) for key, line in before.items() if key not in after),
        *(_changed(before[key], line) for key, line in after.items() if key in before),
    ]
    different = [each for each in changes if each.kind != "changed" or _differs(each.usd)]
    return Difference(
        base=base.total,
        head=head.total,
        changes=sorted(different, key=lambda each: (-abs(each.usd.typical), -abs(each.usd.high), each.line.key)),
        newly_unpriced=sorted({each.type for each in head.unpriced} - {each.type for each in base.unpriced}),
    )


def _changed(before: Line, after: Line) -> Change:
    return Change("changed", after, after.usd - before.usd)


def _differs(usd: Range) -> bool:
    return max(abs(usd.low), abs(usd.typical), abs(usd.high)) >= _LEAST
