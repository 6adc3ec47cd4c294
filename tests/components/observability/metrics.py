"""The metrics that the platform's exporters really export, and those that an expression asks for.

`metric_names/<exporter>.txt` has one metric in each line, with `histogram` or `summary` after the name where it stands
for several series; its first line says where the names are from. Rules and dashboards are held against these lists:
``unknown_metrics(expression, recorded)`` names what nobody exports and no rule records.
"""

from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import promql_parser

LISTS: Final = Path(__file__).parent / "metric_names"
"""The folder with one list for each exporter."""

# https://prometheus.io/docs/concepts/metric_types/
_SUFFIXES: Final = {"": ("",), "histogram": ("_bucket", "_sum", "_count"), "summary": ("", "_sum", "_count")}


def exporters() -> list[str]:
    """Return the names of all lists."""
    return sorted(path.stem for path in LISTS.glob("*.txt"))


@cache
def exported(exporter: str) -> frozenset[str]:
    """Return the names of the series that an exporter has.

    Raises:
        FileNotFoundError: there is no such list.

    """
    names = set()
    for line in _lines(exporter)[1:]:
        name, _, kind = line.partition(" ")
        names |= {name + suffix for suffix in _SUFFIXES[kind]}
    return frozenset(names)


def source(exporter: str) -> str:
    """Return where a list is from: the project, its version, an address."""
    return _lines(exporter)[0].removeprefix("# ")


@cache
def known() -> frozenset[str]:
    """Return the names of all series that any exporter has."""
    return frozenset[str]().union(*(exported(name) for name in exporters()))


def used(expression: str) -> set[str]:
    """Return the names of the metrics that a PromQL expression asks for.

    Raises:
        ValueError: it is no PromQL.

    """
    return {selector.name for selector in selectors(expression) if selector.name}


def selectors(expression: str) -> Iterator[promql_parser.VectorSelector]:
    """Yield every selector of a PromQL expression.

    Raises:
        ValueError: it is no PromQL.

    """
    return _walk(promql_parser.parse(expression))


def unknown_metrics(expression: str, recorded: Collection[str] = ()) -> list[str]:
    """Return the metrics of an expression that nobody exports and that are not among those recorded by rules."""
    return sorted(used(expression) - known() - set(recorded))


# Where a node of the parsed expression has further ones.
_BELOW: Final = ("lhs", "rhs", "expr", "param", "vector_selector")


def _walk(node: Any) -> Iterator[promql_parser.VectorSelector]:
    if isinstance(node, promql_parser.VectorSelector):
        yield node
    for below in (*(getattr(node, name, None) for name in _BELOW), *getattr(node, "args", ())):
        if below is not None:
            yield from _walk(below)


def _lines(exporter: str) -> list[str]:
    return (LISTS / f"{exporter}.txt").read_text(encoding="utf-8").splitlines()
