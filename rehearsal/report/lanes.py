"""Lays out a schedule for drawing: one lane per layer, one row per bar that needs its own, dots for what is quick."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from rehearsal.report.bring_up import Bar, Schedule
from rehearsal.report.graph import Node
from rehearsal.report.words import duration

NO_LAYER: Final = "no layer"
"""The lane of resources that belong to no component."""

# All in pixels. A character of the labels' 11 px sans-serif takes about 6.2 on average (measured on Helvetica and
# DejaVu Sans, the wider of the two).
_CHARACTER: Final = 6.2
_LABEL_PADDING: Final = 6.0
_GAP: Final = 4.0
# Below this a bar is a dot; from the second on its name is worth its room.
_NARROWEST_BAR: Final = 7.0
_NARROWEST_NAMED_BAR: Final = 40.0
_NARROWEST_CRITICAL_BAR: Final = 3.0
_DOT: Final = 6.0
_DOTS_PER_COLUMN: Final = 5


@dataclass(frozen=True, slots=True)
class Scale:
    """Seconds to pixels: the plot begins at `left` and is `width` pixels for `seconds`."""

    left: float
    width: float
    seconds: float

    def x(self, seconds: float) -> float:
        """Return where a moment stands."""
        return self.left + self.width * seconds / self.seconds

    @property
    def right(self) -> float:
        """Return where the plot ends."""
        return self.left + self.width


@dataclass(frozen=True, slots=True)
class Label:
    """A bar's name: `anchor` is SVG's (start, middle, end), `inside` whether it stands on the bar's own colour."""

    text: str
    x: float
    anchor: str
    inside: bool


@dataclass(frozen=True, slots=True)
class PlacedBar:
    """A bar with its place: `x` and `width` in pixels, `row` counted from the top of its lane."""

    bar: Bar
    x: float
    width: float
    row: int
    label: Label | None


@dataclass(frozen=True, slots=True)
class Dot:
    """A resource made too quickly for a bar: `x` in pixels, `level` counted from the bottom of its lane."""

    bar: Bar
    x: float
    level: int


@dataclass(frozen=True, slots=True)
class Lane:
    """One layer's resources, laid out."""

    name: str
    bars: tuple[PlacedBar, ...]
    dots: tuple[Dot, ...]

    @property
    def rows(self) -> int:
        """How many rows of bars it has."""
        return max((bar.row + 1 for bar in self.bars), default=0)

    @property
    def levels(self) -> int:
        """How high its dots are stacked."""
        return max((dot.level + 1 for dot in self.dots), default=0)


def lanes(schedule: Schedule, scale: Scale) -> list[Lane]:
    """Return the lanes from the first layer that is complete to the last."""
    layers = layers_of(schedule)
    members: dict[str, list[Bar]] = defaultdict(list)
    for bar in schedule.bars:
        members[layers[bar.node.urn]].append(bar)
    order = sorted(members, key=lambda name: (max(bar.finish for bar in members[name]), name))
    return [_lane(name, members[name], scale) for name in order]


def layers_of(schedule: Schedule) -> dict[str, str]:
    """Return the name of each resource's layer: the outermost component that does not hold everything."""
    chains = {bar.node.urn: _components_above(bar.node, schedule.components) for bar in schedule.bars}
    shared = _shared_beginning(chain for chain in chains.values() if chain)
    return {urn: chain[min(shared, len(chain) - 1)].name if chain else NO_LAYER for urn, chain in chains.items()}


def _components_above(node: Node, components: Mapping[str, Node]) -> list[Node]:
    """Return the components a resource lies in, outermost first, without the stack itself."""
    chain = []
    nodes = {**components}
    parent = node.parent
    while parent in nodes:
        chain.append(nodes[parent])
        parent = nodes[parent].parent
    return [component for component in reversed(chain) if component.type != "pulumi:pulumi:Stack"]


def _shared_beginning(chains: Iterable[list[Node]]) -> int:
    levels = zip(*chains, strict=False)
    return len(list(takewhile(lambda level: len({component.urn for component in level}) == 1, levels)))


def _lane(name: str, bars: list[Bar], scale: Scale) -> Lane:
    wide = [bar for bar in bars if bar.critical or scale.x(bar.finish) - scale.x(bar.start) >= _NARROWEST_BAR]
    quick = [bar for bar in bars if bar not in wide]
    return Lane(name=name, bars=tuple(_rows(name, wide, scale)), dots=tuple(_dots(quick, scale)))


def _rows(lane: str, bars: list[Bar], scale: Scale) -> list[PlacedBar]:
    """Put each bar, with its label, into the first row that has room for it."""
    rows: list[list[tuple[float, float]]] = []
    placed = []
    # What the wait is made of comes first, so that it stands at the top of its lane.
    for bar in sorted(bars, key=lambda bar: not bar.critical):
        x = scale.x(bar.start)
        width = max(scale.x(bar.finish) - x, _NARROWEST_CRITICAL_BAR)
        label = _label(bar, lane, (x, width), scale.right)
        extent = _extent(x, width, label)
        row = next((number for number, taken in enumerate(rows) if _is_free(taken, extent)), len(rows))
        if row == len(rows):
            rows.append([])
        rows[row].append(extent)
        placed.append(PlacedBar(bar=bar, x=x, width=width, row=row, label=label))
    return placed


def _is_free(taken: list[tuple[float, float]], extent: tuple[float, float]) -> bool:
    begin, end = extent
    return all(end + _GAP <= left or right + _GAP <= begin for left, right in taken)


def _label(bar: Bar, lane: str, place: tuple[float, float], right: float) -> Label | None:
    """Return the name inside the bar where it fits, else beside it; none for a narrow bar off the critical path."""
    x, width = place
    if not bar.critical and width < _NARROWEST_NAMED_BAR:
        return None
    # The lane already says whose it is.
    text = bar.node.name.removeprefix(f"{lane}-")
    if bar.critical:
        text = f"{text}, {duration(bar.finish - bar.start)}"
    length = len(text) * _CHARACTER + 2 * _LABEL_PADDING
    if length <= width:
        return Label(text=text, x=x + _LABEL_PADDING, anchor="start", inside=True)
    if x + width + length <= right:
        return Label(text=text, x=x + width + _LABEL_PADDING, anchor="start", inside=False)
    return Label(text=text, x=x - _LABEL_PADDING, anchor="end", inside=False)


def _extent(x: float, width: float, label: Label | None) -> tuple[float, float]:
    if label is None or label.inside:
        return x, x + width
    length = len(label.text) * _CHARACTER
    return (x, label.x + length) if label.anchor == "start" else (label.x - length, x + width)


def _dots(bars: list[Bar], scale: Scale) -> list[Dot]:
    """Stack dots that begin together; a full column runs over into the nearest with room, to the right first."""
    wished = [math.ceil((scale.x(bar.start) - scale.left) / _DOT) for bar in bars]
    crowd = max(Counter(wished).values(), default=0)
    # Hundreds of objects that begin together become a square, not a line across the axis.
    height = max(_DOTS_PER_COLUMN, math.isqrt(crowd))
    last = int(scale.width / _DOT) - 1
    filled: Counter[int] = Counter()
    dots = []
    for bar, column in zip(bars, wished, strict=True):
        columns = (*range(min(column, last), last + 1), *range(min(column, last) - 1, -1, -1))
        free = next((candidate for candidate in columns if filled[candidate] < height), last)
        dots.append(Dot(bar=bar, x=scale.left + (free + 0.5) * _DOT, level=filled[free]))
        filled[free] += 1
    return dots
