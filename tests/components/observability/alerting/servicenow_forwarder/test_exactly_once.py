"""Whatever fails, each alert has one incident, which is resolved when the alert ends."""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from components.observability.alerting.servicenow_forwarder.alerts import moment
from components.observability.alerting.servicenow_forwarder.claims import HOLD_SECONDS
from tests.components.observability.alerting.servicenow_forwarder.service_now import FAULTS
from tests.components.observability.alerting.servicenow_forwarder.stage import Stage, alert, staged

_EVERY_KIND = dict.fromkeys(FAULTS, 0.05)


@pytest.fixture(autouse=True)
def _silent(caplog: pytest.LogCaptureFixture) -> None:
    """Thousands of failures are what these tests are about."""
    caplog.set_level(logging.CRITICAL, logger="servicenow-forwarder")


def _live_through(stage: Stage, number: int, since: float, lasts: float) -> None:
    """Have two Alertmanagers tell of an alert, each first that it fires and then that it is over; the second is late.

    That order is Alertmanager's own: of an end it tells only after a beginning that was taken. Across the two there is
    no order: the second may tell of the beginning when the first has told of the end.
    """
    world = stage.world
    begins = world.moment() + timedelta(seconds=since)
    ends = begins + timedelta(seconds=lasts)

    def alertmanager(late: float) -> None:
        stage.insist(alert(number, begins))
        world.pause((ends - world.moment()).total_seconds() + late)
        stage.insist(alert(number, begins, ends))

    late = world.chance.choice([world.chance.uniform(0, 5), world.chance.uniform(0, lasts + 300)])
    world.spawn(lambda: alertmanager(0.0), since)
    world.spawn(lambda: alertmanager(late), since + late)


def _storm(stage: Stage, alerts: int, restarts: int) -> None:
    world = stage.world
    for number in range(alerts):
        _live_through(stage, number, world.chance.uniform(0, 6 * alerts), world.chance.uniform(30, 1200))
    for _ in range(restarts):
        which = world.chance.randrange(2)
        world.at(world.chance.uniform(0, 6 * alerts + 1200), lambda which=which: stage.restart(which))  # type: ignore[misc]  # the loop's own value
    world.run()


def _outcome(stage: Stage) -> tuple[Counter[int], set[str]]:
    """Return how many alerts have how many incidents, and the states of these."""
    each = Counter(record["correlation_id"] for record in stage.instance.incidents.values())
    return Counter(each.values()), {record["state"] for record in stage.instance.incidents.values()}


@pytest.mark.parametrize("storm", range(5))
def test_a_thousand_alerts_make_a_thousand_incidents_and_none_stays_open(tmp_path: Path, storm: int) -> None:
    stage = staged(tmp_path, seed=100 + storm, rate=_EVERY_KIND, failing=0.05)

    # Five storms of two hundred.
    _storm(stage, alerts=200, restarts=20)

    assert set(stage.instance.faults) == set(FAULTS)
    assert min(stage.instance.faults.values()) > 100
    assert _outcome(stage) == (Counter({1: 200}), {"6"})
    assert stage.metrics.value("duplicates") == 0


@pytest.mark.parametrize("seed", range(20))
def test_the_order_in_which_things_happen_makes_no_difference(tmp_path: Path, seed: int) -> None:
    stage = staged(tmp_path, seed=seed, rate=dict.fromkeys(FAULTS, 0.10), failing=0.10)

    _storm(stage, alerts=40, restarts=10)

    assert _outcome(stage) == (Counter({1: 40}), {"6"})


@pytest.mark.parametrize("kind", FAULTS)
def test_each_kind_of_failure_alone_makes_no_difference(tmp_path: Path, kind: str) -> None:
    stage = staged(tmp_path, seed=3, rate={kind: 0.3})

    _storm(stage, alerts=30, restarts=0)

    assert _outcome(stage) == (Counter({1: 30}), {"6"})


def test_nobody_makes_an_incident_while_a_lost_request_may_still_be_carried_out(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    stage.instance.losing = ["lost before"]
    stage.world.spawn(lambda: stage.insist(alert(1, stage.world.moment())))
    stage.world.run()

    (record,) = stage.instance.incidents.values()
    assert moment(record["sys_created_on"]) - stage.world.beginning > timedelta(seconds=HOLD_SECONDS)


def test_what_a_lost_answer_has_left_is_found_at_once(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    stage.instance.losing = ["lost after"]
    stage.world.spawn(lambda: stage.insist(alert(1, stage.world.moment())))
    stage.world.run()

    assert stage.world.now < HOLD_SECONDS / 2
    assert _outcome(stage) == (Counter({1: 1}), {"1"})


def _told(stage: Stage, *, begins: datetime, steps: Mapping[float, float | None]) -> None:
    """Tell of one alert: at which second that it fires since then (None), or that it is over after so many."""
    for at, lasts in steps.items():
        until = None if lasts is None else begins + timedelta(seconds=lasts)
        stage.world.spawn(lambda until=until: stage.insist(alert(1, begins, until)), at)  # type: ignore[misc]  # the loop's own value


def test_an_alert_that_comes_back_opens_its_incident_again(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    begins = stage.world.moment()
    _told(stage, begins=begins, steps={0: None, 100: 90})
    _told(stage, begins=begins + timedelta(seconds=200), steps={210: None})
    stage.world.run()

    (record,) = stage.instance.incidents.values()
    assert record["state"] == "1"
    assert "fires again" in record["work_notes"]


def test_an_old_notification_does_not_open_what_is_over(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    _told(stage, begins=stage.world.moment(), steps={0: None, 100: 90, 200: None})
    stage.world.run()

    assert _outcome(stage) == (Counter({1: 1}), {"6"})


def test_an_old_end_does_not_resolve_what_fires_again(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    begins = stage.world.moment()
    _told(stage, begins=begins, steps={0: None, 300: 90})
    _told(stage, begins=begins + timedelta(seconds=200), steps={210: None})
    stage.world.run()

    (record,) = stage.instance.incidents.values()
    assert record["state"] == "1"


@pytest.mark.parametrize("state", ["6", "7"])
def test_what_a_person_has_resolved_or_closed_while_it_fired_is_left_alone(tmp_path: Path, state: str) -> None:
    stage = staged(tmp_path)
    begins = stage.world.moment()
    _told(stage, begins=begins, steps={0: None})
    stage.world.at(50, lambda: stage.instance.by_person(next(iter(stage.instance.incidents)), state))
    _told(stage, begins=begins, steps={100: None, 200: 190})
    stage.world.run()

    assert _outcome(stage) == (Counter({1: 1}), {state})


def test_an_incident_closed_long_ago_is_followed_by_another(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    begins = stage.world.moment()
    _told(stage, begins=begins, steps={0: None, 100: 90})
    stage.world.at(150, lambda: stage.instance.by_person(next(iter(stage.instance.incidents)), "7"))
    _told(stage, begins=begins + timedelta(seconds=200), steps={210: None})
    stage.world.run()

    assert sorted(record["state"] for record in stage.instance.incidents.values()) == ["1", "7"]


def test_what_others_made_twice_is_closed_but_for_the_oldest(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    begins = stage.world.moment()
    _told(stage, begins=begins, steps={0: None, 100: None})
    twin = {"correlation_id": f"platform-prod/{1:016x}"}
    stage.world.at(50, lambda: stage.instance.insert(twin))
    stage.world.run()

    oldest, later = sorted(stage.instance.incidents.values(), key=lambda record: record["sys_created_on"])
    assert (oldest["state"], later["state"]) == ("1", "6")
    assert stage.metrics.value("duplicates") == 1


def test_a_claim_is_left_behind_only_by_what_was_killed_or_got_no_answer(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    _storm(stage, alerts=20, restarts=0)

    assert stage.cluster.leases == {}
