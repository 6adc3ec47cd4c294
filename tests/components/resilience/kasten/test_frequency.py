"""What cron says becomes what Kasten says, at the same times, or is refused; and what is kept reaches as far back."""

from datetime import datetime, timedelta
from itertools import pairwise, product

import pytest

from components.kit import cron
from components.resilience.backup.classes import CLASSES
from components.resilience.kasten.frequency import Frequency, frequency

_BEGIN = datetime(2026, 1, 5)  # noqa: DTZ001 - everything is in UTC here, a Monday


def _runs(when: Frequency, days: int) -> list[datetime]:
    """Return when Kasten would run a policy, as its documentation explains a sub-frequency."""
    found = []
    for day in (_BEGIN + timedelta(days=number) for number in range(days)):
        if day.isoweekday() % 7 not in when.within.get("weekdays", range(7)):
            continue
        if day.day not in when.within.get("days", range(1, 32)):
            continue
        hours = when.within.get("hours", range(24))
        found += [day.replace(hour=hour, minute=minute) for hour, minute in product(hours, when.within["minutes"])]
    return found


@pytest.mark.parametrize(
    ("expression", "period", "within", "runs"),
    [
        ("0 */4 * * *", "daily", {"minutes": [0], "hours": [0, 4, 8, 12, 16, 20]}, 6),
        ("30 1 * * *", "daily", {"minutes": [30], "hours": [1]}, 1),
        ("0 3 * * 0", "weekly", {"minutes": [0], "hours": [3], "weekdays": [0]}, 1),
        ("0 3 * * 7", "weekly", {"minutes": [0], "hours": [3], "weekdays": [0]}, 1),
        ("0 3 * * 1-5", "weekly", {"minutes": [0], "hours": [3], "weekdays": [1, 2, 3, 4, 5]}, 5),
        ("*/20 * * * *", "hourly", {"minutes": [0, 20, 40]}, 3),
        ("15 2 1,15 * *", "monthly", {"minutes": [15], "hours": [2], "days": [1, 15]}, 2),
    ],
)
def test_a_schedule_is_said_in_kastens_words(
    expression: str, period: str, within: dict[str, list[int]], runs: int
) -> None:
    assert frequency(expression) == Frequency(period=period, within=within, runs=runs)


@pytest.mark.parametrize(
    "expression", ["0 */4 * * *", "0 */5 * * *", "30 1 * * *", "0 3 * * 1-5", "*/20 * * * *", "15 2 1,15 * *"]
)
def test_it_runs_as_seldom_and_as_often_as_cron_would_have_it(expression: str) -> None:
    times = _runs(frequency(expression), 800)
    between = {later - earlier for earlier, later in pairwise(times)}

    assert (max(between), min(between)) == cron.gaps(expression)


@pytest.mark.parametrize("days", [1, 5, 30, 32, 35, 100])
@pytest.mark.parametrize("expression", ["0 */4 * * *", "30 1 * * *", "0 3 * * 1,4", "*/20 * * * *", "15 2 1,15 * *"])
def test_what_is_kept_is_never_less_than_what_ran_in_so_many_days(expression: str, days: int) -> None:
    when = frequency(expression)
    times = _runs(when, 500)
    most = max(
        sum(begin <= time < begin + timedelta(days=days) for time in times)
        for begin in (_BEGIN + timedelta(days=number) for number in range(0, 500 - days, 7))
    )

    assert most <= when.kept(days)[when.period]


def test_the_classes_keep_as_many_backups_as_their_days_have_runs() -> None:
    kept = {str(name): frequency(plan.schedule).kept(plan.retention_days) for name, plan in CLASSES.items()}

    # 35 days of six, 32 days of one, and 100 days of one a week, rounded up.
    assert kept == {"gold": {"daily": 210}, "silver": {"daily": 32}, "bronze": {"weekly": 15}}


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("0 3 1 1 *", "names months"),
        ("0 3 1 * 1", "not both"),
        ("0,30 3 * * *", "several minutes"),
        ("0 3,15 * * 1", "several hours"),
        ("0 3,15 1 * *", "several hours"),
        ("0 3 31 * *", "day 31 is not in every month"),
        ("0 3 * *", "has 4 fields"),
    ],
)
def test_a_schedule_for_which_kasten_has_no_words_is_refused_with_the_reason(expression: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        frequency(expression)
