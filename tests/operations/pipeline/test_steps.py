"""What the steps call exists, ends as it says, and leaves no checkout behind."""

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from operations.pipeline import __main__, before, stacks
from rehearsal.review import __main__ as review
from tests.commands.blocks import Command, split
from tests.commands.judges import faults
from tests.environments import PROJECT, STACKS


@pytest.mark.tools
@pytest.mark.parametrize(
    "command", [stacks.preview("prod", Path("plan")), stacks.up("prod", Path("plan")), stacks.drift("prod")]
)
def test_pulumi_knows_every_command_and_its_options(command: Sequence[str]) -> None:
    assert faults(Command("stacks.py", tuple(command))) == []


@pytest.mark.tools
@pytest.mark.parametrize("page", ["pipelines", "environment-diff"])
def test_every_command_of_the_pages_exists(page: str) -> None:
    text = (PROJECT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    found = [words for block in re.findall(r"```bash\n(.*?)```", text, re.DOTALL) for words in split(block)]

    assert found
    assert [told for words in found if words[0] != "make" for told in faults(Command(page, words))] == []


def test_an_up_is_bound_to_its_plan_and_a_drift_changes_nothing() -> None:
    assert stacks.up("prod", Path("plan"))[-2:] == ("--plan", "plan")
    assert stacks.drift("prod")[1] == "preview"
    assert "--expect-no-changes" in stacks.drift("prod")
    assert "policies/analyzer" in stacks.preview("prod", Path("plan"))


def test_the_stacks_are_printed_for_a_matrix(capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["stacks"]) == 0
    assert json.loads(capsys.readouterr().out) == list(STACKS)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["preview", "nowhere", "--plan", "p"], "There is no stack nowhere"),
        (["up", "prod", "--plan", "/nowhere/plan.json"], "an up does what a preview planned"),
        (["comment", "--number", "1", "--marker", "m", "--file", "/nowhere"], "No such file"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(arguments) == 2
    assert told in capsys.readouterr().err


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where what a stand-in for pulumi was called with is written; it ends as the file `status` says."""
    program = tmp_path / "bin" / "pulumi"
    program.parent.mkdir()
    program.write_text(f'#!/bin/bash\necho "$@" > {tmp_path}/called\necho differs\nexit "$(cat {tmp_path}/status)"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return tmp_path


@pytest.mark.parametrize(("status", "ends", "left"), [(0, 0, ""), (255, 1, "differs\n")])
def test_a_drift_leaves_what_differs_in_a_file(pulumi: Path, status: int, ends: int, left: str) -> None:
    (pulumi / "status").write_text(str(status))

    assert __main__.main(["drift", "prod", "--out", str(pulumi / "out")]) == ends
    assert (pulumi / "out").read_text() == left
    assert (pulumi / "called").read_text().split() == list(stacks.drift("prod"))[1:]


@pytest.mark.parametrize(("status", "ends"), [(0, 0), (255, 1)])
def test_an_up_ends_as_pulumi_does(pulumi: Path, status: int, ends: int) -> None:
    (pulumi / "status").write_text(str(status))
    (pulumi / "plan").write_text("{}")

    assert __main__.main(["up", "dev", "--plan", str(pulumi / "plan")]) == ends
    assert (pulumi / "called").read_text().split()[-2:] == ["--plan", str(pulumi / "plan")]


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("known", [True, False])
def test_a_review_is_asked_for_by_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, known: bool
) -> None:
    asked: list[list[str]] = []

    def main(arguments: list[str]) -> int:
        asked.append(arguments)
        return 1

    monkeypatch.setattr(review, "main", main)
    if known:
        (tmp_path / "report.json").write_text("{}")

    assert __main__.main(["review", "dev", "--base", str(tmp_path), "--out", "review.md"]) == 1
    (arguments,) = asked
    assert arguments[:4] == ["--stack", "dev", *(["--base", str(tmp_path)] if known else ["--new", "dev"])]
    assert review._parser().parse_args(arguments).head.parts[-2:] == (".rehearsal", "dev")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a checkout of two commits; a rehearsal there writes what the program says into graph.json."""
    folder = tmp_path / "project"
    (folder / "tools").mkdir(parents=True)
    lines = ("@test ! -f broken", "@mkdir -p .rehearsal/$(STACK)", "@cp program .rehearsal/$(STACK)/graph.json")
    makefile = "rehearse:\n" + "".join(f"\t{line}\n" for line in lines)
    for name, text in (
        ("Makefile", makefile),
        ("program", '["before"]'),
        ("Pulumi.dev.yaml", ""),
        ("requirements-dev.txt", ""),
    ):
        (folder / name).write_text(text)
    _git(folder, "init", "--quiet")
    _git(folder, "add", ".")
    _git(folder, "commit", "--quiet", "--message", "before")
    (folder / "program").write_text('["after"]')
    (folder / "Pulumi.new.yaml").write_text("")
    _git(folder, "add", ".")
    _git(folder, "commit", "--quiet", "--message", "after")
    return folder


def test_the_state_before_a_change_is_rehearsed_in_a_checkout_of_its_own(project: Path, tmp_path: Path) -> None:
    before.rehearse("dev", "HEAD^1", tmp_path / "out", project=project)

    assert json.loads((tmp_path / "out" / "graph.json").read_text()) == ["before"]
    assert len(_git(project, "worktree", "list").splitlines()) == 1
    assert _git(project, "status", "--porcelain") == ""


def test_a_stack_that_is_new_was_empty_before(project: Path, tmp_path: Path) -> None:
    before.rehearse("new", "HEAD^1", tmp_path / "out", project=project)

    assert list((tmp_path / "out").iterdir()) == []


def test_what_is_installed_is_used_only_where_the_same_is_pinned(project: Path, tmp_path: Path) -> None:
    (project / ".venv").mkdir()
    (project / ".venv" / "here").write_text("")
    seen: list[bool] = []

    def run(command: Sequence[str], folder: Path) -> None:
        if command[0] == "make":
            seen.append((folder / ".venv" / "here").exists())
        subprocess.run(command, cwd=folder, check=True)

    before.rehearse("dev", "HEAD^1", tmp_path / "out", project=project, run=run)
    (project / "requirements-dev.txt").write_text("another==1.0\n")
    before.rehearse("dev", "HEAD^1", tmp_path / "out", project=project, run=run)

    assert seen == [True, False]


def test_a_base_that_cannot_be_rehearsed_says_why(project: Path, tmp_path: Path) -> None:
    with pytest.raises(before.BaseError, match="git has no nowhere here"):
        before.rehearse("dev", "nowhere", tmp_path / "out", project=project)
    (project / "broken").write_text("")
    _git(project, "add", ".")
    _git(project, "commit", "--quiet", "--message", "broken")
    with pytest.raises(before.BaseError, match="does not pass its rehearsal"):
        before.rehearse("dev", "HEAD", tmp_path / "out", project=project)
    assert len(_git(project, "worktree", "list").splitlines()) == 1
