"""When what the platform does by itself may interrupt: one window, in the words of everyone who must keep to it."""

from collections import defaultdict
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Final

from pydantic import Field, field_validator

from components.kit.settings import Settings

_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
_WEEK: Final = 7 * _DAY
# Beyond half a day nobody watches it to its end, and the daily backup of a database has no room beside it.
_LONGEST_HOURS: Final = 12
# Half an hour is the least that RDS takes; a database's backup is done within an hour as a rule, and half an hour later
# where it is not.
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html (PreferredBackupWindow)
_BACKUP: Final = _HOUR
_APART: Final = _HOUR // 2


class Weekday(StrEnum):
    """A day of the week, in Alertmanager's words."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def following(self) -> "Weekday":
        """The next day."""
        return _DAYS[(_DAYS.index(self) + 1) % len(_DAYS)]

    @property
    def short(self) -> str:
        """Its first three letters, as RDS and cron write it."""
        return self.value[:3]


_DAYS: Final = tuple(Weekday)

Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["22:00"])]
"""A time of day, to the minute."""


class MaintenanceWindow(Settings):
    """A window that comes back on its days. Its clock is UTC, which RDS and Karpenter know alone."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1, examples=[["saturday"]])]
    """The days on which it begins. What needs one day only, such as a database's own maintenance, takes the first."""

    start: Annotated[Clock, Field(examples=["02:00"])]
    """When it begins, in UTC."""

    hours: Annotated[int, Field(ge=1, le=_LONGEST_HOURS)]
    """How long it lasts."""

    @field_validator("days")
    @classmethod
    def _each_day_once(cls, days: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
        if len(set(days)) < len(days):
            raise ValueError("names a day twice")
        return days

    @property
    def begins(self) -> int:
        """The minute of the day at which it begins."""
        hours, _, minutes = self.start.partition(":")
        return int(hours) * _HOUR + int(minutes)

    @property
    def end(self) -> str:
        """When it ends, perhaps on the next day."""
        return _clock(self.begins + self.hours * _HOUR)

    @property
    def of_a_database(self) -> str:
        """The week's one window in which RDS may restart an instance, as RDS writes it: ``sat:02:00-sat:06:00``."""
        first = self.days[0]
        last = first.following if self.begins + self.hours * _HOUR >= _DAY else first
        return f"{first.short}:{self.start}-{last.short}:{self.end}"

    @property
    def of_its_backups(self) -> str:
        """The daily window of a database's backups: shortly before, so that one is fresh, and never within it."""
        return f"{_clock(self.begins - _APART - _BACKUP)}-{_clock(self.begins - _APART)}"

    @property
    def outside(self) -> tuple[tuple[str, str], ...]:
        """The times beside it, as cron schedules with how long each lasts: ``("0 6 * * sat", "164h")``."""
        after: dict[int, list[Weekday]] = defaultdict(list)
        for end, length in self._gaps():
            after[length].append(_DAYS[end // _DAY])
        minute, hour = (self.begins + self.hours * _HOUR) % _HOUR, (self.begins + self.hours * _HOUR) % _DAY // _HOUR
        return tuple(
            (f"{minute} {hour} * * {','.join(day.short for day in days)}", f"{length // _HOUR}h")
            for length, days in sorted(after.items())
        )

    def minutes(self) -> frozenset[int]:
        """Return the minutes of the week that are within it, Monday's first being 0."""
        return frozenset((start + minute) % _WEEK for start in self._starts() for minute in range(self.hours * _HOUR))

    def _gaps(self) -> Iterator[tuple[int, int]]:
        """Yield each end within the week, and the minutes until it begins again."""
        starts = self._starts()
        for start, following in pairwise([*starts, starts[0] + _WEEK]):
            end = start + self.hours * _HOUR
            yield end % _WEEK, following - end

    def _starts(self) -> list[int]:
        return sorted(_DAYS.index(day) * _DAY + self.begins for day in self.days)


class MaintenanceSettings(Settings):
    """When what the platform does by itself may interrupt."""

    window: MaintenanceWindow | None = None
    """The window in which AWS restarts databases and Karpenter replaces nodes that are out of date; routes of alerts
    may be quiet in it, by the name `platform-maintenance`. Unset: at any time, databases at one of AWS's choice."""


def _clock(minute: int) -> str:
    return f"{minute % _DAY // _HOUR:02}:{minute % _HOUR:02}"
