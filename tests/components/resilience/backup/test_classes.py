"""What a class can lose and how far it reaches back follows from its schedule, and every class keeps its promise."""

from datetime import timedelta

import pytest

from components.kit import cron
from components.resilience.backup.classes import (
    CLASSES,
    PLATFORM,
    STATEFUL,
    BackupClass,
    Choice,
    Plan,
    overlaps,
    reaches_back,
    worst_loss,
)
from components.resilience.backup.settings import BackupSettings
from components.security.namespaces import PLATFORM as NAMESPACES
from tests.components import examples

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("expression", "longest", "shortest"),
    [
        ("0 * * * *", HOUR, HOUR),
        ("0 */4 * * *", 4 * HOUR, 4 * HOUR),
        # Steps begin anew each day: 0, 5, 10, 15, 20 and then 0.
        ("0 */5 * * *", 5 * HOUR, 4 * HOUR),
        ("30 1,13 * * *", 12 * HOUR, 12 * HOUR),
        ("30 1 * * *", DAY, DAY),
        ("0 3 * * 0", 7 * DAY, 7 * DAY),
        ("0 3 * * 7", 7 * DAY, 7 * DAY),
        ("0 3 * * 1-5", 3 * DAY, DAY),
        ("0 3 1 * *", 31 * DAY, 28 * DAY),
        # A day of the month or one of the week, when both are given.
        ("0 3 1 * 1", 7 * DAY, DAY),
        ("10-20/10 3 * * *", DAY - 10 * timedelta(minutes=1), timedelta(minutes=10)),
        ("0 3 29 2 *", 1461 * DAY, 1461 * DAY),
    ],
)
def test_the_time_between_two_runs_is_that_of_cron(expression: str, longest: timedelta, shortest: timedelta) -> None:
    assert cron.gaps(expression) == (longest, shortest)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("0 3 * *", "4 fields"),
        ("60 3 * * *", "0 to 59"),
        ("0 3 * * 8", "0 to 7"),
        ("0 3 30 2 *", "never runs"),
        ("0 5-3 * * *", "not within"),
        ("0 */0 * * *", "not within"),
        ("0 , * * *", "no part"),
    ],
)
def test_an_expression_that_never_runs_is_refused(expression: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        cron.gaps(expression)


@pytest.mark.parametrize(
    ("backup_class", "loss", "back"),
    [
        (BackupClass.GOLD, 6 * HOUR, 34 * DAY + 18 * HOUR),
        (BackupClass.SILVER, 28 * HOUR, 30 * DAY + 20 * HOUR),
        (BackupClass.BRONZE, 172 * HOUR, 92 * DAY + 20 * HOUR),
    ],
)
def test_each_class_keeps_its_promise(backup_class: BackupClass, loss: timedelta, back: timedelta) -> None:
    plan = CLASSES[backup_class]

    assert worst_loss(plan) == loss <= plan.rpo_hours * HOUR
    assert reaches_back(plan) == back >= plan.history_days * DAY
    assert not overlaps(plan)


def test_a_backup_that_may_last_until_the_next_overlaps() -> None:
    plan = Plan(schedule="0 */4 * * *", retention_days=1, move_data=True, timeout_hours=4, rpo_hours=8, history_days=1)

    assert overlaps(plan)


def test_a_stack_changes_of_a_class_what_it_names_and_nothing_else() -> None:
    settings = examples.parsed(BackupSettings, classes={"gold": {"retention_days": 90, "move_data": False}})

    assert settings.plans[BackupClass.GOLD].retention_days == 90
    assert settings.plans[BackupClass.GOLD].move_data is False
    assert settings.plans[BackupClass.GOLD].schedule == CLASSES[BackupClass.GOLD].schedule
    assert settings.plans[BackupClass.SILVER] == CLASSES[BackupClass.SILVER]
    assert settings.longest_days == 100


def test_every_namespace_with_volumes_has_a_class_and_exists() -> None:
    names = {namespace.name for namespace in NAMESPACES}

    assert {*STATEFUL, *PLATFORM} <= names
    assert all(PLATFORM[namespace] is not Choice.NONE for namespace in STATEFUL)
