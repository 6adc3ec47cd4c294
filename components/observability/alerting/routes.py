"""Which alerts go to whom, and when they do not: routes, windows of maintenance and silences as data."""

from typing import Annotated, Final

from pydantic import Field

from components.kit.maintenance import Clock, Weekday
from components.kit.monitoring import Severity
from components.kit.settings import Day, Settings
from components.observability.alerting.receivers import Name

_MINUTES_OF_A_DAY: Final = 1440

Label = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]+$", max_length=253)]
"""The value of a label, exactly."""


LabelName = Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")]
"""The name of a label."""


class Match(Settings):
    """Which alerts are meant: those that fit in every respect that is given, by one of the values there."""

    severities: list[Severity] = Field(default=[])
    """`critical`, `warning`, `info`."""

    owners: list[Name] = Field(default=[])
    """Who acts on them: the platform's own (platform, security, network, storage, data, observability) or `teams`."""

    alerts: list[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]] = Field(default=[])
    """Names of alerts."""

    namespaces: list[Name] = Field(default=[])
    """Namespaces they are about."""

    clusters: list[Label] = Field(default=[])
    """Clusters they are about."""

    @property
    def matchers(self) -> dict[str, list[str]]:
        """The labels that must have one of some values; without those that say nothing."""
        chosen = {
            "severity": [str(severity) for severity in self.severities],
            "owner": self.owners,
            "alertname": self.alerts,
            "namespace": self.namespaces,
            "cluster": self.clusters,
        }
        return {label: values for label, values in chosen.items() if values}


class Route(Match):
    """The way of some alerts to a receiver. The first that fits is taken, unless it goes on."""

    receiver: Name
    """Whom they go to, by the name in `receivers`."""

    go_on: bool = False
    """Whether the routes below are asked too, for another receiver."""

    group_by: (
        Annotated[list[Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")]], Field(min_length=1)] | None
    ) = None
    """The labels whose values one notification has in common; `cluster`, `alertname` and `namespace` unless set."""

    quiet_in: list[Name] = Field(default=[])
    """The windows of `maintenance` in which nobody is told, and `platform-maintenance`, the platform's own. What still
    fires at their end is told then."""


class Window(Settings):
    """A window of maintenance that comes back every week."""

    reason: Annotated[str, Field(min_length=10, examples=["nodes are replaced in this night"])]
    """What is done in it."""

    days: Annotated[list[Weekday], Field(min_length=1, examples=[["sunday"]])]
    """The days on which it begins."""

    start: Clock
    """When it begins."""

    end: Clock
    """When it ends; on the next day, if that is not after its beginning."""

    time_zone: Annotated[str, Field(pattern=r"^(UTC|[A-Z][A-Za-z]+(/[A-Za-z_+-]+)+)$", examples=["Europe/Berlin"])] = (
        "UTC"
    )
    """Whose clock."""


class Silence(Match):
    """Alerts that nobody is told of until a day: somebody knows of them and is at it."""

    reason: Annotated[str, Field(min_length=10, examples=["the disk is replaced on Thursday, CHG0030001"])]
    """Why."""

    owner: Name
    """Who answers for it."""

    until: Day
    """The last day, in UTC. Once it is over the settings are refused until the silence is taken away."""


class Timing(Settings):
    """How soon and how often somebody is told."""

    wait_seconds: Annotated[int, Field(ge=0, le=600)]
    """How long a first notification waits for others of its group."""

    interval_minutes: Annotated[int, Field(ge=1, le=120)]
    """How long the next one waits, when something is new in the group."""

    repeat_minutes: Annotated[int, Field(ge=5, le=7 * _MINUTES_OF_A_DAY)]
    """How often one is repeated while nothing is new."""


class Timings(Settings):
    """How soon and how often somebody is told, by severity."""

    critical: Timing = Timing(wait_seconds=10, interval_minutes=1, repeat_minutes=60)
    """Of what must be acted on now."""

    warning: Timing = Timing(wait_seconds=60, interval_minutes=5, repeat_minutes=720)
    """Of what must be acted on some time."""

    info: Timing = Timing(wait_seconds=300, interval_minutes=30, repeat_minutes=_MINUTES_OF_A_DAY)
    """Of what need not be acted on."""

    def of(self, severity: Severity) -> Timing:
        """Return a severity's."""
        timing: Timing = getattr(self, severity.value)
        return timing
