"""`python -m operations.pipeline …`: what the steps of every pipeline call; docs/pipelines.md says when.

Ends with 0 if all is well, 1 if what was asked for is refused or differs, 2 if it could not be done.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from operations.pipeline import before, forges, stacks
from operations.pipeline.rest import ForgeError
from rehearsal.review import __main__ as review
from rehearsal.workspace import PROJECT, stack_names
from tools.build import BUILT


def main(arguments: list[str] | None = None) -> int:
    """Do one step and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        if "stack" in options:
            stacks.known(options.stack)
        status: int = options.step(options)
    except (stacks.NoSuchStackError, before.BaseError, ForgeError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m operations.pipeline", description=__doc__)
    steps = parser.add_subparsers(required=True)
    for name, step, what, arguments in (
        ("stacks", _stacks, "print the stacks as JSON", ()),
        ("review", _review, "review a rehearsed stack against what it was", ("stack", "--base", "--out")),
        ("base", _base, "rehearse a stack as it was before the change", ("stack", "--revision", "--out")),
        (
            "comment",
            _comment,
            "put a text on a change, in the place of the last one",
            ("--number", "--marker", "--file"),
        ),
        ("preview", _preview, "preview a stack and save the plan", ("stack", "--plan")),
        ("up", _up, "do what a plan says", ("stack", "--plan")),
        ("drift", _drift, "tell whether the cloud is what the stack says", ("stack", "--out")),
        ("issue", _issue, "open an issue of a drift, or close it", ("stack", "--file")),
    ):
        one = steps.add_parser(name, help=what)
        one.set_defaults(step=step)
        for argument in arguments:
            if argument.startswith("-"):
                one.add_argument(argument, required=True)
            else:
                one.add_argument(argument)
    return parser


def _stacks(options: argparse.Namespace) -> int:
    del options
    sys.stdout.write(json.dumps(stack_names()) + "\n")
    return 0


def _base(options: argparse.Namespace) -> int:
    before.rehearse(options.stack, options.revision, Path(options.out))
    return 0


def _review(options: argparse.Namespace) -> int:
    """Review; a stack of which nothing was there before is new."""
    there = (Path(options.base) / "report.json").is_file()
    earlier = ["--base", options.base] if there else ["--new", options.stack]
    head = str(PROJECT / ".rehearsal" / options.stack)
    return review.main(["--stack", options.stack, *earlier, "--head", head, "--out", options.out])


def _comment(options: argparse.Namespace) -> int:
    text = Path(options.file).read_text(encoding="utf-8")
    forges.say(forges.from_environment(), options.number, options.marker, text)
    return 0


def _preview(options: argparse.Namespace) -> int:
    return _pulumi(stacks.preview(options.stack, Path(options.plan)))


def _up(options: argparse.Namespace) -> int:
    if not Path(options.plan).is_file():
        raise stacks.NoSuchStackError(
            f"{options.plan} is not there: an up does what a preview planned, and nothing else."
        )
    return _pulumi(stacks.up(options.stack, Path(options.plan)))


def _drift(options: argparse.Namespace) -> int:
    """Leave what differs in a file; it is empty if nothing does."""
    run = subprocess.run(stacks.drift(options.stack), capture_output=True, text=True, check=False, env=_environment())
    sys.stdout.write(run.stdout + run.stderr)
    Path(options.out).write_text("" if run.returncode == 0 else run.stdout + run.stderr, encoding="utf-8")
    return min(run.returncode, 1)


def _issue(options: argparse.Namespace) -> int:
    forge, marker = forges.from_environment(), f"drift-{options.stack}"
    told = Path(options.file).read_text(encoding="utf-8")
    if not told.strip():
        forges.close_issue(forge, marker)
        return 0
    # Four backticks: what Pulumi prints may hold three.
    head = f"`pulumi preview --refresh` of {options.stack} is not empty. What to do: docs/pipelines.md."
    text = f"{head}\n\n````\n{told}\n````\n"
    forges.open_issue(forge, marker, f"{options.stack} differs from what its stack says", text)
    return 0


def _pulumi(command: Sequence[str]) -> int:
    return min(subprocess.run(command, check=False, env=_environment()).returncode, 1)


def _environment() -> dict[str, str]:
    """Return the environment, with the project's own pulumi behind an installed one, which brings language hosts."""
    return {**os.environ, "PATH": f"{os.environ.get('PATH', '')}{os.pathsep}{BUILT / 'bin'}"}


if __name__ == "__main__":
    sys.exit(main())
