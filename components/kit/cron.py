"""What a cron expression says: its runs, the longest time between two of them, and the shortest."""

import calendar
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Final

PATTERN: Final = r"^([0-9*/,-]+ ){4}[0-9*/,-]+$"
"""Five fields of numbers: what Velero's parser and Kubernetes' both take, without names and without seconds."""

_RANGES: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
# With both given a day must satisfy one of them, not both: https://man7.org/linux/man-pages/man5/crontab.5.html
_DAY, _MONTH, _WEEKDAY = 2, 3, 4
_SUNDAY: Final = 7
# Every pair of a day of the year and a day of the week, February 29 included, is in these 28 years.
_FIRST: Final = date(2001, 1, 1)
_LAST: Final = date(2028, 12, 31)


def gaps(expression: str) -> tuple[timedelta, timedelta]:
    """Return the longest and the shortest time between two runs.

    Raises:
        ValueError: the expression is none, or it never runs twice.

    """
    return _gaps(expression)


def values(expression: str) -> list[frozenset[int]]:
    """Return what each field stands for: minutes, hours, days, months, days of the week.

    Raises:
        ValueError: the expression is none.

    """
    fields = expression.split()
    if len(fields) != len(_RANGES):
        raise ValueError(f"{expression!r} has {len(fields)} fields, and cron has {len(_RANGES)}")
    return [frozenset(_field(text, low, high)) for text, (low, high) in zip(fields, _RANGES, strict=True)]


@cache
def days(expression: str) -> tuple[date, ...]:
    """Return the days of 28 years, in which each date falls on each day of the week, on which it runs.

    Raises:
        ValueError: the expression is none.

    """
    fields, meant = expression.split(), values(expression)
    return tuple(day for day in _days() if _runs_on(day, fields, meant))


@cache
def minutes(expression: str) -> tuple[int, ...]:
    """Return the minutes of such a day at which it runs, in order.

    Raises:
        ValueError: the expression is none.

    """
    meant = values(expression)
    return tuple(sorted(60 * hour + minute for hour in meant[1] for minute in meant[0]))


@cache
def _gaps(expression: str) -> tuple[timedelta, timedelta]:
    of_a_day = [time(*divmod(minute, 60)) for minute in minutes(expression)]
    # At most one run is left out at either end, which a gap of 28 years' runs does not notice.
    found = {_between(earlier, later) for earlier, later in pairwise(of_a_day)} if days(expression) else set()
    found |= {
        datetime.combine(later, of_a_day[0]) - datetime.combine(earlier, of_a_day[-1])
        for earlier, later in pairwise(days(expression))
    }
    if not found:
        raise ValueError(f"{expression!r} never runs twice")
    return max(found), min(found)


def _between(earlier: time, later: time) -> timedelta:
    return datetime.combine(_FIRST, later) - datetime.combine(_FIRST, earlier)


def _field(text: str, low: int, high: int) -> Iterator[int]:
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        try:
            start = low if span == "*" else int(first)
            end = high if span == "*" or (step and not dash) else int(last or first)
            every = int(step or 1)
        except ValueError:
            raise ValueError(f"{part!r} is no part of a field of cron") from None
        if not (low <= start <= end <= high and every):
            raise ValueError(f"{part!r} is not within {low} to {high}")
        yield from range(start, end + 1, every)


def _days() -> Iterator[date]:
    for year in range(_FIRST.year, _LAST.year + 1):
        for month in range(1, 13):
            for day in range(1, calendar.monthrange(year, month)[1] + 1):
                yield date(year, month, day)


def _runs_on(day: date, fields: list[str], meant: list[frozenset[int]]) -> bool:
    of_month = day.day in meant[_DAY]
    weekday = day.isoweekday()
    of_week = weekday in meant[_WEEKDAY] or (weekday == _SUNDAY and 0 in meant[_WEEKDAY])
    both_given = not fields[_DAY].startswith("*") and not fields[_WEEKDAY].startswith("*")
    return day.month in meant[_MONTH] and (of_month or of_week if both_given else of_month and of_week)
