"""The command ends with 0, 1 or 2, and whatever it cannot judge it does not let pass."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.review.__main__ import main
from tests.rehearsal.review.cases import CASES, DAY, UNALLOWED

HARMLESS, _, DESTRUCTIVE = CASES


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """Return a folder with the harmless change, to be spoilt."""
    shutil.copytree(HARMLESS.inputs, tmp_path / "in")
    return tmp_path / "in"


def _review(folders: Path, *arguments: str) -> int:
    given = ["--base", str(folders / "base"), "--head", str(folders / "head"), *UNALLOWED, *arguments]
    return main([*given, "--out", str(folders / "out.md"), "--json", str(folders / "out.json")])


def _edit(file: Path, **values: object) -> None:
    content = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**content, **values}), encoding="utf-8")


def _missing(folders: Path) -> None:
    shutil.rmtree(folders / "base" / "prod")


def _no_json(folders: Path) -> None:
    (folders / "head" / "prod" / "graph.json").write_text('[{"urn"', encoding="utf-8")


def _no_form(folders: Path) -> None:
    (folders / "base" / "prod" / "graph.json").write_text('[{"urn": "x"}]', encoding="utf-8")


def _empty(folders: Path) -> None:
    (folders / "head" / "prod" / "graph.json").write_text("[]", encoding="utf-8")


def _base_failed(folders: Path) -> None:
    _edit(folders / "base" / "prod" / "report.json", failures=["up: AWS refuses"], objections=["up: AWS refuses"])


def _no_report(folders: Path) -> None:
    (folders / "base" / "prod" / "report.json").unlink()


def _of_another_stack(folders: Path) -> None:
    file = folders / "head" / "prod" / "graph.json"
    file.write_text(file.read_text(encoding="utf-8").replace("urn:pulumi:prod:", "urn:pulumi:dev:"), encoding="utf-8")


def _report_of_another_stack(folders: Path) -> None:
    _edit(folders / "head" / "prod" / "report.json", stack="dev")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_missing, "The base cannot be read"),
        (_no_json, "is not JSON"),
        (_no_form, "is not of the form that a rehearsal writes"),
        (_empty, "The head of prod was not brought up by its rehearsal"),
        (_base_failed, "The base of prod was not brought up by its rehearsal: up: AWS refuses"),
        (_no_report, "The base cannot be read"),
        (_of_another_stack, "is of another stack than prod"),
        (_report_of_another_stack, "is not the report of a rehearsal of prod"),
    ],
)
def test_what_cannot_be_judged_does_not_pass(
    folders: Path, spoil: Callable[[Path], None], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(folders)

    assert _review(folders) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert len(said.splitlines()) == 1
    assert "Not judged" in (folders / "out.md").read_text(encoding="utf-8")
    assert json.loads((folders / "out.json").read_text(encoding="utf-8"))["verdict"] == "unjudged"


def test_a_harmless_change_passes(folders: Path) -> None:
    assert _review(folders) == 0
    told = json.loads((folders / "out.json").read_text(encoding="utf-8"))
    assert told["verdict"] == "fine"
    assert told["stacks"]["prod"]["numbers"] == {"delete": 0, "replace": 0, "unprotect": 0, "update": 5, "create": 0}


def test_the_folder_of_one_stack_may_be_named_itself(folders: Path) -> None:
    arguments = ["--base", str(folders / "base" / "prod"), "--head", str(folders / "head" / "prod"), *UNALLOWED]

    assert main([*arguments, "--out", str(folders / "out.md")]) == 0
    assert "| ✓ `prod` |" in (folders / "out.md").read_text(encoding="utf-8")
    _base_failed(folders)
    assert main([*arguments, "--out", str(folders / "out.md")]) == 2


def test_a_destructive_change_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*DESTRUCTIVE.planned, *UNALLOWED]) == 1
    out, err = capsys.readouterr()
    assert "✗ Refused" in out
    assert "delete of" in err


def test_a_rehearsal_that_did_not_pass_is_refused(folders: Path) -> None:
    _edit(folders / "head" / "prod" / "report.json", verdict="failed", objections=["A secret is there."])

    assert _review(folders) == 1
    assert "A secret is there." in (folders / "out.md").read_text(encoding="utf-8")


def test_a_new_stack_is_compared_with_nothing_if_it_is_called_new(folders: Path) -> None:
    _missing(folders)

    assert _review(folders, "--new", "prod") == 0
    assert "It is new" in (folders / "out.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--head", "nowhere", "--base", "nowhere"], "nowhere is no folder"),
        (["--head", "nowhere"], "Give --base"),
        (["--previews", "--head", "nowhere"], "nowhere is no folder"),
        (["--previews", "--head", "nowhere", "--stack", "prod"], "cannot be read as the plan of prod"),
        (["--previews", "--head", "."], "holds no <stack>.json"),
    ],
)
def test_wrong_arguments_are_told_in_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(arguments) == 2
    assert sentence in capsys.readouterr().err


def test_permissions_that_cannot_be_read_let_nothing_pass(folders: Path) -> None:
    (folders / "allowed.toml").write_text("[[allow]]\n", encoding="utf-8")

    assert _review(folders, "--allowed", str(folders / "allowed.toml")) == 2


def test_a_permission_turns_a_refusal_into_a_pass(tmp_path: Path) -> None:
    digest = json.loads((DESTRUCTIVE.inputs / "plan" / "prod.json").read_text(encoding="utf-8"))
    digest["steps"] = [step for step in digest["steps"] if step["urn"].endswith("Bucket::vault-replica")]
    digest["changeSummary"] = {"delete": 1}
    (tmp_path / "prod.json").write_text(json.dumps(digest), encoding="utf-8")
    allowed = tmp_path / "allowed.toml"
    arguments = ["--previews", "--stack", "prod", "--head", str(tmp_path), "--today", DAY, "--allowed", str(allowed)]
    allowed.write_text("", encoding="utf-8")

    assert main(arguments) == 1
    allowed.write_text(
        '[[allow]]\nresource = "urn:pulumi:prod::*::vault-replica"\noperation = "delete"\nowner = "a@example.com"\n'
        'reason = "copied elsewhere"\nexpires = 2026-12-01\n',
        encoding="utf-8",
    )
    assert main(arguments) == 0


def test_the_whole_is_written_beside_the_comment(folders: Path) -> None:
    _review(folders)

    assert (folders / "out.whole.md").read_text(encoding="utf-8").count("**update**") == 5
