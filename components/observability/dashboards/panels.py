"""The words that dashboards are written in: queries, panels in rows, variables, and for which Grafana."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from components.kit.monitoring import Instance

CLUSTER: Final = "cluster"
"""The variable, and the label that every Prometheus puts on what leaves it."""

RATE: Final = "[$__rate_interval]"
"""The range of a rate: as far as the panel's resolution needs, by Grafana."""

_IN_CLUSTER: Final = f'{{{CLUSTER}=~"${CLUSTER}"'


class Grafana(StrEnum):
    """The Grafanas, by whom they serve."""

    MAIN = "main"
    """Operators and customers: everything."""
    READ = "read"
    """Everyone inside: to look, and nothing else."""
    ALLOY = "alloy"
    """Whoever connects something: what is collected, and how well."""
    PYROSCOPE = "pyroscope"
    """Whoever looks for the line of code that is slow."""


class Folder(StrEnum):
    """The folders that dashboards lie in."""

    SERVICES = "Services"
    CLUSTER = "Cluster"
    PLATFORM = "Platform"
    SECURITY = "Security"
    MONITORING = "Monitoring"
    COST = "Cost"


class Kind(StrEnum):
    """How a panel shows its numbers."""

    GRAPH = "timeseries"
    NUMBER = "stat"
    TABLE = "table"


class Unit(StrEnum):
    """Grafana's names of units: https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats."""

    COUNT = "short"
    PER_SECOND = "ops"
    REQUESTS = "reqps"
    SHARE = "percentunit"
    SECONDS = "s"
    BYTES = "bytes"
    BYTES_PER_SECOND = "Bps"
    CORES = "cores"
    CELSIUS = "celsius"
    WATTS = "watt"
    HERTZ = "hertz"
    DOLLARS = "currencyUSD"
    YES_NO = "bool_yes_no"
    MEBIBYTES = "decmbytes"
    DATE = "dateTimeAsIso"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of the datasource, and what its series are called."""

    expr: str
    legend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A picture of some numbers.

    Attributes:
        title: A few words, unique in its dashboard.
        description: What the numbers mean, and which of them are bad.
        unit: What they count.
        queries: Where they come from.
        kind: How they are shown.
        limits: From which value on they are worth a look, and from which on they are bad; downwards if the second is
            the lower one.
        width: Of Grafana's 24 columns.
        runbook: The runbook that says what to do, by the name of its file.

    """

    title: str
    description: str
    unit: Unit
    queries: Sequence[Query]
    kind: Kind = Kind.GRAPH
    limits: tuple[float, float] | None = None
    width: int = 12
    runbook: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Panels that answer one question."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A choice that people make at the top of a dashboard.

    Attributes:
        name: Its name in queries.
        metric: The selector whose label's values there are to choose from.
        label: That label; as the name if empty.

    """

    name: str
    metric: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """A page of panels.

    Attributes:
        uid: Part of its address, so it stays; also the name of its ConfigMap's end.
        title: Its title.
        purpose: Which question it answers, for whom.
        folder: Where it lies.
        watched_by: The Prometheus that has most of its numbers, where no Thanos has them all.
        shown_in: The Grafanas that have it.
        rows: What it shows, the most important first.
        variables: What may be chosen besides the cluster.
        runbook: The runbook for what it shows; empty for the list of them.

    """

    uid: str
    title: str
    purpose: str
    folder: Folder
    watched_by: Instance
    rows: Sequence[Row]
    shown_in: Sequence[Grafana] = (Grafana.MAIN, Grafana.READ)
    variables: Sequence[Variable] = ()
    runbook: str = ""

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All panels, in the order in which they are read."""
        return tuple(panel for row in self.rows for panel in row.panels)


def query(expr: str, legend: str = "") -> Query:
    """Return a query, in which ``{@`` begins the matchers of a selector with that of the chosen clusters."""
    return Query(expr=in_clusters(expr), legend=legend)


def in_clusters(expr: str) -> str:
    """Return an expression with its ``{@`` spelled out."""
    return expr.replace("{@", _IN_CLUSTER)


def graph(title: str, description: str, unit: Unit, *queries: tuple[str, str]) -> Panel:
    """Return a graph of half a page's width."""
    return Panel(
        title=title, description=description, unit=unit, queries=[query(expr, legend) for expr, legend in queries]
    )


def number(
    title: str, description: str, unit: Unit, expr: str, *, limits: tuple[float, float] | None = None, legend: str = ""
) -> Panel:
    """Return one number, or one for each series if a legend names them, on a sixth of a page's width."""
    return Panel(
        title=title,
        description=description,
        unit=unit,
        queries=[query(expr, legend)],
        kind=Kind.NUMBER,
        limits=limits,
        width=4,
    )


def table(title: str, description: str, unit: Unit, expr: str) -> Panel:
    """Return a table with a line for each series and a column for each label."""
    return Panel(title=title, description=description, unit=unit, queries=[query(expr)], kind=Kind.TABLE)


def limited(panel: Panel, look: float, bad: float) -> Panel:
    """Return a panel that says from which values on something is wrong."""
    return replace(panel, limits=(look, bad))


def led_by(panel: Panel, runbook: str) -> Panel:
    """Return a panel that leads to its runbook."""
    return replace(panel, runbook=runbook)
