"""Writes what the tests of this folder compare with, and docs/upgrading.md: `make upgrading`.

``python -m tests.changes.write [NAME ...]`` plans every change, or those named. All take two minutes.
"""

import sys
from collections.abc import Sequence

from tests.changes import document, urns
from tests.changes.plan import planned
from tests.changes.stage import running
from tests.changes.table import Change, by_base, changes
from tests.environments import STACKS


def main(names: Sequence[str] = ()) -> int:
    """Write everything; of the changes only those named, if any are."""
    for stack in STACKS:
        urns.write(stack)
    table = changes()
    _goldens([change for change in table if not names or change.name in names])
    document.FILE.write_text(document.written(table), encoding="utf-8")
    return 0


def _goldens(chosen: Sequence[Change]) -> None:
    for base, group in by_base(chosen).values():
        with running(base) as stage:
            for change in group:
                change.golden.write_text(planned(stage, change), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
