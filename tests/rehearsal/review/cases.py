"""Three changes as they were really rehearsed and planned, reduced to what changes, and their reviewed comments."""

from contextlib import redirect_stderr
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rehearsal.review.__main__ import main

HERE: Final = Path(__file__).parent
GOLDEN: Final = HERE / "golden"
# Permissions are judged by the day, and comments must not depend on when the tests run.
DAY: Final = "2026-11-22"
UNALLOWED: Final = ["--today", DAY, "--allowed", str(HERE / "nothing.toml")]
"""The arguments of a day on which nothing is permitted, whatever this repository permits."""


@dataclass(frozen=True, slots=True)
class Case:
    """One prepared change.

    Attributes:
        name: Of its folder below ``inputs`` and of its comments.
        stack: The stack it changes.
        status: What the guard ends with.
        what: What an author meant.

    """

    name: str
    stack: str
    status: int
    what: str

    @property
    def inputs(self) -> Path:
        """The folder with ``base``, ``head`` and ``plan``."""
        return HERE / "inputs" / self.name

    @property
    def rehearsed(self) -> list[str]:
        """The arguments that compare its rehearsals."""
        return ["--base", str(self.inputs / "base"), "--head", str(self.inputs / "head")]

    @property
    def planned(self) -> list[str]:
        """The arguments that read the engine's plan of it."""
        return ["--previews", "--region", "eu-central-1", "--head", str(self.inputs / "plan")]


CASES: Final = (
    Case("harmless", "prod", 0, "a node group may grow further, and Vault's snapshots are kept for longer"),
    Case("costly", "dev", 0, "two nodes with GPUs, a NAT gateway for each zone, and two of each Prometheus"),
    Case("destructive", "prod", 1, "no copies in another region, other nodes, another administrator"),
)


def reviewed(arguments: list[str]) -> tuple[int, str, str]:
    """Return the exit status of a review, its comment, and what it says on standard error."""
    said = StringIO()
    with TemporaryDirectory() as folder, redirect_stderr(said):
        out = Path(folder) / "comment.md"
        status = main([*arguments, *UNALLOWED, "--out", str(out), "--whole", "comment.whole.md"])
        return status, out.read_text(encoding="utf-8"), said.getvalue()


def comments() -> dict[Path, str]:
    """Return the comment of every case, by the file it is kept in."""
    return {
        GOLDEN / f"{case.name}{suffix}.md": reviewed(arguments)[1].replace(f"{HERE}/", "")
        for case in CASES
        for suffix, arguments in (("", case.rehearsed), ("-plan", case.planned))
    }


def write() -> None:
    """Write the comments anew: ``python -m tests.rehearsal.review.cases``."""
    for path, text in comments().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
