"""Writes the four files of a rehearsal into its folder."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rehearsal.report.bring_up import Schedule
from rehearsal.report.graph import graph
from rehearsal.report.markdown import markdown
from rehearsal.report.model import Report
from rehearsal.report.picture import picture


def write(folder: Path, report: Report, deployment: Mapping[str, Any], schedule: Schedule) -> None:
    """Write report.json, report.md, graph.json and bring-up.svg; what an earlier rehearsal left is replaced.

    Args:
        folder: ``.rehearsal/<stack>``, made if it is not there.
        report: The facts.
        deployment: The exported state after `up`; an empty mapping if it never came to that.
        schedule: `bring_up.schedule` of the same state.

    """
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "report.json", _json(report.to_json()))
    _write(folder / "report.md", markdown(report))
    _write(folder / "graph.json", _json(graph(deployment)))
    _write(folder / "bring-up.svg", picture(report.stack, schedule))


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
