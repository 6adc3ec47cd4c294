"""Shows a report in the terminal: what `make rehearse` prints at its end."""

from pathlib import Path
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rehearsal.report.markdown import aws_facts, chain, policy_facts, release_facts, secret_facts, verdict
from rehearsal.report.model import Report
from rehearsal.report.words import about, count, one_line
from rehearsal.survival.pages import lines as survival

_MOST_OBJECTIONS: Final = 6


def terminal(report: Report, folder: Path) -> RenderableType:
    """Return the report for a terminal, about 25 lines; `folder` is where its files lie."""
    headline = Text(verdict(report), style="bold green" if report.passed else "bold red")
    parts: list[RenderableType] = [Text(), headline]
    if len(report.objections) > 1:
        parts.append(_objections(report))
    parts += [Padding(_phases(report), (1, 0, 1, 2)), Padding(_facts(report, folder), (0, 0, 1, 2))]
    return Group(*parts)


def _objections(report: Report) -> Text:
    # The verdict above has already named the first.
    others = report.objections[1:]
    shown = [f"  - {one_line(objection)}" for objection in others[:_MOST_OBJECTIONS]]
    hidden = len(others) - len(shown)
    return Text("\n".join([*shown, *([f"  - and {hidden} more in report.md"] if hidden else [])]), style="red")


def _phases(report: Report) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("phase", no_wrap=True)
    for heading in ("create", "update", "replace", "delete", "same", "time"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for phase in report.phases:
        numbers = (phase.create, phase.update, phase.replace, phase.delete, phase.same)
        cells = [Text(str(number), style="" if number else "dim") for number in numbers]
        table.add_row(Text(phase.name), *cells, Text(f"{phase.seconds:.1f} s"), Text(phase.note, style="dim"))
    return table


def _facts(report: Report, folder: Path) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column()
    objects, bring_up = report.kubernetes_objects, report.bring_up
    grid.add_row("AWS", Text(aws_facts(report)))
    unvalidated = f", {len(objects.unvalidated)} of them unvalidated" if objects.unvalidated else ""
    accepted = f"{count(objects.accepted, 'object')} accepted by kube-apiserver {report.kubernetes_version}"
    grid.add_row("Kubernetes", Text(accepted + unvalidated))
    if releases := release_facts(report):
        grid.add_row("Helm", Text(releases))
    grid.add_row("policies", Text(policy_facts(report)))
    grid.add_row("secrets", Text(secret_facts(report)))
    if kept := survival(report.survival):
        grid.add_row("losses", Text(kept))
    if bring_up.path:
        wait = f"about {about(bring_up.minutes)}, {bring_up.ratio:.2f} times a bare cluster's"
        grid.add_row("first up", Text(wait))
        grid.add_row("", Text(chain(bring_up), style="dim"))
    if report.phase("destroy"):
        grid.add_row("stays behind", Text(count(len(report.left_behind), "thing") if report.left_behind else "nothing"))
    grid.add_row("read", Text(f"{folder / 'report.md'} and bring-up.svg, report.json, graph.json beside it"))
    return grid
