"""Writes what every environment costs in a month as docs/cost.md: `python -m tests.cost.page`; `make costs` does."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import cost
from cost.shown import by_layer, dearest, left_out, sources
from cost.tables import support
from tests.environments import PROJECT, STACKS
from tests.policies.recorded import entries

PAGE: Final = PROJECT / "docs" / "cost.md"
_CALENDAR: Final = PROJECT / "components" / "compute" / "kubernetes_versions.toml"
_SHOWN: Final = "prod"
_DRIVERS: Final = 15
_HEAD: Final = Path(__file__).with_name("page_head.md").read_text(encoding="utf-8")


@cache
def estimates() -> Mapping[str, cost.Estimate]:
    """Return what each environment costs, on the day of the oldest price, so that no page is another one tomorrow."""
    today, ends = cost.prices().oldest, support(_CALENDAR)
    return {stack: cost.estimate(entries(stack), today=today, support=ends) for stack in STACKS}


def draw() -> str:
    """Return the page."""
    return "\n".join([_HEAD, *_body(estimates())]) + "\n"


def _body(found: Mapping[str, cost.Estimate]) -> Iterator[str]:
    yield "## By environment and layer"
    yield ""
    yield "US dollars a month; of each layer what is typical."
    yield ""
    yield from by_layer(found)
    yield ""
    for stack, each in found.items():
        yield from (f"* `{stack}`: {text}." for text in left_out(each))
    yield ""
    yield f"## What costs most in {_SHOWN}"
    yield ""
    yield from dearest(found[_SHOWN], _DRIVERS)
    yield ""
    yield "## What is assumed"
    yield ""
    yield "A month's use, where a plan does not say it; others for some resources, by name, stand in the file."
    yield ""
    yield "| Assumption | Low | Typical | High | Of | Why |"
    yield "|---|---:|---:|---:|---|---|"
    for name in cost.assumptions().tables:
        assumed = cost.assumptions().of(name)
        amount = assumed.amount
        cells = (f"`{name}`", f"{amount.low:g}", f"{amount.typical:g}", f"{amount.high:g}", assumed.unit, assumed.why)
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield "## Where prices are from"
    yield ""
    yield from sources(cost.prices().by_name)


if __name__ == "__main__":
    PAGE.write_text(draw(), encoding="utf-8")
