"""What is suggested must mend: tried on the data, and with the real command line on a file."""

import re

import pytest

from settings.load import normalized
from settings.mend import Mend, Put, applied, at, commands
from settings.problems import Problem, explain
from tests.settings.cases import STACK, Row, rows
from tests.settings.sample import Sample, changed
from tests.settings.workspace import Workspace

SUGGESTED = [
    (row, problem, problem.mend)
    for row in rows()
    for problem in explain(Sample, row.data)
    if problem.mend and not any("<" in commands(edit, STACK) for edit in problem.mend.edits)
]


def _form(row: Row, mend: Mend) -> tuple[object, ...]:
    """Return what Pulumi may treat differently: kinds of edits, steps, values, options and of what is there."""
    return tuple(
        (
            type(edit),
            [step if isinstance(step, int) else bool(re.fullmatch(r"\w+", step)) or step for step in edit.path[1:]],
            re.findall(r" -[-\w]* (?:string|float)?", commands(edit, STACK)),
            type(edit.value) if isinstance(edit, Put) else None,
            type(at(row.data, edit.path)),
        )
        for edit in mend.edits
    )


def _name(value: object) -> str:
    return value.name if isinstance(value, Row) else ""


ONE_OF_EACH_FORM = list({str(_form(row, mend)): (row, mend) for row, _, mend in SUGGESTED}.values())


def _ended(problem: Problem, left: list[Problem]) -> bool:
    """Tell whether a problem is gone; a removed item's place may be taken by another."""
    return all((other.path, other.value, other.says) != (problem.path, problem.value, problem.says) for other in left)


def test_nearly_every_problem_comes_with_a_command() -> None:
    assert len(SUGGESTED) > 0.85 * len(rows())


@pytest.mark.parametrize(("row", "problem", "mend"), SUGGESTED, ids=_name)
def test_a_suggested_change_ends_its_problem(row: Row, problem: Problem, mend: Mend) -> None:
    assert _ended(problem, explain(Sample, applied(row.data, mend.edits)))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("pulumi"), STACK)
    made.create("{name: platform, runtime: python}")
    return made


@pytest.mark.tools
@pytest.mark.parametrize(("row", "mend"), ONE_OF_EACH_FORM, ids=_name)
def test_the_printed_commands_do_to_a_stack_file_what_was_tried(row: Row, mend: Mend, workspace: Workspace) -> None:
    workspace.write(changed(row.change))
    for edit in mend.edits:
        done = workspace.run(commands(edit, STACK))
        assert done.returncode == 0, f"{commands(edit, STACK)}: {done.stderr}"
    assert normalized(Sample, workspace.read()) == applied(row.data, mend.edits)
