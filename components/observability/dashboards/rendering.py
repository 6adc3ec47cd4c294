"""Dashboards as Grafana reads them: JSON of its own schema, the same bytes for the same dashboard."""

from itertools import count
from typing import Final, TypeAlias

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.builders import prometheus, stat, table, timeseries
from grafana_foundation_sdk.builders.common import (
    ReduceDataOptions,
    VizLegendOptions,
    VizTooltipOptions,
)
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    DataSourceRef,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    TooltipDisplayMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from components.observability.dashboards.panels import (
    CLUSTER,
    Dashboard,
    Kind,
    Panel,
    Query,
    Row,
    Variable,
    in_clusters,
)

MOST_BYTES: Final = 1_000_000
"""The most that a dashboard may have: a ConfigMap holds 1 MiB with its metadata.

https://kubernetes.io/docs/concepts/configuration/configmap/#motivation
"""

DATASOURCE: Final = "datasource"
"""The variable with the datasource that everything is asked of."""

TAG: Final = "platform"
"""The tag of every dashboard of the platform, by which they are linked with each other."""

_COLUMNS: Final = 24
_TYPE: Final = "prometheus"
_EVERYTHING: Final = ".*"
"""What `All` stands for: what a Prometheus has itself bears no label `cluster` yet, and matches it too."""

_HEIGHTS: Final = {Kind.GRAPH: 8, Kind.NUMBER: 4, Kind.TABLE: 8}
_COLORS: Final = ("green", "orange", "red")

_Builder: TypeAlias = timeseries.Panel | stat.Panel | table.Panel


def render(dashboard: Dashboard, *, datasource: str, runbooks: str) -> str:
    """Return a dashboard's JSON.

    Args:
        dashboard: What it shows.
        datasource: The uid of the datasource that is chosen at first.
        runbooks: The address of the folder of runbooks.

    Raises:
        ValueError: it is too large for a ConfigMap.

    """
    page = (
        build.Dashboard(dashboard.title)
        .uid(dashboard.uid)
        .description(dashboard.purpose)
        .tags([TAG, dashboard.folder.lower()])
        .readonly()
        .tooltip(model.DashboardCursorSync.CROSSHAIR)
        .time("now-6h", "now")
        .timezone("browser")
        .refresh("1m")
        .links([_others(), _runbook(dashboard, runbooks)])
        .variables(_variables(dashboard, datasource))
    )
    identifiers, below = count(1), 0
    for row in dashboard.rows:
        page.with_row(build.Row(row.title).id(next(identifiers)).grid_pos(model.GridPos(h=1, w=_COLUMNS, x=0, y=below)))
        places = placed(row, below + 1)
        for panel, place in zip(row.panels, places, strict=True):
            page.with_panel(_panel(panel, next(identifiers), runbooks).grid_pos(place))
        below = max(place.y + place.h for place in places)
    made = page.build()
    for each in (made, *(made.panels or ())):
        for link in getattr(each, "links", None) or ():
            # Without a word they stand in sight; the SDK's only word for their place hides them in a menu.
            link.placement = None
    text = JSONEncoder(sort_keys=True, separators=(",", ":")).encode(made)
    if len(text.encode()) > MOST_BYTES:
        raise ValueError(f"dashboard {dashboard.uid} has {len(text.encode())} bytes, more than {MOST_BYTES}: split it")
    return text


def placed(row: Row, top: int) -> list[model.GridPos]:
    """Return the places of a row's panels from left to right, below each other where the page ends."""
    places: list[model.GridPos] = []
    left = lowest = 0
    for panel in row.panels:
        if left + panel.width > _COLUMNS:
            left, top, lowest = 0, top + lowest, 0
        height = _HEIGHTS[panel.kind]
        places.append(model.GridPos(h=height, w=panel.width, x=left, y=top))
        left, lowest = left + panel.width, max(lowest, height)
    return places


def _others() -> build.DashboardLink:
    link = build.DashboardLink("Dashboards").type(model.DashboardLinkType.DASHBOARDS).tags([TAG])
    return link.as_dropdown(True).include_vars(True).keep_time(True)


def _runbook(dashboard: Dashboard, runbooks: str) -> build.DashboardLink:
    return _link("Runbook" if dashboard.runbook else "Runbooks", dashboard.runbook, runbooks)


def _link(title: str, runbook: str, runbooks: str) -> build.DashboardLink:
    url = f"{runbooks}/{runbook}.md" if runbook else runbooks
    link = build.DashboardLink(title).type(model.DashboardLinkType.LINK).icon("doc").url(url)
    return link.target_blank(True)


def _variables(dashboard: Dashboard, datasource: str) -> list[Builder[model.VariableModel]]:
    chosen = model.VariableOption(text=datasource, value=datasource, selected=True)
    found = [Variable(name=CLUSTER, metric="up"), *dashboard.variables]
    return [
        build.DatasourceVariable(DATASOURCE).label("Source").type(_TYPE).current(chosen),
        *(_variable(each) for each in found),
    ]


def _variable(variable: Variable) -> build.QueryVariable:
    label = variable.label or variable.name
    everything = model.VariableOption(text="All", value="$__all", selected=True)
    return (
        build.QueryVariable(variable.name)
        .label(variable.name.capitalize())
        .datasource(_source())
        .query(f"label_values({in_clusters(variable.metric)}, {label})")
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .all_value(_EVERYTHING)
        .current(everything)
    )


def _source() -> DataSourceRef:
    return DataSourceRef(type_val=_TYPE, uid=f"${{{DATASOURCE}}}")


def _panel(panel: Panel, identifier: int, runbooks: str) -> _Builder:
    drawn = _drawn(panel)
    (
        drawn.id(identifier)
        .title(panel.title)
        .description(panel.description)
        .datasource(_source())
        .unit(panel.unit)
        .span(panel.width)
        .height(_HEIGHTS[panel.kind])
        .thresholds(_thresholds(panel.limits))
    )
    for letter, query in zip("ABCDEFGH", panel.queries, strict=False):
        drawn.with_target(_target(query, letter, panel.kind))
    if panel.runbook:
        drawn.links([_link("Runbook", panel.runbook, runbooks)])
    return drawn


def _drawn(panel: Panel) -> _Builder:
    match panel.kind:
        case Kind.GRAPH:
            legend = VizLegendOptions().display_mode(LegendDisplayMode.TABLE).placement(LegendPlacement.BOTTOM)
            return (
                timeseries.Panel()
                .legend(legend.show_legend(True).calcs(["lastNotNull", "max"]))
                .tooltip(VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING))
                .fill_opacity(10)
                .show_points(VisibilityMode.NEVER)
            )
        case Kind.NUMBER:
            return (
                stat.Panel()
                .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]))
                .color_mode(BigValueColorMode.VALUE)
                .graph_mode(BigValueGraphMode.AREA)
            )
        case Kind.TABLE:
            return table.Panel()


def _thresholds(limits: tuple[float, float] | None) -> build.ThresholdsConfig:
    """Return what is good, worth a look and bad; for a value that is bad when it is low, from the bottom up."""
    steps = [model.Threshold(value=None, color=_COLORS[0])]
    if limits:
        look, bad = limits
        first, *others = _COLORS if look <= bad else reversed(_COLORS)
        steps = [
            model.Threshold(value=None, color=first),
            *(model.Threshold(value=value, color=color) for value, color in zip(sorted(limits), others, strict=True)),
        ]
    return build.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(steps)


def _target(query: Query, letter: str, kind: Kind) -> prometheus.Dataquery:
    target = prometheus.Dataquery().datasource(_source()).ref_id(letter).expr(query.expr)
    if query.legend:
        target.legend_format(query.legend)
    if kind is Kind.TABLE:
        return target.format(PromQueryFormat.TABLE).instant()
    return target.range()
