"""Draws bring-up.svg: what is made when, layer by layer, with the critical path standing out."""

import math
from itertools import pairwise
from typing import Final
from xml.etree import ElementTree as ET

from rehearsal.report.bring_up import Bar, Schedule
from rehearsal.report.lanes import Dot, Lane, PlacedBar, Scale, lanes, layers_of
from rehearsal.report.words import about, count, duration

# Pixels.
_WIDTH: Final = 1100
_MARGIN: Final = 24
# For the layers' names, by the longest; a character of bold 12 px sans-serif takes about 7.4.
_GUTTER_LEAST: Final = 110
_GUTTER_MOST: Final = 230
_NAME_CHARACTER: Final = 7.4
_HEAD: Final = 104
_ROW: Final = 21
_BAR: Final = 16
_DOT: Final = 6
_LANE_PADDING: Final = 8
_LANE_LEAST: Final = 38
_FOOT: Final = 62

_INK: Final = "#1f2933"
_GREY: Final = "#6b7785"
_LINE: Final = "#e1e6eb"
_LANE: Final = "#f6f8fa"
_CALM: Final = "#b3cde8"
_DOTS: Final = "#6f9bc8"
_CRITICAL: Final = "#d9480f"

# Minutes between two lines of the axis, the first that gives no more than this many lines.
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60)
_MOST_LINES: Final = 20


def picture(stack: str, schedule: Schedule) -> str:
    """Return the picture as SVG text."""
    seconds = max((bar.finish for bar in schedule.bars), default=0.0) or 60.0
    gutter = _gutter(schedule)
    scale = Scale(left=_MARGIN + gutter, width=_WIDTH - 2 * _MARGIN - gutter, seconds=seconds * 1.02)
    layers = lanes(schedule, scale)
    heights = [_height(lane) for lane in layers]
    bottom = _HEAD + sum(heights)
    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": str(_WIDTH),
            "height": str(bottom + _FOOT),
            "viewBox": f"0 0 {_WIDTH} {bottom + _FOOT}",
            "font-family": "Helvetica, Arial, 'DejaVu Sans', sans-serif",
            "font-size": "11",
            "role": "img",
        },
    )
    ET.SubElement(svg, "title").text = f"What the first pulumi up of {stack} makes when"
    _rect(svg, (0, 0, _WIDTH, bottom + _FOOT), fill="#ffffff", rx="8")
    _heading(svg, stack, schedule, len(layers))
    for index, (lane, height) in enumerate(zip(layers, heights, strict=True)):
        _lane_ground(svg, lane, (_HEAD + sum(heights[:index]), height, gutter), shaded=index % 2 == 0)
    _axis(svg, scale, seconds, bottom)
    places: dict[str, tuple[float, float, float]] = {}
    drawn = ET.Element("g")
    for index, lane in enumerate(layers):
        places |= _lane(drawn, lane, _HEAD + sum(heights[:index]), heights[index])
    _connectors(svg, [places[bar.node.urn] for bar in schedule.path])
    svg.append(drawn)
    _legend(svg, bottom)
    ET.indent(svg)
    return ET.tostring(svg, encoding="unicode") + "\n"


def _gutter(schedule: Schedule) -> float:
    longest = max((len(name) for name in layers_of(schedule).values()), default=0)
    return min(max(_GUTTER_LEAST, longest * _NAME_CHARACTER + _MARGIN), _GUTTER_MOST)


def _height(lane: Lane) -> int:
    return max(_LANE_LEAST, 2 * _LANE_PADDING + lane.rows * _ROW + lane.levels * _DOT)


def _heading(svg: ET.Element, stack: str, schedule: Schedule, layers: int) -> None:
    estimate = schedule.estimate
    title = f"{stack}: ready about {about(estimate.minutes)} after the first pulumi up begins"
    _text(svg, (_MARGIN, 40), title, size=20, weight="bold")
    facts = (
        f"{estimate.estimated} resources in {layers} layers, each begun as early as its dependencies allow. "
        f"The wait is {estimate.ratio:.2f} times that for a bare cluster ({estimate.floor_minutes:.1f} min)."
    )
    _text(svg, (_MARGIN, 62), facts, size=12, fill=_GREY)


def _axis(svg: ET.Element, scale: Scale, seconds: float, bottom: float) -> None:
    minutes = seconds / 60
    step = next((step for step in _STEPS if minutes / step <= _MOST_LINES), _STEPS[-1])
    for minute in range(0, math.floor(minutes) + 1, step):
        x = scale.x(minute * 60)
        _line(svg, (x, _HEAD, x, bottom), stroke=_LINE)
        text = "0 min" if minute == 0 else str(minute)
        _text(svg, (x, _HEAD - 8), text, fill=_GREY, anchor="middle")
    _line(svg, (scale.x(seconds), _HEAD, scale.x(seconds), bottom), stroke=_CRITICAL, dash="3 3")


def _lane_ground(svg: ET.Element, lane: Lane, place: tuple[float, float, float], *, shaded: bool) -> None:
    top, height, gutter = place
    if shaded:
        _rect(svg, (_MARGIN / 2, top, _WIDTH - _MARGIN, height), fill=_LANE)
    room = int((gutter - _MARGIN / 2) / _NAME_CHARACTER)
    name = lane.name if len(lane.name) <= room else f"{lane.name[: room - 1]}…"
    _text(svg, (_MARGIN, top + 17), name, size=12, weight="bold")
    _text(svg, (_MARGIN, top + 31), count(len(lane.bars) + len(lane.dots), "resource"), size=10, fill=_GREY)


def _lane(svg: ET.Element, lane: Lane, top: float, height: float) -> dict[str, tuple[float, float, float]]:
    """Draw a lane's bars and dots; return where each bar begins and ends and its middle's height, by URN."""
    places = {}
    for bar in lane.bars:
        y = top + _LANE_PADDING + bar.row * _ROW
        _bar(svg, bar, y)
        places[bar.bar.node.urn] = (bar.x, bar.x + bar.width, y + _BAR / 2)
    for dot in lane.dots:
        _dot(svg, dot, top + height - _LANE_PADDING - (dot.level + 0.5) * _DOT)
    return places


def _bar(svg: ET.Element, placed: PlacedBar, y: float) -> None:
    critical = placed.bar.critical
    fill = _CRITICAL if critical else _CALM
    bar = _rect(svg, (placed.x, y, placed.width, _BAR), fill=fill, rx="3")
    bar.set("class", "critical bar" if critical else "bar")
    _explain(bar, placed.bar)
    if placed.label is not None:
        inside = "#ffffff" if critical else _INK
        outside = _CRITICAL if critical else _INK
        _text(
            svg,
            (placed.label.x, y + 12),
            placed.label.text,
            fill=inside if placed.label.inside else outside,
            anchor=placed.label.anchor,
            weight="bold" if critical else "normal",
        )


def _dot(svg: ET.Element, dot: Dot, y: float) -> None:
    circle = ET.SubElement(
        svg, "circle", {"class": "dot", "cx": _number(dot.x), "cy": _number(y), "r": "2.3", "fill": _DOTS}
    )
    _explain(circle, dot.bar)


def _explain(element: ET.Element, bar: Bar) -> None:
    """Add what a browser shows when the pointer rests on the element."""
    begin, end = duration(bar.start), duration(bar.finish)
    ET.SubElement(element, "title").text = f"{bar.node.name} ({bar.node.type}): {begin} to {end}"


def _connectors(svg: ET.Element, places: list[tuple[float, float, float]]) -> None:
    """Join the bars of the critical path, each where it ends with the next where that begins."""
    for (_, end, y), (begin, _, next_y) in pairwise(places):
        x = min(end, begin)
        _line(svg, (x, y, x, next_y), stroke=_CRITICAL, width="1.5")


def _legend(svg: ET.Element, bottom: float) -> None:
    y = bottom + 28
    _rect(svg, (_MARGIN, y - 10, 22, 12), fill=_CRITICAL, rx="3")
    _text(svg, (_MARGIN + 29, y), "the critical path: what the wait is made of", fill=_GREY)
    _rect(svg, (_MARGIN + 290, y - 10, 22, 12), fill=_CALM, rx="3")
    _text(svg, (_MARGIN + 319, y), "made meanwhile", fill=_GREY)
    ET.SubElement(svg, "circle", {"cx": str(_MARGIN + 436), "cy": _number(y - 4), "r": "2.3", "fill": _DOTS})
    _text(svg, (_MARGIN + 446, y), "made in a few seconds", fill=_GREY)
    origin = "Typical creation times per type (rehearsal/latencies.toml), not measurements of this stack."
    _text(svg, (_MARGIN, y + 18), origin, size=10, fill=_GREY)


def _rect(svg: ET.Element, place: tuple[float, float, float, float], *, fill: str, rx: str = "0") -> ET.Element:
    x, y, width, height = (_number(value) for value in place)
    return ET.SubElement(svg, "rect", {"x": x, "y": y, "width": width, "height": height, "rx": rx, "fill": fill})


def _line(
    svg: ET.Element, ends: tuple[float, float, float, float], *, stroke: str, width: str = "1", dash: str = "none"
) -> None:
    x1, y1, x2, y2 = (_number(value) for value in ends)
    ET.SubElement(
        svg,
        "line",
        {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "stroke": stroke, "stroke-width": width, "stroke-dasharray": dash},
    )


def _text(svg: ET.Element, place: tuple[float, float], text: str, **style: str | int) -> None:
    names = {"size": "font-size", "weight": "font-weight", "anchor": "text-anchor", "fill": "fill"}
    attributes = {"x": _number(place[0]), "y": _number(place[1]), "fill": _INK}
    attributes |= {names[key]: str(value) for key, value in style.items()}
    ET.SubElement(svg, "text", attributes).text = text


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
