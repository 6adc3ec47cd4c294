"""Puts each layer into a row and a column, and each arrow on a track of its own, so that none runs over another."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import networkx as nx

from rehearsal.diagram.model import Picture

# All in pixels. A card has room for a name of 23 characters of 12.5 px bold sans-serif.
CARD: Final = (172.0, 46.0)
TRACK: Final = 6.0
_MARGIN: Final = 16.0
_HEAD: Final = 96.0
_GUTTER: Final = 20.0
_CHANNEL: Final = 20.0
_LABEL: Final = 20.0
# Tiers that share a column: what comes early, and what is small.
_SHARED: Final = (("foundation", "compute"), ("networking",), ("capacity", "resilience"))


@dataclass(frozen=True)
class Net:
    """All arrows from one layer: one line that branches.

    Attributes:
        source: The layer.
        lines: The pieces of the line, each a list of points.
        ends: Where an arrow's head stands.

    """

    source: str
    lines: tuple[tuple[tuple[float, float], ...], ...]
    ends: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Places:
    """Where everything is.

    Attributes:
        cards: The upper left corner of each layer's card.
        panels: Of each tier, the corner, width and height of its ground.
        nets: The arrows.
        width: Of the whole picture.
        height: Of the whole picture.

    """

    cards: Mapping[str, tuple[float, float]]
    panels: Mapping[str, tuple[float, float, float, float]]
    nets: tuple[Net, ...]
    width: float
    height: float


def columns(picture: Picture) -> list[tuple[str, ...]]:
    """Return the tiers of each column, from the left."""
    tiers = picture.tiers()
    shared = [tuple(tier for tier in column if tier in tiers) for column in _SHARED]
    rest = [(tier,) for tier in tiers if not any(tier in column for column in _SHARED)]
    return [column for column in (*shared, *rest) if column]


def rows(picture: Picture) -> list[dict[int, str]]:
    """Return the layers of each row by their column: each below everything it waits for, at most one in a cell."""
    column = {tier: index for index, tiers in enumerate(columns(picture)) for tier in tiers}
    order: nx.DiGraph[str] = nx.DiGraph(picture.waits)
    order.add_nodes_from(name for name in picture.layers if name not in picture.last)
    weight = {name: nx.dag_longest_path_length(order.subgraph({name, *nx.descendants(order, name)})) for name in order}
    left = {name: picture.layers[name] for name in order}
    placed: list[dict[int, str]] = []
    done: set[str] = set()
    while left:
        row: dict[int, str] = {}
        # What most waits for comes first; a column's first tier before its second.
        for name in sorted(left, key=lambda each: (-weight[each], -len(nx.descendants(order, each)), each)):
            tier = left[name].tier
            tiers = columns(picture)[column[tier]]
            earlier = any(other.tier in tiers[: tiers.index(tier)] for other in left.values())
            if column[tier] not in row and not earlier and set(order.predecessors(name)) <= done:
                row[column[tier]] = name
        if not row:
            # Two tiers of a column wait for each other: its order is a wish.
            ready = min(name for name in left if set(order.predecessors(name)) <= done)
            row[column[left[ready].tier]] = ready
        placed.append(row)
        done |= set(row.values())
        left = {name: layer for name, layer in left.items() if name not in done}
    return placed


def places(picture: Picture) -> Places:
    """Lay a picture out."""
    grid = rows(picture)
    cell = {name: (number, column) for number, row in enumerate(grid) for column, name in row.items()}
    targets: dict[str, list[str]] = defaultdict(list)
    for earlier, later in picture.waits:
        targets[earlier].append(later)
    tracks = _tracks(targets, cell)
    wide = [
        max((track + 1 for (_, at), track in tracks.items() if at == column), default=0)
        for column in range(len(columns(picture)))
    ]
    lefts = [
        _MARGIN + sum(_GUTTER + TRACK * each for each in wide[: index + 1]) + CARD[0] * index
        for index in range(len(wide))
    ]
    channels = [
        sorted((name for name in row.values() if targets[name]), key=lambda name: cell[name][1]) for row in grid
    ]
    heights = [CARD[1] + _CHANNEL + TRACK * len(channel) for channel in channels]
    tops = [_HEAD + sum(heights[:number]) for number in range(len(heights))]
    cards = {name: (lefts[column], tops[number]) for name, (number, column) in cell.items()}
    nets = []
    for number, channel in enumerate(channels):
        for index, name in enumerate(channel):
            level = tops[number] + CARD[1] + _CHANNEL / 2 + TRACK * (index + 0.5)
            at = {column: lefts[column] - TRACK * (2 + track) for (who, column), track in tracks.items() if who == name}
            nets.append(
                _net(
                    name,
                    level,
                    at,
                    {other: (cell[other][1], _entrance(picture, cards, other, name)) for other in targets[name]},
                    cards,
                )
            )
    return Places(
        cards=cards,
        panels=_panels(
            picture, cards, {tier: wide[index] for index, tiers in enumerate(columns(picture)) for tier in tiers}
        ),
        nets=tuple(nets),
        width=lefts[-1] + CARD[0] + _MARGIN,
        height=_HEAD + sum(heights),
    )


def _tracks(targets: Mapping[str, Iterable[str]], cell: Mapping[str, tuple[int, int]]) -> dict[tuple[str, int], int]:
    """Return which track left of a column each layer's arrows run down on; a track is free again below the last."""
    spans = sorted(
        (cell[name][0], max(cell[other][0] for other in others if cell[other][1] == column), column, name)
        for name, others in targets.items()
        for column in {cell[other][1] for other in others}
    )
    ends: dict[tuple[int, int], int] = {}
    found = {}
    for first, last, column, name in spans:
        track = next(number for number in range(len(spans)) if ends.get((column, number), -1) <= first)
        ends[column, track] = last
        found[name, column] = track
    return found


def _entrance(picture: Picture, cards: Mapping[str, tuple[float, float]], layer: str, source: str) -> float:
    """Return how high an arrow comes in: each at its own height."""
    sources = sorted(
        (earlier for earlier, later in picture.waits if later == layer), key=lambda name: cards[name][::-1]
    )
    return cards[layer][1] + CARD[1] * (sources.index(source) + 1) / (len(sources) + 1)


def _net(
    source: str,
    level: float,
    tracks: Mapping[int, float],
    targets: Mapping[str, tuple[int, float]],
    cards: Mapping[str, tuple[float, float]],
) -> Net:
    left, top = cards[source]
    middle = left + CARD[0] / 2
    across = sorted({middle, *tracks.values()})
    lines = [((middle, top + CARD[1]), (middle, level)), ((across[0], level), (across[-1], level))]
    for column, x in sorted(tracks.items()):
        lines.append(((x, level), (x, max(height for at, height in targets.values() if at == column))))
    ends = []
    for name, (column, height) in sorted(targets.items()):
        lines.append(((tracks[column], height), (cards[name][0] - 5, height)))
        ends.append((cards[name][0], height))
    return Net(source=source, lines=tuple(lines), ends=tuple(ends))


def _panels(
    picture: Picture, cards: Mapping[str, tuple[float, float]], wide: Mapping[str, int]
) -> dict[str, tuple[float, float, float, float]]:
    found = {}
    for tier in picture.tiers():
        corners = [cards[name] for name in cards if picture.layers[name].tier == tier]
        if corners:
            left = corners[0][0] - TRACK * wide[tier] - _GUTTER / 2
            top = min(y for _, y in corners) - _LABEL
            bottom = max(y for _, y in corners) + CARD[1] + 6
            found[tier] = (left, top, corners[0][0] + CARD[0] + 6 - left, bottom - top)
    return found
