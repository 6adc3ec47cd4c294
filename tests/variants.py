"""Rehearses what a stack could choose and no environment does: `python -m tests.variants [NAME…]`, `make variants`."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import yaml

from tests.environments import PROJECT, VARIANTS, content_of

STACKS: Final = PROJECT / ".rehearsal" / "stacks"
"""Where the variants are written out, each as the stack file it stands for."""


def stack_of(name: str) -> str:
    """Return what a variant's stack is called: after its environment, whose policies judge it."""
    return f"{VARIANTS[name]['of']}.{name}"


def write(folder: Path, names: Sequence[str]) -> None:
    """Write the stack file of each variant, for ``python -m rehearsal STACK --stacks FOLDER``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        text = yaml.safe_dump(content_of(name), sort_keys=False)
        (folder / f"Pulumi.{stack_of(name)}.yaml").write_text(text, encoding="utf-8")


def main(names: Sequence[str]) -> int:
    """Rehearse the variants named, or all; return 0 if every one passed."""
    if unknown := sorted({*names} - {*VARIANTS}):
        sys.stderr.write(f"there is no variant {', '.join(unknown)}; there are: {', '.join(VARIANTS)}\n")
        return 2
    wanted = list(names) or [*VARIANTS]
    write(STACKS, wanted)
    outcomes = []
    for name in wanted:
        started = time.monotonic()
        unjudged = [f"--unjudged={pattern}" for pattern in VARIANTS[name].get("unjudged", [])]
        command = [sys.executable, "-m", "rehearsal", stack_of(name), "--stacks", str(STACKS), *unjudged]
        passed = subprocess.run(command, cwd=PROJECT, check=False).returncode == 0
        outcomes.append((name, passed, time.monotonic() - started))
    for name, passed, seconds in outcomes:
        sys.stdout.write(f"{name}: {'rehearsed' if passed else 'NOT REHEARSED'}, in {seconds:.0f} s\n")
    return 0 if all(passed for _, passed, _ in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
