"""One fault is at work at a time, and none when nobody allows it any more."""

from datetime import date
from typing import Any

import pytest

from settings.load import parse
from settings.mend import applied
from settings.problems import Problem
from settings.report import SettingsError
from tests.settings import refusals

_TODAY = date(2026, 11, 21)


@pytest.fixture
def hours(data: dict[str, Any], chaos: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a stack without data, with the experiments that are not paused to be spoilt."""
    data["retain_data"] = False
    del chaos["allowed"]
    chaos["experiments"] = {"crash": _experiment()}
    return data


def _experiment(**values: Any) -> dict[str, Any]:
    return {
        "namespace": "orders",
        "labels": {"app": "orders"},
        "alert": "KubeDeploymentReplicasMissing",
        "pod_crash": {},
        "paused": False,
        **values,
    }


def _allow(data: dict[str, Any], until: str, **values: Any) -> None:
    data["retain_data"] = True
    data["chaos"]["allowed"] = {"until": until, "owner": "platform", "reason": "game day, CHG0030001"}
    data["chaos"]["experiments"]["crash"].update(values)


def _problem(data: dict[str, Any]) -> Problem:
    with pytest.raises(SettingsError) as caught:
        parse(data, stack="prod", today=_TODAY)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2026-11-20", "is over: platform allowed chaos until then"),
        ("2026-11-21", ""),
        ("2026-12-05", ""),
        ("2026-12-06", "is more than 14 days away"),
    ],
)
def test_a_permission_ends(hours: dict[str, Any], until: str, words: str) -> None:
    _allow(hours, until, paused=True)
    if not words:
        assert parse(hours, stack="prod", today=_TODAY).chaos.allowed
        return
    problem = _problem(hours)

    assert problem.path == ("chaos", "allowed", "until")
    assert words in problem.says


@pytest.mark.parametrize(
    ("schedule", "mended"),
    [
        # Every week, every month, and on Mondays besides: in the cluster none of it ends with the permission.
        ("0 10 * * 2", "0 10 30 11 *"),
        ("0 10 24 * *", "0 10 30 11 *"),
        ("30 9 24 11 1", "30 9 30 11 *"),
        ("0 10 24,25 11 *", "0 10 30 11 *"),
        # The day after, and the day before today, which is next year's.
        ("0 10 1 12 *", "0 10 30 11 *"),
        ("0 10 20 11 *", "0 10 30 11 *"),
        ("0 10 24 11 *", None),
        ("0 10 21 11 *", None),
        ("0 10 30 11 *", None),
    ],
)
def test_what_goes_on_after_the_permission_is_refused_while_it_is_not_paused(
    hours: dict[str, Any], schedule: str, mended: str | None
) -> None:
    _allow(hours, "2026-11-30", schedule=schedule)
    if mended:
        problem = _problem(hours)
        assert problem.path == ("chaos", "experiments", "crash", "schedule")
        assert "goes on after 2026-11-30" in problem.says
        assert problem.mend
        hours = applied(hours, problem.mend.edits)

    kept = parse(hours, stack="prod", today=_TODAY).chaos.experiments["crash"].schedule
    assert kept == (mended or schedule)


def test_what_is_paused_or_puts_no_data_at_risk_may_name_every_week(hours: dict[str, Any]) -> None:
    assert parse(hours, stack="prod", today=_TODAY).chaos.enabled
    _allow(hours, "2026-11-30", paused=True)

    assert parse(hours, stack="prod", today=_TODAY).chaos.allowed


@pytest.mark.parametrize(
    ("one", "other", "met"),
    [
        ("0 9 * * 2", "0 9 * * 2", True),
        ("0 9 * * 2", "5 9 * * 2", True),
        # 30 minutes, and 15 to recover.
        ("0 9 * * 2", "44 9 * * 2", True),
        ("0 9 * * 2", "45 9 * * 2", False),
        ("44 9 * * 2", "0 9 * * 2", True),
        ("45 9 * * 2", "0 9 * * 2", False),
        ("0 9 * * 2", "0 9 * * 3", False),
        # Over midnight, either way, and from one month to the next.
        ("50 23 * * 2", "0 0 * * 3", True),
        ("0 0 * * 3", "50 23 * * 2", True),
        ("50 23 * * 2", "0 0 * * 2", False),
        ("50 23 31 1 *", "0 0 1 2 *", True),
        # Some Tuesday is the first of a month.
        ("0 9 1 * *", "0 9 * * 2", True),
        ("0 9 1 1 *", "0 9 2 1 *", False),
    ],
)
def test_experiments_that_may_be_at_work_together_are_refused(
    hours: dict[str, Any], one: str, other: str, *, met: bool
) -> None:
    hours["chaos"]["experiments"] = {"one": _experiment(schedule=one), "other": _experiment(schedule=other)}
    if not met:
        assert parse(hours, stack="prod", today=_TODAY).chaos.enabled
        return
    problem = _problem(hours)

    assert problem.path[:2] == ("chaos", "experiments")
    assert problem.path[3:] == ("schedule",)
    assert "nobody could tell which of the two was not borne" in problem.says

    hours["chaos"]["experiments"]["one"]["paused"] = True
    assert parse(hours, stack="prod", today=_TODAY).chaos.enabled


@pytest.mark.parametrize(
    ("schedule", "paused", "after"),
    [
        ("*/1 * * * *", False, 1),
        ("*/40 9 * * 2", True, 40),
        ("0,44 9 * * 2", False, 44),
        ("0,45 9 * * 2", False, None),
        ("0 * * * *", False, None),
    ],
)
def test_an_experiment_that_begins_again_before_all_is_well_is_refused(
    hours: dict[str, Any], schedule: str, after: int | None, *, paused: bool
) -> None:
    hours["chaos"]["experiments"]["crash"].update(schedule=schedule, paused=paused)
    if after is None:
        assert parse(hours, stack="prod", today=_TODAY).chaos.enabled
        return
    problem = refusals.problems(hours)[0]

    assert problem.path == ("chaos", "experiments", "crash", "schedule")
    assert f"begins again after {after} minutes, and lasts 30" in problem.says
