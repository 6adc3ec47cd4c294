"""How Kasten says when a policy runs, made of cron; what it cannot say is refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

from components.kit import cron

_MINUTES, _HOURS, _DAYS, _MONTHS, _WEEKDAYS = range(5)
_HOURS_OF_A_DAY: Final = 24
# The shortest month, so that a count of months is never too small.
_SHORTEST_MONTH: Final = 28
_SUNDAY: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    """When a policy runs, in Kasten's words.

    Attributes:
        period: How often it begins anew: ``hourly``, ``daily``, ``weekly`` or ``monthly``.
        within: When it runs within a period, as `subFrequency` has it, in UTC.
        runs: How many times that is.

    """

    period: str
    within: Mapping[str, Sequence[int]]
    runs: int

    def kept(self, days: int) -> dict[str, int]:
        """Return how many backups reach back so many days, as `retention` has it.

        Kasten counts runs, not time: all that run within a period count towards its number.
        https://docs.kasten.io/latest/usage/protect/ ("Retention Schedules", "Advanced Schedule Options")
        """
        periods = {
            "hourly": days * _HOURS_OF_A_DAY,
            "daily": days,
            "weekly": -(-days // 7),
            "monthly": -(-days // _SHORTEST_MONTH),
        }
        return {self.period: periods[self.period] * self.runs}

    @property
    def of_one_period(self) -> dict[str, int]:
        """How many backups a period has, as `retention` has it."""
        return {self.period: self.runs}


def frequency(expression: str) -> Frequency:
    """Return when a policy runs.

    Raises:
        ValueError: Kasten cannot say it; the text tells why.

    """
    values = [sorted(each) for each in cron.values(expression)]
    given = [not field.startswith("*") or "/" in field for field in expression.split()]
    for objection in _objections(values, given):
        raise ValueError(objection)
    within = {"minutes": values[_MINUTES]}
    if not (given[_HOURS] or given[_DAYS] or given[_WEEKDAYS]):
        return _runs("hourly", within)
    within["hours"] = values[_HOURS]
    if given[_WEEKDAYS]:
        return _runs("weekly", within | {"weekdays": sorted({day % _SUNDAY for day in values[_WEEKDAYS]})})
    return _runs("monthly", within | {"days": values[_DAYS]}) if given[_DAYS] else _runs("daily", within)


def _objections(values: Sequence[Sequence[int]], given: Sequence[bool]) -> Iterator[str]:
    on_days = given[_DAYS] or given[_WEEKDAYS]
    if given[_MONTHS]:
        yield "Kasten names months for what runs once a year only"
    if given[_DAYS] and given[_WEEKDAYS]:
        yield "Kasten takes days of the month or of the week, not both"
    if len(values[_MINUTES]) > 1 and (given[_HOURS] or on_days):
        yield "Kasten takes several minutes for what runs every hour only"
    if len(values[_HOURS]) > 1 and on_days:
        yield "Kasten takes several hours for what runs every day only"
    if given[_DAYS] and values[_DAYS][-1] > _SHORTEST_MONTH:
        yield f"day {values[_DAYS][-1]} is not in every month"


def _runs(period: str, within: Mapping[str, Sequence[int]]) -> Frequency:
    return Frequency(period=period, within=within, runs=prod(len(each) for each in within.values()))
