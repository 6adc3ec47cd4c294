"""Applies every ordinary change and takes it back, against the stand-ins: `make changes`.

``python -m tests.changes.apply [NAME ...]`` ends with status 1 if an update did something else than its plan said, if a
second one found something to do, or if the way back did not lead back.
"""

import sys
from collections.abc import Iterator, Sequence

from rich.console import Console

from rehearsal.engine import Outcome
from tests.changes.stage import Running, running
from tests.changes.table import Change, by_base, changes
from tests.changes.words import operations, written


def main(names: Sequence[str] = ()) -> int:
    """Apply every change that is not refused, or those named; say how each went."""
    chosen = [change for change in changes() if not change.refused and (not names or change.name in names)]
    console = Console()
    failed = 0
    for base, group in by_base(chosen).values():
        waiting = sorted(group, key=lambda change: change.one_way)
        while waiting:
            # Whatever did not lead back to the base is followed by a new one.
            with running(base) as stage:
                faults: list[str] = []
                while waiting and not faults:
                    change = waiting.pop(0)
                    there = stage.apply(change.result)
                    faults = [*_there(stage, change, there), *([] if change.one_way else _back(stage, change))]
                    console.print(
                        f"{change.name}: {there.seconds:.1f} s, {'; '.join(faults) or 'as planned, and back'}"
                    )
                    failed += bool(faults)
    return 1 if failed else 0


def _there(stage: Running, change: Change, there: Outcome) -> Iterator[str]:
    """Yield what is wrong with the change itself."""
    yield from there.errors
    if written(operations(there.changed)) != change.golden.read_text(encoding="utf-8"):
        done = set(written(operations(there.changed)).splitlines())
        said = set(change.golden.read_text(encoding="utf-8").splitlines())
        yield from (f"done, not planned: {line}" for line in sorted(done - said))
        yield from (f"planned, not done: {line}" for line in sorted(said - done))
    again = stage.apply(change.result)
    yield from again.errors
    yield from (f"the second time: {operation}" for operation in operations(again.changed))


def _back(stage: Running, change: Change) -> Iterator[str]:
    """Yield what is wrong with the way back."""
    yield from (f"back: {error}" for error in stage.apply(change.base).errors)
    rest = stage.plan(change.base)
    yield from (f"left after the way back: {operation}" for operation in operations(rest.changed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
