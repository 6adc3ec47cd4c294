"""`python -m cost STACK`: prints what a stack costs in a month, from its last rehearsal; `--against` what differs."""

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from cost.changes import difference
from cost.estimate import estimate
from cost.lines import Estimate
from cost.shown import terminal, terminal_difference
from cost.tables import Assumptions, assumptions, support

_REHEARSALS: Final = Path(".rehearsal")
_CALENDAR: Final = Path("components/compute/kubernetes_versions.toml")


class NotThereError(Exception):
    """There is no graph to reckon from; the text says what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Print; return 1 if there is nothing to reckon from."""
    options = _parser().parse_args(arguments)
    try:
        assumed = assumptions().overridden(options.assumptions) if options.assumptions else assumptions()
        ends = support(options.calendar) if options.calendar.is_file() else {}
        head = _estimate(options.stack, assumed, ends)
        base = _estimate(options.against, assumed, ends) if options.against else None
    except (NotThereError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    console = Console()
    console.print(terminal(options.stack, head))
    if base is not None:
        console.print()
        console.print(terminal_difference(options.against, options.stack, difference(base, head)))
    return 0


def graph(of: str) -> list[Mapping[str, Any]]:
    """Return the resources of a stack's last rehearsal, of a folder like it, or of a file like its graph.json.

    Raises:
        NotThereError: there is none, or it is empty.

    """
    given = Path(of)
    rehearsed = (_REHEARSALS / of if not given.exists() else given) / "graph.json"
    path = given if given.is_file() else rehearsed
    try:
        entries: list[Mapping[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotThereError(f"there is no {path}: run `make rehearse STACK={of}` first") from None
    except json.JSONDecodeError as error:
        raise NotThereError(f"{path} is no graph of a rehearsal ({error})") from None
    if not entries:
        raise NotThereError(f"the last rehearsal of {of} made nothing: mend it, and rehearse it again")
    return entries


def _estimate(of: str, assumed: Assumptions, ends: Mapping[str, date]) -> Estimate:
    return estimate(graph(of), assumed=assumed, support=ends)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cost", description=__doc__)
    parser.add_argument("stack", help="the stack, a folder with its graph.json, or such a file")
    parser.add_argument("--against", metavar="OTHER", help="another of these: print what differs from it")
    parser.add_argument("--assumptions", type=Path, metavar="FILE", help="assumptions other than cost/assumptions.toml")
    parser.add_argument("--calendar", type=Path, default=_CALENDAR, metavar="FILE", help="when minors leave support")
    return parser


if __name__ == "__main__":
    sys.exit(main())
