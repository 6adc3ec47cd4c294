"""Draws every dashboard as people will see it, without numbers: `make dashboards`.

It writes `docs/dashboards.md` and a picture of each dashboard; what is drawn is read from the JSON that Grafana gets.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any, Final

from components.observability.dashboards.catalog import DASHBOARDS
from components.observability.dashboards.panels import Dashboard, Folder
from components.observability.dashboards.rendering import render

DOCS: Final = Path(__file__).parents[4] / "docs"
PAGE: Final = DOCS / "dashboards.md"
PICTURES: Final = DOCS / "pictures" / "dashboards"

_COLUMN: Final = 40
_LINE: Final = 30
_GAP: Final = 4
_LETTER: Final = 6.2
"""The width of a letter of the small size, in pixels, about."""

_INTRODUCTION: Final = """\
# Dashboards

What people see in Grafana, without numbers: the rows and panels of each dashboard, with their units and what they ask
for. Every dashboard has the choices `Source` and `Cluster` at its top, and links to the others and to its runbook.
`make dashboards` draws this page from the JSON that Grafana gets. Where that comes from: [grafana](layers/grafana.md).
"""

_STYLE: Final = (
    "<style>rect{fill:#f7f8fa;stroke:#c7d0d9}.t{font:bold 12px sans-serif;fill:#1f2933}"
    ".u{font:11px sans-serif;fill:#5a6b7b}.q{font:10px monospace;fill:#7b8794}.r{font:bold 13px sans-serif;"
    "fill:#3b4a59}.n{font:bold 20px sans-serif;fill:#2f7d4f}path{fill:none;stroke:#2f7d4f}</style>"
)


def page() -> str:
    """Return the page."""
    lines = [_INTRODUCTION]
    for folder in Folder:
        lines += [f"## {folder}", ""]
        for each in DASHBOARDS:
            if each.folder is folder:
                lines += [*_section(each), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _section(dashboard: Dashboard) -> Iterator[str]:
    grafanas = ", ".join(f"`{each}`" for each in dashboard.shown_in)
    choices = "".join(f", `{each.name}`" for each in dashboard.variables)
    yield f"### {dashboard.title}"
    yield ""
    yield dashboard.purpose
    yield f"Shown in {grafanas}; to choose: `cluster`{choices}."
    yield ""
    yield f"![{dashboard.title}](pictures/dashboards/{dashboard.uid}.svg)"


def picture(dashboard: Dashboard) -> str:
    """Return a dashboard as SVG."""
    made = json.loads(render(dashboard, datasource="thanos", runbooks="https://example.com/runbooks"))
    height = max(each["gridPos"]["y"] + each["gridPos"]["h"] for each in made["panels"]) * _LINE
    drawn = [mark for panel in made["panels"] for mark in _drawn(panel)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {24 * _COLUMN} {height}" font-family="sans-serif">',
            _STYLE,
            *drawn,
            "</svg>\n",
        ]
    )


def _drawn(panel: Mapping[str, Any]) -> Iterator[str]:
    place = panel["gridPos"]
    left, top = place["x"] * _COLUMN, place["y"] * _LINE
    wide, high = place["w"] * _COLUMN, place["h"] * _LINE
    if panel["type"] == "row":
        yield _text("r", left + _GAP, top + 20, panel["title"], wide)
        return
    yield f'<rect x="{left + _GAP}" y="{top + _GAP}" width="{wide - 2 * _GAP}" height="{high - 2 * _GAP}" rx="3"/>'
    inner = left + 3 * _GAP
    yield _text("t", inner, top + 22, panel["title"], wide)
    unit = panel["fieldConfig"]["defaults"]["unit"]
    shape = {"stat": "number", "table": "table", "timeseries": "graph"}[panel["type"]]
    yield _text("u", inner, top + 38, f"{shape}, {unit}", wide)
    yield from _shape(panel["type"], inner, top + 48, wide - 6 * _GAP, high - 62 - 14 * len(panel["targets"]))
    for index, target in enumerate(reversed(panel["targets"])):
        yield _text("q", inner, top + high - 12 - 14 * index, target["expr"], wide)


def _shape(kind: str, left: int, top: int, wide: int, high: int) -> Iterator[str]:
    """Draw what kind of panel it is."""
    if kind == "stat":
        yield f'<text class="n" x="{left}" y="{top + 22}">#</text>'
    elif kind == "table":
        lines = "".join(f"M{left} {top + step}h{wide}" for step in range(14, high, 24))
        yield f'<path d="{lines}" opacity=".4"/>'
    else:
        steps = (0.7, 0.55, 0.62, 0.3, 0.45, 0.2, 0.5, 0.35)
        points = " ".join(
            f"{left + wide * index // (len(steps) - 1)},{top + int(high * step)}" for index, step in enumerate(steps)
        )
        yield f'<path d="M{points}" opacity=".6"/>'


def _text(kind: str, left: int, top: int, text: str, wide: int) -> str:
    room = int((wide - 6 * _GAP) / (_LETTER if kind == "q" else _LETTER + 0.9))
    shown = text if len(text) <= room else f"{text[: room - 1]}…"
    return f'<text class="{kind}" x="{left}" y="{top}">{escape(shown)}</text>'


def write() -> None:
    """Write the page and the pictures, and take away those of dashboards that are gone."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    for stale in {path.stem for path in PICTURES.glob("*.svg")} - {each.uid for each in DASHBOARDS}:
        (PICTURES / f"{stale}.svg").unlink()
    for each in DASHBOARDS:
        (PICTURES / f"{each.uid}.svg").write_text(picture(each), encoding="utf-8")


if __name__ == "__main__":
    write()
    sys.stdout.write(f"{PAGE}, and {len(DASHBOARDS)} pictures in {PICTURES}\n")
