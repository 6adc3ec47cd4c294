"""What nothing judged is an objection unless it was expected, and an expectation that does not hold is one."""

import subprocess
from dataclasses import replace
from typing import Any

import pytest

from rehearsal.report.model import KubernetesObjects
from rehearsal.report.rendering import Releases
from rehearsal.report.unjudged import objections
from tests import variants
from tests.environments import VARIANTS
from tests.rehearsal.report.reports import PASSED

_RELEASE = "Release kasten-io/k10: k10 is not among the chart data"


@pytest.mark.parametrize(
    ("unvalidated", "by_design", "said"),
    [
        ((), (), []),
        ((_RELEASE,), (), [f"Nothing judged {_RELEASE}."]),
        ((_RELEASE,), ("Release kasten-io/k10",), []),
        (("Policy kasten-io/a", "Policy kasten-io/b"), ("Policy kasten-io/*",), []),
        (("Policy kasten-io/a", "Policy shop/b"), ("Policy kasten-io/*",), ["Nothing judged Policy shop/b."]),
        (
            (),
            ("Release kasten-io/k10",),
            ["Release kasten-io/k10 is among what nothing can judge, and something judged it, or there is none."],
        ),
    ],
)
def test_what_nothing_judged_is_an_objection_unless_it_was_expected(
    unvalidated: tuple[str, ...], by_design: tuple[str, ...], said: list[str]
) -> None:
    assert [*objections(unvalidated, by_design)] == said


def test_a_report_passes_with_what_nothing_can_judge_and_lists_it() -> None:
    objects = KubernetesObjects(3, (_RELEASE,), Releases(judged=1, chart_data=True))
    report = replace(PASSED, kubernetes_objects=objects)

    assert not report.passed
    expected = replace(report, unjudged_by_design=("Release kasten-io/k10",))
    assert expected.passed
    assert expected.to_json()["kubernetes_objects"]["unvalidated"] == [_RELEASE]


def test_a_variant_is_rehearsed_with_what_its_row_says_nothing_can_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(variants, "write", lambda *_: None)

    assert variants.main(["kasten", "karpenter"]) == 0
    given, none = ([word for word in command if word.startswith("--unjudged=")] for command in commands)
    assert given == [f"--unjudged={pattern}" for pattern in VARIANTS["kasten"]["unjudged"]]
    assert none == []
