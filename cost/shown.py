"""Shows estimates: in a terminal, and as tables of Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cost.changes import Difference
from cost.figures import ZERO, Range
from cost.lines import Estimate, Unpriced
from cost.tables import Price

_DRIVERS: Final = 10


def dollars(usd: float) -> str:
    """Return a sum as it is read: whole dollars, with a sign before what is less than nothing."""
    rounded = round(usd)
    return f"{rounded:,}" if rounded else "0"


def terminal(stack: str, found: Estimate) -> RenderableType:
    """Return an estimate for a terminal: layers, what is dearest, and what is in no sum."""
    layers = _table(f"{stack} in {found.region}: US dollars a month at list prices", "layer")
    for layer, usd in found.by_layer().items():
        layers.add_row(layer, *_cells(usd))
    layers.add_section()
    layers.add_row("all", *_cells(found.total), style="bold")
    drivers = Table(title="what costs most", title_justify="left", box=None, padding=(0, 2, 0, 0))
    drivers.add_column("typical", justify="right")
    drivers.add_column("for")
    drivers.add_column("reckoned with", overflow="fold")
    for line in found.drivers(_DRIVERS):
        drivers.add_row(dollars(line.usd.typical), f"{line.name}: {line.what}", line.basis)
    return Group(layers, Text(), drivers, *(Text(line) for line in left_out(found)))


def terminal_difference(base: str, head: str, found: Difference) -> RenderableType:
    """Return what differs from one estimate to another for a terminal."""
    table = _table(f"{head} against {base}: US dollars a month", "for")
    told = [each for each in found.changes if any(map(round, (each.usd.low, each.usd.typical, each.usd.high)))]
    for each in told:
        table.add_row(f"{each.kind} {each.line.name}: {each.line.what}", *_cells(each.usd, signed=True))
    if smaller := len(found.changes) - len(told):
        table.add_row(f"{smaller} of less than a dollar")
    table.add_section()
    table.add_row(
        f"from {dollars(found.base.typical)} to {dollars(found.head.typical)}", *_cells(found.usd, signed=True)
    )
    unpriced = [Text(f"\nnewly in no sum: {', '.join(found.newly_unpriced)}")] if found.newly_unpriced else []
    return Group(table, *unpriced)


def by_layer(estimates: Mapping[str, Estimate]) -> Iterator[str]:
    """Yield a table of Markdown of some stacks: what is typical of each layer, and all three figures of the sum."""
    shares = {stack: found.by_layer() for stack, found in estimates.items()}
    sums = {
        layer: max(each.get(layer, ZERO).typical for each in shares.values())
        for each in shares.values()
        for layer in each
    }
    yield f"| Layer | {' | '.join(f'`{stack}`' for stack in estimates)} |"
    yield f"|---|{'---:|' * len(estimates)}"
    for layer in sorted(sums, key=lambda layer: (-sums[layer], layer)):
        cells = (_cell(share.get(layer)) for share in shares.values())
        yield f"| {layer} | {' | '.join(cells)} |"
    totals = [found.total for found in estimates.values()]
    yield f"| **typical** | {' | '.join(f'**{dollars(each.typical)}**' for each in totals)} |"
    yield f"| low | {' | '.join(dollars(each.low) for each in totals)} |"
    yield f"| high | {' | '.join(dollars(each.high) for each in totals)} |"


def dearest(found: Estimate, number: int) -> Iterator[str]:
    """Yield a table of Markdown of the dearest lines of a stack, each with what it was reckoned with."""
    yield "| Typical | Low | High | For | Reckoned with |"
    yield "|---:|---:|---:|---|---|"
    for line in found.drivers(number):
        usd = line.usd
        sums = " | ".join(dollars(each) for each in (usd.typical, usd.low, usd.high))
        yield f"| {sums} | {line.name}: {line.what} | {line.basis} |"


def sources(prices: Mapping[str, Price]) -> Iterator[str]:
    """Yield a list of Markdown of where prices are from, and when they were read."""
    pages: dict[tuple[str, str, str], list[str]] = {}
    for name, price in prices.items():
        pages.setdefault((price.page, str(price.read), price.source), []).append(name)
    for (page, read, source), names in pages.items():
        several = names[0] if len(names) == 1 else f"{len(names)} prices from {names[0]} to {names[-1]}"
        yield f"* [{several}]({page}), {read}: {source}"


def left_out(found: Estimate) -> Iterator[str]:
    """Yield a sentence for each thing that is in no sum."""
    for each in _once(found.unpriced):
        yield f"not in the sum: {each.name} ({each.type}): {each.why}"
    for unread in found.unread:
        yield f"not in the sum: {unread.urn.rpartition('::')[2]}, whose {unread.path} is not known yet"


def _once(unpriced: Sequence[Unpriced]) -> Sequence[Unpriced]:
    return list({(each.name, each.type, each.why): each for each in unpriced}.values())


def _table(title: str, first: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column(first)
    for name in ("low", "typical", "high"):
        table.add_column(name, justify="right")
    return table


def _cells(usd: Range, *, signed: bool = False) -> tuple[str, str, str]:
    low, typical, high = (
        f"+{dollars(each)}" if signed and round(each) > 0 else dollars(each)
        for each in (usd.low, usd.typical, usd.high)
    )
    return low, typical, high


def _cell(usd: Range | None) -> str:
    if usd is None:
        return ""
    return dollars(usd.typical) if usd.typical >= 1 else "<1"
