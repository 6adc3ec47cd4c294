"""The pipelines of three systems do the same, with no more rights than they need, and for every stack.

GitHub's are judged by actionlint and by GitHub's schema, GitLab's by GitLab's schema. The Jenkinsfile is judged by no
Jenkins: only that its brackets close, and what it calls.
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from tests.environments import PROJECT, STACKS
from tests.operations.pipeline.definitions import (
    ACTIONS,
    GITLAB,
    JENKINS,
    STEPS,
    SYSTEMS,
    WORKFLOWS,
    gitlab,
    jobs,
    loaded,
    shell,
    steps,
)
from tools.build import MODULES, BuildError, path_of

_ORDER: Final = ("dev", "staging", "prod", "prod-dr")
# What a job may be given, by why: to read the code, to be known to AWS, and to tell people.
_RIGHTS: Final = {
    "comment": {"contents": "read", "pull-requests": "write"},
    "preview": {"contents": "read", "id-token": "write"},
    "up": {"contents": "read", "id-token": "write"},
    "drift": {"contents": "read", "id-token": "write", "issues": "write"},
    **{stack: {"contents": "read", "id-token": "write"} for stack in _ORDER},
}


def _named(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("step", STEPS)
def test_every_system_takes_every_step_in_the_same_words(system: str, step: str) -> None:
    assert any(re.search(STEPS[step], piece) for piece in shell(system))


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_step_is_one_of_those_and_nothing_is_thought_in_shell(system: str) -> None:
    calls = [line for piece in shell(system) for line in piece.splitlines() if "python" in line or "make " in line]
    outside = r"names=\$\(\.venv/bin/python -m operations\.pipeline stacks\)"

    assert calls
    assert [line for line in calls if not any(re.search(known, line) for known in (*STEPS.values(), outside))] == []
    assert not [piece for piece in shell(system) if len(piece.strip().splitlines()) > 4]


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_piece_of_shell_is_one(system: str) -> None:
    assert shell(system)
    for piece in shell(system):
        run = subprocess.run(["bash", "-n"], input=piece, text=True, capture_output=True, check=False)  # noqa: S607 - the reader's own
        assert (run.returncode, run.stderr) == (0, ""), piece


@pytest.mark.parametrize("system", SYSTEMS)
def test_no_piece_of_shell_holds_what_a_stranger_writes_or_a_secret(system: str) -> None:
    for piece in shell(system):
        assert "${{" not in piece, "an expression in shell becomes shell: pass it by the environment"
        assert not re.search(r"(?i)\becho\b.*(token|secret|password)|AKIA|ghp_|glpat-", piece)


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_target_of_make_that_is_called_is_there(system: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    called = {name for piece in shell(system) for name in re.findall(r"\bmake (?:--silent )?([a-z-]+)", piece)}

    assert called
    assert called <= targets


@pytest.mark.parametrize("path", [*WORKFLOWS, *ACTIONS], ids=_named)
def test_every_action_is_pinned_by_its_commit_and_says_its_version(path: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", path.read_text(encoding="utf-8"))

    assert used
    for action, comment in used:
        if not action.startswith("./"):
            assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40}", action), action
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action


def test_one_action_has_one_version_everywhere() -> None:
    found = {use for path in (*WORKFLOWS, *ACTIONS) for use in re.findall(r"uses: (\S+@\S+)", path.read_text("utf-8"))}

    assert {name: count for name, count in Counter(use.partition("@")[0] for use in found).items() if count > 1} == {}


@pytest.mark.parametrize("path", WORKFLOWS, ids=_named)
def test_a_job_of_github_has_the_rights_it_needs_and_no_others(path: Path) -> None:
    assert loaded(path)["permissions"] == {}
    for name, job in jobs(path).items():
        assert job["permissions"] == _RIGHTS.get(name, {"contents": "read"}), name
        assert "timeout-minutes" in job or "uses" in job, name


@pytest.mark.parametrize("path", WORKFLOWS, ids=_named)
def test_no_checkout_leaves_its_token_behind(path: Path) -> None:
    for name, step in steps(path):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False, name


def test_no_workflow_runs_a_strangers_code_with_rights_of_its_own() -> None:
    for path in WORKFLOWS:
        assert "pull_request_target" not in loaded(path)["on"]
        assert "secrets" not in path.read_text(encoding="utf-8")
        if "pull_request" in loaded(path)["on"]:
            for name, job in jobs(path).items():
                powerful = "write" in job["permissions"].values() or "environment" in job
                assert not powerful or "head.repo.full_name == github.repository" in job["if"], name


def test_a_fork_gets_no_credential_from_gitlab_nor_from_jenkins() -> None:
    for name, job in gitlab().items():
        if "id_tokens" in job and not name.startswith("."):
            for rule in job["rules"]:
                at_home = "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID"
                assert (
                    at_home in rule["if"] or "CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" in rule["if"] or name == "drift"
                )
    change = JENKINS.read_text(encoding="utf-8").split("stage('change')")[1].split("stage('drift')")[0]
    assert change.count("withCredentials") == change.count("env.CHANGE_FORK") == 2


def test_every_stack_is_in_every_matrix_and_in_every_way_up() -> None:
    assert sorted(_ORDER) == sorted(STACKS), "say where the new stack stands in the order of environments"
    calls = {name: job for name, job in jobs(PROJECT / ".github" / "workflows" / "main.yml").items() if "uses" in job}
    assert [job["with"]["stack"] for job in calls.values()] == list(_ORDER)
    assert [job["needs"] for job in calls.values()] == ["test", *_ORDER[:-1]]
    assert gitlab()[".every-stack"]["parallel"]["matrix"] == [{"STACK": list(_ORDER)}]
    assert [job["variables"]["STACK"] for name, job in gitlab().items() if name.startswith("up:")] == list(_ORDER)
    text = JENKINS.read_text(encoding="utf-8")
    assert re.findall(r"values (.*?) }", text) == [", ".join(f"'{stack}'" for stack in _ORDER)] * 2
    assert re.findall(r"\{ stack\('([\w-]+)', (\w+)\)", text) == [
        (stack, str(stack.startswith("prod")).lower()) for stack in _ORDER
    ]


def test_nobody_cancels_an_up_and_none_runs_beside_another_of_its_stack() -> None:
    for name, job in jobs(PROJECT / ".github" / "workflows" / "main.yml").items():
        if "uses" in job:
            assert job["concurrency"] == {"group": f"stack-{name}", "cancel-in-progress": False}
    drift = jobs(PROJECT / ".github" / "workflows" / "drift.yml")["drift"]
    assert drift["concurrency"] == {"group": "stack-${{ matrix.stack }}", "cancel-in-progress": False}
    for name, job in gitlab().items():
        if name.startswith("up:"):
            assert (job["resource_group"], job["interruptible"]) == ("$STACK", False)
    text = JENKINS.read_text(encoding="utf-8")
    assert text.count('lock(resource: "stack-') == 2
    assert "abortPrevious" not in text


def test_an_up_does_the_plan_that_was_made_on_main_just_before() -> None:
    stack = jobs(PROJECT / ".github" / "workflows" / "stack.yml")
    assert stack["up"]["needs"] == "preview"
    assert [
        step["with"]["name"] for job in stack.values() for step in job["steps"] if "artifact@" in step.get("uses", "")
    ] == [
        "plan-${{ inputs.stack }}",
        "plan-${{ inputs.stack }}",
    ]
    for name, job in gitlab().items():
        if name.startswith("up:"):
            needed = {
                "job": "preview",
                "artifacts": True,
                "parallel": {"matrix": [{"STACK": job["variables"]["STACK"]}]},
            }
            assert needed in job["needs"]


def test_somebody_approves_what_happens_to_prod() -> None:
    assert jobs(PROJECT / ".github" / "workflows" / "stack.yml")["up"]["environment"] == "${{ inputs.stack }}"
    for stack in _ORDER:
        rule = gitlab()[f"up:{stack}"]["rules"][0]
        assert (rule.get("when") == "manual") is stack.startswith("prod")


def test_the_jenkinsfile_closes_what_it_opens() -> None:
    """No Jenkins judges it here: this finds a bracket that was lost, and no more."""
    literal = r"//[^\n]*|'''[\s\S]*?'''|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\""
    text = re.sub(literal, "", JENKINS.read_text(encoding="utf-8"))
    assert text.count("{") > len(_ORDER), "what is looked at is the file without its texts, not nothing"
    open_: list[str] = []
    for character in text:
        if character in "([{":
            open_.append(character)
        elif character in ")]}":
            assert open_, "something is closed that was not open"
            assert open_.pop() + character in {"()", "[]", "{}"}

    assert open_ == []


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        (("vendor.github-workflows",), WORKFLOWS),
        (("vendor.github-actions",), ACTIONS),
        (("vendor.gitlab-ci", "--data-transform", "gitlab-ci"), (GITLAB,)),
    ],
    ids=["workflows", "actions", "gitlab"],
)
def test_every_file_is_as_its_system_reads_it(schema: tuple[str, ...], paths: tuple[Path, ...]) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", *schema, *map(str, paths)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr


def test_actionlint_finds_nothing() -> None:
    try:
        program = path_of("actionlint")
    except BuildError as missing:
        pytest.skip(str(missing))

    run = subprocess.run([program, *map(str, WORKFLOWS)], capture_output=True, text=True, check=False, cwd=PROJECT)

    assert run.returncode == 0, run.stdout + run.stderr


def test_pulumi_is_everywhere_the_version_that_rehearses() -> None:
    pinned = re.search(r"pulumi/pkg/v3 v(\S+)", (MODULES / "pulumi" / "go.mod").read_text(encoding="utf-8"))
    assert pinned
    told = [
        step["with"]["pulumi-version"]
        for path in WORKFLOWS
        for _, step in steps(path)
        if "pulumi/actions" in step.get("uses", "")
    ]

    assert set(told) == {pinned[1]}
    assert loaded(GITLAB)["default"]["image"].endswith(f":{pinned[1]}")
