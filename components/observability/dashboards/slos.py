"""The dashboard of promises: what services may fail, and how much of it is left."""

from typing import Final

from components.kit.monitoring import Instance
from components.observability.dashboards.panels import (
    Dashboard,
    Folder,
    Row,
    Unit,
    Variable,
    graph,
    limited,
    number,
    table,
)

_MINE: Final = '{@,slo=~"$slo"}'
_LEFT: Final = f"slo:error_budget_remaining:ratio{_MINE}"
_ERRORS: Final = "slo:errors:ratio_rate"

SLOS: Final = Dashboard(
    uid="slos",
    title="Objectives and error budgets",
    purpose="What each service promises of 30 days, how much of what it may fail is left, and how fast that goes. "
    "While a budget lasts, changes may be risked; when it is gone, nothing is more important than to fail less.",
    folder=Folder.SERVICES,
    watched_by=Instance.SYSTEM,
    variables=(Variable(name="slo", metric="slo:errors:ratio_rate5m{@}"),),
    rows=[
        Row(
            title="What is left?",
            panels=[
                number(
                    "Least that is left",
                    "What is left of the budget that is used up the most. Below nothing the promise is broken.",
                    Unit.SHARE,
                    f"min({_LEFT})",
                    limits=(0.25, 0),
                ),
                number(
                    "Promises broken",
                    "Objectives with nothing left of their budget.",
                    Unit.COUNT,
                    f"count({_LEFT} < 0) or vector(0)",
                    limits=(1, 2),
                ),
                number(
                    "Burning fast",
                    "Alerts that say so: at this rate the budget is gone within days.",
                    Unit.COUNT,
                    'count(ALERTS{@,alertname="SloBurnsFast",alertstate="firing"}) or vector(0)',
                    limits=(1, 1),
                ),
                table("Budgets", "What is left of each budget.", Unit.SHARE, f"sort(min by (cluster, slo) ({_LEFT}))"),
                limited(
                    graph(
                        "Budgets over time",
                        "What is left of each budget of 30 days.",
                        Unit.SHARE,
                        (f"min by (cluster, slo) ({_LEFT})", "{{cluster}} {{slo}}"),
                    ),
                    0.25,
                    0,
                ),
            ],
        ),
        Row(
            title="How fast does it go?",
            panels=[
                graph(
                    f"Bad requests, {window}",
                    f"The share of requests that were bad within {words}.",
                    Unit.SHARE,
                    (f"max by (cluster, slo) ({_ERRORS}{window}{_MINE})", "{{cluster}} {{slo}}"),
                )
                for window, words in (
                    ("5m", "five minutes"),
                    ("1h", "an hour"),
                    ("6h", "six hours"),
                    ("3d", "three days"),
                )
            ],
        ),
    ],
)
