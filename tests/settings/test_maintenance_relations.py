"""A window of maintenance that nothing could use, or that two things are called by, is refused."""

import copy
from typing import Any

import pytest

from settings.load import parse
from tests.environments import content_of
from tests.settings import refusals

_WINDOW: dict[str, Any] = {"days": ["tuesday"], "start": "08:00", "hours": 4}


def _data(name: str, quiet: dict[str, Any] | None, **window: Any) -> dict[str, Any]:
    config = copy.deepcopy(content_of(name)["config"])
    data = {key.removeprefix("platform:"): value for key, value in config.items() if key.startswith("platform:")}
    data["maintenance"] = {"window": {**_WINDOW, **window}}
    if quiet is not None:
        data["capacity"]["karpenter"]["quiet_hours"] = quiet
    return data


@pytest.mark.parametrize(
    ("quiet", "window"),
    [
        ({"schedule": "0 6 * * mon-fri", "hours": 12}, {}),
        ({"schedule": "0 6 * * tue,wed", "hours": 12}, {"days": ["tuesday", "wednesday"]}),
        ({"schedule": "0 20 * * *", "hours": 12}, {"start": "22:00"}),
        ({"schedule": "0 20 * * sun", "hours": 23}, {"days": ["monday"], "start": "02:00"}),
    ],
    ids=str,
)
def test_a_window_within_the_quiet_hours_is_refused(quiet: dict[str, Any], window: dict[str, Any]) -> None:
    (problem,) = refusals.problems(_data("karpenter", quiet, **window))

    assert problem.path == ("maintenance", "window")
    assert "lies within Karpenter's quiet hours" in problem.says


@pytest.mark.parametrize(
    ("quiet", "window"),
    [
        ({"schedule": "0 6 * * mon-fri", "hours": 12}, {"start": "15:00"}),
        ({"schedule": "0 6 * * mon-fri", "hours": 12}, {"days": ["tuesday", "saturday"]}),
        ({"schedule": "0 6 1 * *", "hours": 12}, {}),
    ],
    ids=str,
)
def test_a_window_with_time_left_is_taken(quiet: dict[str, Any], window: dict[str, Any]) -> None:
    assert parse(_data("karpenter", quiet, **window), stack="dev").maintenance.window


def test_a_window_of_alerting_does_not_take_the_platforms_name() -> None:
    data = _data("alerting", None)
    windows = data["observability"]["alerting"]["maintenance"]
    windows["platform-maintenance"] = windows["release-night"]

    (problem,) = refusals.problems(data)

    assert problem.path == ("observability", "alerting", "maintenance", "platform-maintenance")


def test_a_route_is_not_quiet_in_a_window_that_is_not_set() -> None:
    data = _data("alerting", None)
    del data["maintenance"]["window"]

    (problem,) = refusals.problems(data)

    assert "names the window platform-maintenance, which is not in platform:maintenance" in problem.says
