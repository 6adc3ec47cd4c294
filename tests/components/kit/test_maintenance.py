"""One window of maintenance is the same minutes to RDS, Karpenter and Alertmanager, and none of them is impossible."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.rds.utils import valid_preferred_maintenance_window as refusal_of_rds
from pydantic import ValidationError

from components.kit.maintenance import MaintenanceWindow, Weekday
from components.observability.alerting import maintenance
from components.observability.alerting.configuration import window as of_alertmanager
from components.observability.alerting.settings import AlertingSettings
from tests.components import examples

_WEEK = 7 * 24 * 60
_SHORT = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WINDOWS: tuple[dict[str, Any], ...] = (
    {"days": ["saturday"], "start": "02:00", "hours": 4},
    {"days": ["tuesday", "thursday"], "start": "22:30", "hours": 4},
    {"days": ["sunday"], "start": "23:00", "hours": 1},
    {"days": ["sunday", "wednesday"], "start": "20:00", "hours": 12},
    {"days": ["monday"], "start": "00:00", "hours": 1},
    {"days": [day.value for day in Weekday], "start": "12:15", "hours": 12},
)


def _window(**given: Any) -> MaintenanceWindow:
    return examples.parsed(MaintenanceWindow, **given)


def _minute(day: str, clock: str) -> int:
    hours, minutes = clock.split(":")
    return _SHORT.index(day[:3]) * 1440 + int(hours) * 60 + int(minutes)


def _span(start: int, end: int) -> set[int]:
    return {minute % _WEEK for minute in range(start, end if end > start else end + _WEEK)}


def _of_karpenter(window: MaintenanceWindow) -> set[int]:
    """Return the minutes in which Karpenter's budgets forbid a replacement."""
    forbidden: set[int] = set()
    for schedule, duration in window.outside:
        minute, hour, _, _, days = schedule.split()
        for day in days.split(","):
            start = _SHORT.index(day) * 1440 + int(hour) * 60 + int(minute)
            forbidden |= _span(start, start + int(duration.removesuffix("h")) * 60)
    return forbidden


@pytest.mark.parametrize("given", _WINDOWS, ids=lambda given: f"{given['days'][0]}-{given['start']}")
def test_karpenter_is_forbidden_every_minute_beside_the_window_and_none_within(given: dict[str, Any]) -> None:
    window = _window(**given)

    assert _of_karpenter(window) == set(range(_WEEK)) - window.minutes()
    assert len(window.minutes()) == len(given["days"]) * given["hours"] * 60


@pytest.mark.parametrize("given", _WINDOWS, ids=lambda given: f"{given['days'][0]}-{given['start']}")
def test_rds_maintains_on_the_first_day_and_backs_up_before_it(given: dict[str, Any]) -> None:
    window = _window(**given)
    first, last = window.of_a_database.split("-")
    maintained = _span(_minute(first[:3], first[4:]), _minute(last[:3], last[4:]))
    start, end = window.of_its_backups.split("-")
    backed_up = {minute for day in _SHORT for minute in _span(_minute(day, start), _minute(day, start) + 60)}

    assert maintained == _window(**{**given, "days": given["days"][:1]}).minutes()
    assert (_minute("mon", given["start"]) - _minute("mon", end)) % 1440 == 30
    # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html: half an hour, apart.
    assert len(maintained) >= 30
    assert not backed_up & maintained
    # moto takes a window over the week's end for one of six days; its own example is such a window.
    if not (first.startswith("sun") and last.startswith("mon")):
        assert refusal_of_rds(window.of_a_database, window.of_its_backups) is None


def test_the_windows_are_written_as_rds_and_cron_write_them() -> None:
    window = _window(days=["saturday"], start="22:30", hours=4)

    assert (window.of_a_database, window.of_its_backups) == ("sat:22:30-sun:02:30", "21:00-22:00")
    assert window.outside == (("30 2 * * sun", "164h"),)
    assert _window(days=["tuesday", "wednesday"], start="01:00", hours=2).outside == (
        ("0 3 * * tue", "22h"),
        ("0 3 * * wed", "142h"),
    )


@pytest.mark.parametrize("given", _WINDOWS, ids=lambda given: f"{given['days'][0]}-{given['start']}")
def test_alertmanager_is_quiet_in_the_same_minutes(given: dict[str, Any]) -> None:
    window = _window(**given)
    own = maintenance.within(AlertingSettings(), window).maintenance[maintenance.PLATFORM]
    quiet: set[int] = set()
    for part in of_alertmanager(maintenance.PLATFORM, own)["time_intervals"]:
        assert part["location"] == "UTC"
        for day in part["weekdays"]:
            for times in part["times"]:
                end = 1440 if times["end_time"] == "24:00" else _minute("mon", times["end_time"])
                quiet |= _span(_minute(day, times["start_time"]), _minute(day, "00:00") + end)

    assert quiet == window.minutes()


def test_without_a_window_alerting_stays_as_it_is() -> None:
    settings = AlertingSettings()

    assert maintenance.within(settings, None) is settings


@pytest.mark.parametrize(
    "wrong",
    [{"hours": 0}, {"hours": 13}, {"days": []}, {"days": ["sunday", "sunday"]}, {"days": ["sun"]}, {"start": "24:00"}],
    ids=str,
)
def test_an_impossible_window_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _window(**{"days": ["saturday"], "start": "02:00", "hours": 4, **wrong})


def test_days_are_named_as_python_names_them() -> None:
    monday = datetime(2026, 11, 23, tzinfo=UTC)

    assert [(monday + timedelta(days=index)).strftime("%A").lower() for index in range(7)] == list(Weekday)
    assert Weekday.SUNDAY.following is Weekday.MONDAY
