"""Writes docs/upgrading.md: for every ordinary change what to edit, what happens, what it interrupts, the way back."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import yaml

from components.kit import chart
from rehearsal.report.bring_up import Latencies
from rehearsal.report.words import about, count, short_type
from tests.changes.table import Change
from tests.changes.words import Operation, read
from tests.environments import PROJECT, REMOVED

FILE: Final = PROJECT / "docs" / "upgrading.md"

_WIDTH: Final = 120
# Of more operations only how many there are of each kind is told.
_LISTED: Final = 14
_MAKES: Final = frozenset({"create", "replace"})

# What is quicker is not worth a sentence.
_WORTH_TELLING_SECONDS: Final = 30

_HEAD: Final = """\
# Changing a running environment

What `pulumi up` does for each ordinary change of a stack file. Written by `make upgrading` from the reviewed table
`tests/changes/table.yaml` and the plans of the real engine in `tests/changes/golden/`; change those, not this file.

For every change, also for one that is not listed here:

1. Edit the stack file.
2. `make rehearse STACK=<env>` takes the new environment through its whole life without a cloud.
3. `pulumi preview --stack <env>` says what will happen to the one that runs. Compare it with this page: a `replace` or
   `delete` that is not told here is a reason to stop.
4. `pulumi up --stack <env>`.

No change of this page replaces or deletes what holds state: the VPC, keys, the control plane, buckets and log groups.
Those that would are [refused](#refused).

How long creations take is estimated from typical times (`rehearsal/latencies.toml`); nothing here is a promise by AWS.
"""

_REFUSED: Final = """\
## Refused

AWS has no way to make these changes in place. What is needed is a new environment beside the old one.
"""


def written(table: Sequence[Change]) -> str:
    """Return the document."""
    possible = [change for change in table if not _is_impossible(change)]
    impossible = [change for change in table if _is_impossible(change)]
    parts = [_HEAD, *_contents(possible)]
    parts += [_section(change) for change in possible]
    parts.append(_REFUSED)
    parts += [_section(change, level=3) for change in impossible]
    return "\n".join(parts)


def _is_impossible(change: Change) -> bool:
    return change.refused == "protect"


def _contents(table: Iterable[Change]) -> Iterator[str]:
    rows = ["| Change | Makes | Replaces | Deletes | Updates |", "|---|---|---|---|---|"]
    for change in table:
        done = Counter(operation.operation for operation in _operations(change))
        figures = (str(done[name] or "") for name in ("create", "replace", "delete", "update"))
        rows.append(f"| [{change.title}](#{_anchor(change.title)}) | {' | '.join(figures)} |")
    yield "\n".join(rows) + "\n"


def _anchor(title: str) -> str:
    """Return the address that GitHub gives a heading."""
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-")


def _section(change: Change, level: int = 2) -> str:
    parts = [
        f"{'#' * level} {change.title}",
        "",
        *_where(change),
        "",
    ]
    done = _operations(change)
    if done:
        parts += [*_happens(done), ""]
    elif change.refused:
        parts += ["`pulumi up` refuses it as it stands.", ""]
    parts += [
        _paragraph("Interrupts", change.interrupts),
        "",
        _paragraph("How long", " ".join(filter(None, [_creations(done), change.takes])) or "Seconds."),
        "",
        _paragraph("Back", change.undo),
        "",
    ]
    return "\n".join(parts)


def _operations(change: Change) -> list[Operation]:
    return list(read(change.golden.read_text(encoding="utf-8"))) if change.golden.is_file() else []


def _where(change: Change) -> list[str]:
    """Return what to write into which file."""
    charts = change.before.get("charts", {})
    if charts:
        now = chart.pinned()
        lines = [line for name in charts for line in (f"[charts.{name}]", f'version = "{now[name].version}"')]
        was = " and ".join(charts.values())
        return [f"In `components/charts.toml`, for example (from {was}):", "", "```toml", *lines, "```"]
    return [f"In `Pulumi.{change.stack}.yaml`, for example:", "", *_edit(change)]


def _edit(change: Change) -> list[str]:
    """Return what to write into the stack file, as a block of YAML."""
    tree: dict[str, Any] = {}
    lines = []
    for path, value in change.edit.items():
        if value == REMOVED:
            lines.append(f"# without {path}")
            continue
        *way, last = path.split(".")
        block = tree
        for step in way:
            block = block.setdefault(step, {})
        block[last] = value
    for key, value in tree.items():
        lines += yaml.safe_dump({key: value}, sort_keys=False, default_flow_style=None, width=_WIDTH).splitlines()
    return ["```yaml", *lines, "```"]


def _happens(done: Sequence[Operation]) -> list[str]:
    if len(done) > _LISTED:
        kinds = Counter((operation.operation, operation.type, operation.properties) for operation in done)
        rows = [(what, short_type(kind), str(number), because) for (what, kind, because), number in kinds.items()]
        head = ["| `pulumi up` will | Type | How many | Because of |", "|---|---|---|---|"]
    else:
        rows = [
            (operation.operation, short_type(operation.type), f"`{operation.name}`", operation.properties)
            for operation in done
        ]
        head = ["| `pulumi up` will | Type | Resource | Because of |", "|---|---|---|---|"]
    return head + [
        f"| {what} | {kind} | {which} | {', '.join(f'`{name}`' for name in because)} |"
        for what, kind, which, because in rows
    ]


def _creations(done: Iterable[Operation]) -> str:
    """Say how long the slowest creation typically takes, and how much is made."""
    made = [operation for operation in done if operation.operation in _MAKES]
    latencies = Latencies.load()
    seconds = {operation: latencies.of(operation.type, {}).seconds for operation in made}
    slowest = max(made, key=lambda operation: seconds[operation], default=None)
    if slowest is None or seconds[slowest] < _WORTH_TELLING_SECONDS:
        return ""
    return (
        f"{count(len(made), 'creation')}, side by side where nothing waits; the slowest, {short_type(slowest.type)}, "
        f"typically takes {about(seconds[slowest] / 60)}."
    )


def _paragraph(head: str, text: str) -> str:
    return textwrap.fill(f"**{head}.** {text}", _WIDTH, break_long_words=False, break_on_hyphens=False)
