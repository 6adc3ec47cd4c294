"""The plan of an upgrade begins with what stands against it, and its steps are in the order in which they are done."""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from components.kit.versions import pinned
from operations.upgrade import __main__ as command
from operations.upgrade import page
from operations.upgrade.findings import Weight
from operations.upgrade.page import Given
from tests.environments import settings_of
from tests.operations import stage
from tests.operations.stage import entry

_ENTRIES = (
    entry("cluster", "control-plane", {"name": "platform-prod", "version": "1.36"}),
    entry("addon", "identity", {"addonName": "eks-pod-identity-agent"}, after=["cluster control-plane"]),
    entry("nodes", "general", after=["addon identity"]),
    entry("addon", "dns", {"addonName": "coredns", "addonVersion": "v1"}, after=["nodes general"]),
)


def _given(project: Path, **changes: Any) -> Given:
    given: dict[str, Any] = {
        "rehearsed": stage.rehearsed(project, *_ENTRIES),
        "settings": settings_of("prod"),
        "pinned": pinned(),
        "library": None,
        "judge": lambda constraint, minor: "",  # noqa: ARG005 - Helm's place, which takes everything here
        "today": date(2026, 11, 21),
    }
    return Given(**{**given, **changes})


def _plan(given: Given, *minors: str) -> str:
    return page.markdown(given, [page.hop(given, now, then) for now, then in pairwise(minors)])


def test_what_stands_against_it_comes_first(tmp_path: Path) -> None:
    given = _given(tmp_path)
    hop = page.hop(given, "1.36", "1.37")
    text = page.markdown(given, [hop])
    head = text.partition("## ")[0]

    assert "Kubernetes 1.36 to 1.37" in head
    assert f"**Not yet**: {len(hop.of(Weight.AGAINST))} matters to mend first" in head
    assert [line for line in head.splitlines() if line.startswith("* ")] == [
        f"* 1.37: {finding.text}" for finding in hop.of(Weight.AGAINST)
    ]
    assert len(hop.of(Weight.AGAINST)) == text.count("* ✗")


def test_a_way_that_is_pinned_may_begin(tmp_path: Path) -> None:
    assert "**It may begin**: nothing stands against it" in _plan(_given(tmp_path), "1.35", "1.36")


def test_every_minor_of_the_way_has_its_steps(tmp_path: Path) -> None:
    text = _plan(_given(tmp_path), "1.35", "1.36", "1.37")

    assert re.findall(r"^## (\S+ to \S+): the steps$", text, re.MULTILINE) == ["1.35 to 1.36", "1.36 to 1.37"]


def test_the_steps_are_in_the_order_in_which_the_engine_goes(tmp_path: Path) -> None:
    text = _plan(_given(tmp_path), "1.35", "1.36")
    order = [
        "See that no disruption budget would hold a node",
        "`make rehearse STACK=prod`; then `pulumi preview",
        "`aws eks list-insights --cluster-name platform-prod --filter categories=UPGRADE_READINESS",
        "See every managed node group ACTIVE and at 1.35,",
        "`pulumi up --stack prod`",
        "the control plane, to 1.36;",
        "add-ons that nodes need: `eks-pod-identity-agent`;",
        "the nodes, all groups side by side. Until then they run 1.35",
        "general: `general`, up to 12 nodes in 3 rounds",
        "the other add-ons, `coredns`",
        "`kubectl get nodes` shows v1.36",
    ]

    assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)


def test_each_minor_asks_aws_for_itself_before_it_begins(tmp_path: Path) -> None:
    text = _plan(_given(tmp_path), "1.35", "1.36", "1.37")

    assert re.findall(r"kubernetesVersions=(\S+)", text) == ["1.36", "1.37"]
    assert re.findall(r"node group ACTIVE and at (\S+),", text) == ["1.35", "1.36"]
    assert text.count("aws eks describe-nodegroup --cluster-name platform-prod") == 2
    assert "EKS begins no further minor before every managed group has this one" in text


def test_it_says_what_the_reviewed_plan_of_the_change_says(tmp_path: Path) -> None:
    text = _plan(_given(tmp_path), "1.35", "1.36")

    assert "About ten minutes for the control plane" in text
    assert "There is no way back with EKS." in text


@pytest.mark.parametrize(("stack", "window"), [("prod", "Saturday from 02:00 UTC, for 4 hours"), ("dev", "")])
def test_it_begins_in_the_window_of_maintenance_if_there_is_one(tmp_path: Path, stack: str, window: str) -> None:
    text = _plan(_given(tmp_path, settings=settings_of(stack)), "1.35", "1.36")

    assert ("in the window of maintenance" in text) is bool(window)
    assert window in text


def test_the_command_says_in_one_line_why_there_is_no_plan(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["nowhere", "1.37"]) == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert "There is no stack nowhere" in said.err
