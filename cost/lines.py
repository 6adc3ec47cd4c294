"""What an estimate says: its lines, and what it could not price."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from cost.figures import Range


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that costs.

    Attributes:
        urn: The resource it is for.
        layer: The name of the component that the resource belongs to; the resource's own, if it belongs to none.
        name: The resource's logical name.
        what: What is paid for, ``instances``; with the name it tells lines apart.
        usd: US dollars a month.
        basis: What was reckoned with: numbers, the price's name, the assumption and why it is made.

    """

    urn: str
    layer: str
    name: str
    what: str
    usd: Range
    basis: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is told apart by from the other lines of its stack, and found by in another stack."""
        return (self.layer, self.name, self.what)


@dataclass(frozen=True, slots=True)
class Unpriced:
    """What may cost and is in no sum.

    Attributes:
        urn: The resource.
        type: Its type token.
        name: Its logical name.
        why: Why there is no figure.

    """

    urn: str
    type: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A value that a figure depends on and that is not known yet.

    Attributes:
        urn: The resource.
        path: Where the value stands among its inputs, ``scalingConfig.desiredSize``.

    """

    urn: str
    path: str


@dataclass(frozen=True)
class Estimate:
    """What a stack costs in a month.

    Attributes:
        lines: Everything that costs, in the order of the resources.
        unpriced: What may cost and is not in the sums.
        unread: Values that are not known yet; what depends on them is not in the sums.
        region: The region that prices were taken for; empty if the resources do not say.

    """

    lines: Sequence[Line]
    unpriced: Sequence[Unpriced] = ()
    unread: Sequence[Unread] = ()
    region: str = ""

    @cached_property
    def total(self) -> Range:
        """US dollars a month of all lines."""
        return Range.total(line.usd for line in self.lines)

    def by_layer(self) -> Mapping[str, Range]:
        """Return US dollars a month of each layer, the dearest first."""
        found: dict[str, Range] = {}
        for line in self.lines:
            found[line.layer] = found.get(line.layer, Range.fixed(0)) + line.usd
        return dict(sorted(found.items(), key=lambda item: (-item[1].typical, -item[1].high, item[0])))

    def drivers(self, number: int) -> Sequence[Line]:
        """Return the dearest lines by what is typical, the dearest first."""
        return sorted(self.lines, key=lambda line: (-line.usd.typical, -line.usd.high, line.key))[:number]
