"""What the terminal shows at the end is short, complete and safe from markup in provider messages."""

import io
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from rehearsal.report.model import BringUp, KubernetesObjects, Report
from rehearsal.report.rendering import Releases
from rehearsal.report.terminal import terminal
from tests.rehearsal.report.reports import PASSED


def shown(report: Report) -> str:
    stream = io.StringIO()
    Console(file=stream, width=100).print(terminal(report, Path(".rehearsal/dev")))
    return stream.getvalue()


def test_a_passed_rehearsal_fits_on_a_screen() -> None:
    text = shown(PASSED)

    assert len(text.splitlines()) <= 25
    assert text.splitlines()[1].startswith("dev: rehearsed. 12 resources planned, made,")
    for fact in (
        "4 created in moto, 3 judged by AWS's published API definitions alone",
        "3 objects accepted by kube-apiserver v1.36.3",
        "0 mandatory violations, 1 advisory one",
        "2 planted, none found unencrypted in the exported state",
        "about 12 minutes, 0.90 times a bare cluster's",
        "1 resource is protected",
        "1 thing",
        ".rehearsal/dev/report.md and bring-up.svg, report.json, graph.json beside it",
    ):
        assert fact in text


def test_the_phases_stand_in_a_table() -> None:
    lines = [line.split() for line in shown(PASSED).splitlines()]

    assert ["phase", "create", "update", "replace", "delete", "same", "time"] in lines
    assert ["up", "12", "0", "0", "0", "0", "4.4", "s"] in lines
    assert ["up-again", "0", "0", "0", "0", "12", "2.1", "s"] in lines
    assert ["destroy", "0", "0", "0", "11", "0", "5.7", "s"] in lines


def test_a_failed_rehearsal_names_what_stands_against_it() -> None:
    text = shown(replace(PASSED, failures=tuple(f"fault {number} [/bold]" for number in range(9))))

    assert "dev: not rehearsed. fault 0 [/bold] (and 8 more objections)" in text
    assert "  - fault 1 [/bold]\n" in text
    assert "  - fault 6 [/bold]\n  - and 2 more in report.md\n" in text
    assert text.count("fault 0") == 1


def test_what_was_exposed_or_not_judged_is_counted() -> None:
    text = shown(
        replace(PASSED, exposed_secrets=("db at $.x",), kubernetes_objects=KubernetesObjects(3, ("Foo a/b", "Foo a/c")))
    )

    assert "2 planted, found unencrypted in 1 place" in text
    assert "v1.36.3, 2 of them unvalidated" in text


def test_a_rehearsal_that_made_nothing_shows_no_estimate() -> None:
    report = replace(PASSED, bring_up=BringUp(minutes=0, floor_minutes=13.7), phases=PASSED.phases[:1])

    assert "first up" not in shown(report)
    assert "stays behind" not in shown(report)


def test_releases_are_told_where_there_are_any() -> None:
    text = shown(replace(PASSED, kubernetes_objects=KubernetesObjects(3, releases=Releases(judged=7))))

    assert "7 releases: values judged against the chart's own files, templates not rendered" in " ".join(text.split())
    assert "Helm" not in shown(PASSED)
