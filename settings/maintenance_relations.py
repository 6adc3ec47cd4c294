"""What must hold between the window of maintenance and other times that a stack names."""

import re
from collections.abc import Iterator
from typing import Final

from components.capacity.capacity_settings import CapacitySettings, QuietHours
from components.kit.maintenance import MaintenanceSettings, Weekday
from components.observability.alerting.maintenance import PLATFORM
from components.observability.settings import ObservabilitySettings
from settings.relations import Conflict, Relation

_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
_WEEK: Final = 7 * _DAY
# Of a cron schedule what is read here: one minute of one hour, on days of the week. Nothing is concluded from others.
_SCHEDULE: Final = re.compile(r"^(\d{1,2})\s+(\d{1,2})\s+\*\s+\*\s+([a-z,*-]+)$")


def the_platforms_window_has_its_name_alone(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield a window of the stack's own under the name of the platform's."""
    if PLATFORM in observability.alerting.maintenance:
        yield Conflict(
            keys=(("observability", "alerting", "maintenance", PLATFORM), ("maintenance", "window")),
            why="has the name of the platform's own window, which stands in maintenance.window: take it away, or call "
            "it something else",
        )


def quiet_hours_leave_time_for_maintenance(
    capacity: CapacitySettings, maintenance: MaintenanceSettings
) -> Iterator[Conflict]:
    """Yield the window if no minute of it is left beside the hours in which Karpenter replaces nothing."""
    window, karpenter = maintenance.window, capacity.karpenter
    if window and karpenter and karpenter.quiet_hours and window.minutes() <= _quiet(karpenter.quiet_hours):
        yield Conflict(
            keys=(("maintenance", "window"), ("capacity", "karpenter", "quiet_hours")),
            why="lies within Karpenter's quiet hours, in which no node is replaced, and so none would ever be",
        )


def _quiet(hours: QuietHours) -> frozenset[int]:
    """Return the minutes of the week that are quiet; none if the schedule is one that is not read here."""
    found = _SCHEDULE.match(hours.schedule)
    if not found:
        return frozenset()
    begins = int(found[2]) * _HOUR + int(found[1])
    return frozenset(
        (day * _DAY + begins + minute) % _WEEK for day in _days(found[3]) for minute in range(hours.hours * _HOUR)
    )


def _days(text: str) -> Iterator[int]:
    """Yield the numbers of the days that a schedule names, Monday's being 0: ``mon-fri``, ``sat,sun``, ``*``."""
    names = [day.short for day in Weekday]
    for part in text.split(","):
        first, _, last = part.partition("-")
        if part == "*":
            yield from range(len(names))
        elif first in names and (last or first) in names:
            yield from range(names.index(first), names.index(last or first) + 1)


RELATIONS: Final[tuple[Relation, ...]] = (
    the_platforms_window_has_its_name_alone,
    quiet_hours_leave_time_for_maintenance,
)
