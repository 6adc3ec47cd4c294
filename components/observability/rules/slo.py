"""Service level objectives: what a service promises, and the rules that tell how fast it breaks its promise.

The windows and factors are the SRE workbook's: https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Self

from pydantic import Field, model_validator

from components.kit.monitoring import Owner, Severity
from components.kit.settings import Settings

PERIOD: Final = "30d"
"""The time over which an objective holds; the factors below are shares of its budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """A rate of burning at which somebody is told.

    Attributes:
        factor: How many times faster than the budget allows.
        short: The window that makes the alert end soon after the trouble.
        long: The window that keeps it silent about what is over in a moment.

    """

    factor: float
    short: str
    long: str


BURNS: Final[Mapping[Severity, tuple[Burn, Burn]]] = {
    # 2% of the budget in an hour, 5% in six.
    Severity.CRITICAL: (Burn(factor=14.4, short="5m", long="1h"), Burn(factor=6, short="30m", long="6h")),
    # 10% of the budget in a day, 10% in three.
    Severity.WARNING: (Burn(factor=3, short="2h", long="1d"), Burn(factor=1, short="6h", long="3d")),
}
"""When somebody is woken, and when somebody is told."""

ALERTS: Final = {Severity.CRITICAL: "SloBurnsFast", Severity.WARNING: "SloBurnsSlowly"}
"""The alerts' names; the label `slo` tells them apart."""

WINDOWS: Final = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
"""The windows for which the share of errors is recorded."""

Matchers = Mapping[
    Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")],
    Annotated[str, Field(pattern=r'^[^"\\\n]+$')],
]
"""Labels and the regular expressions that their whole values match."""

Metric = Annotated[str, Field(pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:]*$")]


class Availability(Settings):
    """Requests that are not answered with an error."""

    metric: Annotated[Metric, Field(examples=["http_requests_total"])]
    """The counter of all requests."""

    matchers: Annotated[Matchers, Field(min_length=1, examples=[{"namespace": "shop", "job": "cart"}])]
    """Which of its series count."""

    errors: Annotated[Matchers, Field(min_length=1, examples=[{"code": "5.."}])]
    """Which of these are errors."""

    def ratio(self, window: str) -> str:
        """Return the share of requests that failed in a window; nothing where there were none."""
        bad = f"sum(rate({self.metric}{_selector({**self.matchers, **self.errors})}[{window}])) or vector(0)"
        return f"({bad}) / (sum(rate({self.metric}{_selector(self.matchers)}[{window}])) > 0)"


class Latency(Settings):
    """Requests that are answered in time."""

    histogram: Annotated[Metric, Field(examples=["http_request_duration_seconds"])]
    """The histogram of their durations, without `_bucket`."""

    matchers: Annotated[Matchers, Field(min_length=1, examples=[{"namespace": "shop", "job": "cart"}])]
    """Which of its series count."""

    within: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?$", examples=["0.5"])]
    """How long a request may take, as the histogram writes the upper bound of one of its buckets, `le`."""

    def ratio(self, window: str) -> str:
        """Return the share of requests that took longer in a window; nothing where there were none."""
        # A bound of one second is le="1" from one client, le="1.0" from another and from Prometheus 3 itself.
        whole, _, fraction = self.within.partition(".")
        bound = f"{whole}[.]{fraction}" if fraction.strip("0") else f"{whole}([.]0)?"
        good = f"sum(rate({self.histogram}_bucket{_selector({**self.matchers, 'le': bound})}[{window}]))"
        return f"1 - {good} / (sum(rate({self.histogram}_count{_selector(self.matchers)}[{window}])) > 0)"


class Slo(Settings):
    """A promise about a service: of all its requests in 30 days, how many are good."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60, examples=["cart-availability"])]
    """What alerts and dashboards call it."""

    owner: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", examples=["shop"])]
    """Who is told, as routes know them."""

    # Below, the fastest burning would need more errors than there are requests: 14.4 x 7% is more than all.
    target: Annotated[float, Field(ge=95, lt=100, examples=[99.9])]
    """How many of a hundred requests are good."""

    availability: Availability | None = None
    """Good is what is answered without an error."""

    latency: Latency | None = None
    """Good is what is answered in time."""

    @model_validator(mode="after")
    def _measures_one_thing(self) -> Self:
        if (self.availability is None) == (self.latency is None):
            raise ValueError("has either `availability` or `latency`")
        return self

    @property
    def budget(self) -> float:
        """The share of requests that may be bad."""
        # A float's dust would be in every expression: 100 - 99.9 is 0.09999999999999432.
        return round((100 - self.target) / 100, 9)

    @property
    def indicator(self) -> Availability | Latency:
        """What is measured."""
        return self.availability or self.latency  # type: ignore[return-value]  # one of them is there


PLATFORM: Final = (
    Slo(
        name="kube-api-availability",
        owner=Owner.PLATFORM.value,
        # AWS promises as much: https://aws.amazon.com/eks/sla/
        target=99.95,
        availability=Availability(
            metric="apiserver_request_total",
            matchers={"job": "apiserver", "verb": "GET|LIST|POST|PUT|PATCH|DELETE"},
            errors={"code": "5.."},
        ),
    ),
    Slo(
        name="kube-api-latency",
        owner=Owner.PLATFORM.value,
        # https://github.com/kubernetes/community/blob/master/sig-scalability/slos/api_call_latency.md
        target=99,
        latency=Latency(
            histogram="apiserver_request_duration_seconds",
            matchers={
                "job": "apiserver",
                "verb": "POST|PUT|PATCH|DELETE",
                "subresource": "|status|scale|binding",
            },
            within="1",
        ),
    ),
)
"""What every stack promises."""


def groups(slos: Sequence[Slo], runbooks: str) -> list[dict[str, Any]]:
    """Return the rules of some objectives: what they miss in each window, and the alerts.

    Args:
        slos: The objectives.
        runbooks: The address of the folder of the alerts' pages.

    """
    return [{"name": f"slo-{slo.name}", "rules": [*_recordings(slo), *_alerts(slo, runbooks)]} for slo in slos]


def budgets(slos: Sequence[Slo]) -> list[dict[str, Any]]:
    """Return the rules of what is left of the objectives' budgets; they look 30 days back.

    Every moment counts as much as any other, however many requests it had.
    """
    rules = [
        {
            "record": "slo:error_budget_remaining:ratio",
            "expr": f'1 - avg by (cluster, slo) (avg_over_time(slo:errors:ratio_rate5m{{slo="{slo.name}"}}[{PERIOD}])) '
            f"/ {slo.budget:g}",
            "labels": {"slo": slo.name},
        }
        for slo in slos
    ]
    return [{"name": "slo-budgets", "interval": "5m", "rules": rules}] if rules else []


def _recordings(slo: Slo) -> list[dict[str, Any]]:
    return [
        {"record": f"slo:errors:ratio_rate{window}", "expr": slo.indicator.ratio(window), "labels": {"slo": slo.name}}
        for window in WINDOWS
    ]


def _alerts(slo: Slo, runbooks: str) -> list[dict[str, Any]]:
    pages = {Severity.CRITICAL: "slo-burns-fast", Severity.WARNING: "slo-burns-slowly"}
    summaries = {
        Severity.CRITICAL: "A service breaks its promise within days",
        Severity.WARNING: "A service uses up what it may fail",
    }
    return [
        {
            "alert": ALERTS[severity],
            "expr": " or ".join(f"({_burning(slo, burn)})" for burn in burns),
            "labels": {"severity": severity.value, "owner": slo.owner, "slo": slo.name},
            "annotations": {
                "summary": summaries[severity],
                "description": f"{{{{ $value | humanizePercentage }}}} of the requests of {slo.name} are bad; "
                f"{slo.budget * 100:g}% may be.",
                "runbook_url": f"{runbooks}/{pages[severity]}.md",
            },
        }
        for severity, burns in BURNS.items()
    ]


def _burning(slo: Slo, burn: Burn) -> str:
    limit = f"{burn.factor * slo.budget:g}"
    windows = (burn.short, burn.long)
    return " and ".join(f'slo:errors:ratio_rate{window}{{slo="{slo.name}"}} > {limit}' for window in windows)


def _selector(matchers: Mapping[str, str]) -> str:
    return "{" + ", ".join(f'{label}=~"{value}"' for label, value in sorted(matchers.items())) + "}"
