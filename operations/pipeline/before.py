"""Rehearses a stack as it is before a change, in a checkout of its own, so that a review can compare."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from rehearsal.workspace import PROJECT

# What decides what is installed and built: where it is as in the base, the base may use what is there.
_PINS: Final = ("requirements-dev.txt", "tools")
_SHARED: Final = (".venv", ".tools", ".charts")

Run = Callable[[Sequence[str], Path], None]


class BaseError(Exception):
    """What was there before cannot be rehearsed; the text says why."""


def rehearse(stack: str, revision: str, into: Path, *, project: Path = PROJECT, run: Run | None = None) -> None:
    """Rehearse a stack of another revision, and leave what that wrote in a folder.

    Of a stack that is new nothing is left there.

    Args:
        stack: The stack.
        revision: What git knows the other state by, ``HEAD^1``.
        into: The folder; whatever it holds is replaced.
        project: The checkout.
        run: How a command is run in a folder.

    Raises:
        BaseError: git knows no such revision, or its rehearsal left nothing.

    """
    run = run or _run
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="base-") as folder:
        tree = Path(folder) / "tree"
        try:
            run(["git", "worktree", "add", "--detach", "--quiet", str(tree), revision], project)
        except subprocess.CalledProcessError as error:
            raise BaseError(
                f"git has no {revision} here: fetch the history of the branch that is merged into"
            ) from error
        try:
            if not (tree / f"Pulumi.{stack}.yaml").is_file():
                return
            if _same(project, tree):
                _share(project, tree)
            try:
                run(["make", "rehearse", f"STACK={stack}"], tree)
            except subprocess.CalledProcessError as error:
                raise BaseError(
                    f"{stack} of {revision} does not pass its rehearsal, so nothing can be compared"
                ) from error
            shutil.copytree(tree / ".rehearsal" / stack, into, dirs_exist_ok=True)
        finally:
            run(["git", "worktree", "remove", "--force", str(tree)], project)


def _run(command: Sequence[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True)


def _same(project: Path, tree: Path) -> bool:
    return all(_content(project / name) == _content(tree / name) for name in _PINS)


def _content(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else sorted(each for each in path.rglob("go.*") if each.is_file())
    return {str(each.relative_to(path)): each.read_bytes() for each in files}


def _share(project: Path, tree: Path) -> None:
    for name in _SHARED:
        if (project / name).exists():
            (tree / name).symlink_to(project / name)
