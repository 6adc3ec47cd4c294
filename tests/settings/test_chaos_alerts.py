"""An experiment is refused whose alert does not exist, tells of something else, or comes too late."""

from datetime import date
from typing import Any

import pytest

from settings.load import parse
from tests.settings import refusals

_TODAY = date(2026, 11, 21)


def _experiment(chaos: dict[str, Any]) -> dict[str, Any]:
    spoilt: dict[str, Any] = chaos["experiments"]["crash"]
    return spoilt


def test_an_alert_that_does_not_exist_is_refused_with_the_one_that_was_meant(
    data: dict[str, Any], chaos: dict[str, Any]
) -> None:
    _experiment(chaos)["alert"] = "KubeDeploymentReplicaMissing"
    (problem,) = refusals.problems(data)

    assert problem.path == ("chaos", "experiments", "crash", "alert")
    assert refusals.mended(data, problem).chaos.experiments["crash"].alert == "KubeDeploymentReplicasMissing"


@pytest.mark.parametrize(
    "alert",
    [
        # Always, or by the fault alone, whatever it does.
        "Watchdog",
        "ChaosExperimentRunning",
        # Of nodes, which a lost node of an experiment's goes on to be, and of what a stack may do without.
        "KubeNodeNotReady",
        "KarpenterDown",
        "KastenActionFails",
        # Without the application's namespace, or a mere information.
        "ProbeFails",
        "KubeCpuThrottled",
    ],
)
def test_an_alert_that_tells_of_no_application_is_refused(
    data: dict[str, Any], chaos: dict[str, Any], alert: str
) -> None:
    _experiment(chaos).update(alert=alert, minutes=60)
    (problem,) = refusals.problems(data)

    assert problem.path == ("chaos", "experiments", "crash", "alert")
    assert "tells nobody of an application" in problem.says


@pytest.mark.parametrize("alert", ["ChaosWentUnnoticed", "ChaosOutlivesPermission"])
def test_an_alert_about_experiments_themselves_is_none_of_theirs(
    data: dict[str, Any], chaos: dict[str, Any], alert: str
) -> None:
    _experiment(chaos).update(alert=alert, minutes=60)
    (problem,) = refusals.problems(data)

    assert problem.path == ("chaos", "experiments", "crash", "alert")


@pytest.mark.parametrize(
    ("alert", "refused"),
    [("KubeStatefulSetReplicasMissing", True), ("HighLatency", True), ("HighErrorRate", False)],
)
def test_a_volumes_fault_needs_an_alert_that_is_sooner_than_a_restart(
    data: dict[str, Any], chaos: dict[str, Any], alert: str, *, refused: bool
) -> None:
    del _experiment(chaos)["pod_crash"]
    _experiment(chaos).update(alert=alert, minutes=60, volume_loss={"path": "/data"})
    if not refused:
        assert parse(data, stack="prod", today=_TODAY).chaos.enabled
        return
    (problem,) = refusals.problems(data)

    assert problem.path == ("chaos", "experiments", "crash", "alert")
    assert "when its container restarts" in problem.says


@pytest.mark.parametrize(
    ("observability", "words"),
    [({"rules": {"left_out": ["KubeDeploymentReplicasMissing"]}}, "does without it"), ({"enabled": False}, "measures")],
)
def test_an_alert_that_the_stack_does_not_have_is_refused(
    data: dict[str, Any], chaos: dict[str, Any], observability: dict[str, Any], words: str
) -> None:
    # OpenCost needs the monitoring, which is another problem.
    data |= {"observability": observability, "cost": {}}
    (problem,) = refusals.problems(data)

    assert problem.path == ("chaos", "experiments", *chaos["experiments"], "alert")
    assert words in problem.says


@pytest.mark.parametrize(
    ("alert", "minutes", "least"),
    [
        ("KubeDeploymentReplicasMissing", 24, 25),
        ("KubePersistentVolumeClaimPending", 39, 40),
        ("HighErrorRate", 14, 15),
    ],
)
def test_an_experiment_that_is_over_before_its_alert_fires_is_refused(
    data: dict[str, Any], chaos: dict[str, Any], alert: str, minutes: int, least: int
) -> None:
    _experiment(chaos).update(alert=alert, minutes=minutes)
    (problem,) = refusals.problems(data)

    assert problem.path == ("chaos", "experiments", "crash", "minutes")
    assert refusals.mended(data, problem).chaos.experiments["crash"].minutes == least


def test_an_alert_that_waits_longer_than_any_experiment_lasts_is_refused(
    data: dict[str, Any], chaos: dict[str, Any]
) -> None:
    _experiment(chaos).update(alert="KubeContainerWaiting", minutes=60)
    (problem,) = refusals.problems(data)

    assert problem.path == ("chaos", "experiments", "crash", "minutes")
    assert "choose an alert that is sooner" in problem.says
