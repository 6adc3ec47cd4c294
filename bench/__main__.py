"""`python -m bench`: takes the measures, shows them, and says by its exit status whether every goal is met."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from bench.measures import PAIRS, Measure
from bench.run import BenchError, run
from rehearsal.workspace import PROJECT

FILE: Final = PROJECT / ".rehearsal" / "bench.json"

_MET: Final = 0
_MISSED: Final = 1
_CANNOT_RUN: Final = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; return 0 if every goal is met, 1 if one is missed, 2 if it could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--stack", default="prod", help="the stack that is measured (default: prod)")
    parser.add_argument("--pairs", type=_enough, default=PAIRS, help=f"pairs of runs for each ratio, {PAIRS} or more")
    options = parser.parse_args(arguments)
    try:
        taken = run(options.stack, options.pairs)
    except BenchError as failure:
        sys.stderr.write(f"{failure}\n")
        return _CANNOT_RUN
    write(FILE, taken)
    Console().print(table(taken))
    return _MET if all(each.met for each in taken) else _MISSED


def write(file: Path, taken: Sequence[Measure]) -> None:
    """Write the measures as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([each.to_json() for each in taken], indent=2) + "\n", encoding="utf-8")


def table(taken: Sequence[Measure]) -> Table:
    """Return the measures to be shown."""
    shown = Table("measure", "ratio", "spread", "goal", "met", "figures")
    for each in taken:
        shown.add_row(
            each.name,
            f"{each.ratio:.2f}",
            f"{each.least:.2f} to {each.most:.2f}",
            f"<= {each.goal:.2f}",
            "yes" if each.met else "NO",
            each.detail,
        )
    return shown


def _enough(text: str) -> int:
    number = int(text)
    if number < PAIRS:
        raise argparse.ArgumentTypeError(f"{number} pairs tell nothing; {PAIRS} is the least")
    return number


if __name__ == "__main__":
    sys.exit(main())
