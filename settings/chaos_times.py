"""What must hold of the hours of experiments: one fault at a time, and none after the last day that is allowed."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from typing import Final

from components.kit import cron
from components.resilience.chaos.settings import ChaosSettings, Experiment
from settings.relations import Conflict, Relation

LONGEST: Final = timedelta(days=14)
"""How far ahead chaos may be allowed in a stack that holds data."""

# Until what failed is sound again, its alerts are silent, and a scrape has seen that no fault of the kind is at work.
_APART_MINUTES: Final = 15
_DAY_MINUTES: Final = 24 * 60
_EXPERIMENTS: Final = ("chaos", "experiments")


def an_experiment_ends_before_it_begins_again(chaos: ChaosSettings) -> Iterator[Conflict]:
    """Yield the experiments whose schedules leave no time to recover."""
    for name, experiment in chaos.experiments.items():
        _, shortest = cron.gaps(experiment.schedule)
        least = timedelta(minutes=experiment.minutes + _APART_MINUTES)
        if shortest < least:
            yield Conflict(
                keys=((*_EXPERIMENTS, name, "schedule"), (*_EXPERIMENTS, name, "minutes")),
                why=f"begins again after {shortest // timedelta(minutes=1)} minutes, and lasts {experiment.minutes}: "
                f"leave {_APART_MINUTES} to recover",
            )


def one_fault_at_a_time(chaos: ChaosSettings) -> Iterator[Conflict]:
    """Yield the experiments that may be at work with another: what fails then is neither's doing."""
    running = [(name, each) for name, each in chaos.experiments.items() if not each.paused]
    for (first, one), (name, other) in combinations(running, 2):
        if _meet(one, other):
            yield Conflict(
                keys=((*_EXPERIMENTS, name, "schedule"), (*_EXPERIMENTS, first, "schedule")),
                why=f"may begin while {first} is at work, less than {_APART_MINUTES} minutes after it, or just before "
                "it: nobody could tell which of the two was not borne",
            )


def allowed_until(today: date) -> Relation:
    """Return the relation between the permission of chaos, the day, and what would go on after it."""

    def the_permission_holds(chaos: ChaosSettings) -> Iterator[Conflict]:
        allowed, path = chaos.allowed, ("chaos", "allowed", "until")
        if allowed is None:
            return
        if allowed.until < today:
            yield Conflict(
                keys=(path, ("chaos", "enabled")),
                why=f"is over: {allowed.owner} allowed chaos until then ({allowed.reason}); turn it off and take the "
                "permission away, or have it allowed anew",
            )
        elif allowed.until - today > LONGEST:
            yield Conflict(
                keys=(path,),
                why=f"is more than {LONGEST.days} days away: by then it is how things are, not what was allowed",
                remedy=(today + LONGEST).isoformat(),
            )
        else:
            yield from _what_goes_on(chaos, today, allowed.until)

    return the_permission_holds


def _what_goes_on(chaos: ChaosSettings, today: date, until: date) -> Iterator[Conflict]:
    for name, experiment in chaos.experiments.items() if chaos.enabled else ():
        if not experiment.paused and not _is_over_with(experiment.schedule, today, until):
            minute, hour, *_ = experiment.schedule.split()
            yield Conflict(
                keys=((*_EXPERIMENTS, name, "schedule"), ("chaos", "allowed", "until")),
                why=f"goes on after {until}, whatever is refused here then: the cluster asks nobody. Name one day, not "
                "later, with its month and any weekday, or leave it paused and let it go once "
                "(docs/runbooks/chaos-drill.md)",
                remedy=f"{minute} {hour} {until.day} {until.month} *",
            )


def _is_over_with(schedule: str, today: date, until: date) -> bool:
    """Return whether a schedule runs on one day of each year alone, and that day is still to come and allowed."""
    _, _, days, months, _ = cron.values(schedule)
    if len(days) > 1 or len(months) > 1 or not schedule.endswith(" *"):
        return False
    allowed = (today + timedelta(days=ahead) for ahead in range((until - today).days + 1))
    return any(day.day in days and day.month in months for day in allowed)


def _meet(one: Experiment, other: Experiment) -> bool:
    days = frozenset(cron.days(other.schedule))
    return any(
        _meet_within(one, other, ahead * _DAY_MINUTES)
        for ahead in (-1, 0, 1)
        if not days.isdisjoint(day + timedelta(days=ahead) for day in cron.days(one.schedule))
    )


def _meet_within(one: Experiment, other: Experiment, ahead: int) -> bool:
    """Return whether one is at work with another that runs on days so many minutes ahead."""
    starts = cron.minutes(other.schedule)
    for start in cron.minutes(one.schedule):
        first_apart_before = start - ahead - other.minutes - _APART_MINUTES
        first_apart_after = start - ahead + one.minutes + _APART_MINUTES
        following = bisect_right(starts, first_apart_before)
        if following < len(starts) and starts[following] < first_apart_after:
            return True
    return False
