"""Chaos is refused where nobody allowed it, where it may not be, and where no alert would tell of it."""

from datetime import date
from typing import Any

import pytest

from settings.load import parse
from settings.report import SettingsError
from tests.settings import refusals

_TODAY = date(2026, 11, 21)


@pytest.fixture
def chaos(data: dict[str, Any]) -> dict[str, Any]:
    """Return the chaos of prod's settings, where there is nothing to be refused, to be spoilt."""
    data["cluster"]["access"]["grants"]["orders"] = {
        "role": "developer",
        "principal": "arn:aws:iam::111122223333:role/orders",
        "namespaces": ["orders"],
    }
    data["chaos"] = {
        "enabled": True,
        "allowed": {"until": "2026-11-30", "owner": "platform", "reason": "game day, CHG0030001"},
        "namespaces": ["orders"],
        "experiments": {
            "crash": {
                "namespace": "orders",
                "labels": {"app": "orders"},
                "alert": "KubeDeploymentReplicasMissing",
                "pod_crash": {},
            }
        },
    }
    spoilt: dict[str, Any] = data["chaos"]
    return spoilt


def _experiment(chaos: dict[str, Any]) -> dict[str, Any]:
    spoilt: dict[str, Any] = chaos["experiments"]["crash"]
    return spoilt


def test_what_is_allowed_stands(data: dict[str, Any], chaos: dict[str, Any]) -> None:
    settings = parse(data, stack="prod", today=_TODAY)

    assert settings.chaos.enabled
    assert settings.disturbed == tuple(chaos["namespaces"])


def test_chaos_is_off_unless_it_is_asked_for(data: dict[str, Any], chaos: dict[str, Any]) -> None:
    del chaos["enabled"]
    settings = parse(data, stack="prod", today=_TODAY)

    assert not settings.chaos.enabled
    assert settings.disturbed == ()


def test_chaos_where_data_is_needs_somebody_who_allows_it(data: dict[str, Any], chaos: dict[str, Any]) -> None:
    del chaos["allowed"]
    (problem,) = refusals.problems(data)

    assert problem.path == ("chaos", "enabled")
    assert "who allows that" in problem.says
    assert not refusals.mended(data, problem).chaos.enabled


def test_chaos_where_no_data_is_needs_nobody(data: dict[str, Any], chaos: dict[str, Any]) -> None:
    del chaos["allowed"]
    data["retain_data"] = False

    assert parse(data, stack="prod", today=_TODAY).chaos.allowed is None


@pytest.mark.parametrize("missing", ["owner", "reason", "until"])
def test_a_permission_has_an_owner_a_reason_and_a_last_day(
    data: dict[str, Any], chaos: dict[str, Any], missing: str
) -> None:
    del chaos["allowed"][missing]
    (problem,) = refusals.problems(data)

    assert problem.path == ("chaos", "allowed", missing)


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2026-11-20", "is over: platform allowed chaos until then"),
        ("2026-11-21", ""),
        ("2026-12-05", ""),
        ("2026-12-06", "is more than 14 days away"),
    ],
)
def test_a_permission_ends(data: dict[str, Any], chaos: dict[str, Any], until: str, words: str) -> None:
    chaos["allowed"]["until"] = until
    if not words:
        assert parse(data, stack="prod", today=_TODAY).chaos.enabled
        return
    with pytest.raises(SettingsError) as caught:
        parse(data, stack="prod", today=_TODAY)
    (problem,) = caught.value.problems

    assert problem.path == ("chaos", "allowed", "until")
    assert words in problem.says


@pytest.mark.parametrize("namespace", ["vault", "kube-system", "default", "chaos-mesh", "elsewhere"])
def test_a_namespace_that_is_no_applications_of_the_stack_is_refused(
    data: dict[str, Any], chaos: dict[str, Any], namespace: str
) -> None:
    chaos["namespaces"].append(namespace)
    (problem,) = refusals.problems(data)

    assert problem.path == ("chaos", "namespaces", 1)
    assert "it makes orders" in problem.says


def test_an_experiment_elsewhere_is_refused_and_brought_to_the_open_namespace(
    data: dict[str, Any], chaos: dict[str, Any]
) -> None:
    _experiment(chaos)["namespace"] = "payments"
    (problem,) = refusals.problems(data)

    assert problem.path == ("chaos", "experiments", "crash", "namespace")
    assert refusals.mended(data, problem).chaos.experiments["crash"].namespace == "orders"


def test_an_experiment_on_all_pods_of_a_namespace_is_refused(data: dict[str, Any], chaos: dict[str, Any]) -> None:
    _experiment(chaos)["labels"] = {}
    (problem,) = refusals.problems(data)

    assert problem.path == ("chaos", "experiments", "crash", "labels")


@pytest.mark.parametrize(
    ("faults", "words"), [({}, "has no fault"), ({"pod_crash": {}, "node_loss": {}}, "has pod_crash and node_loss")]
)
def test_an_experiment_of_no_fault_or_two_is_refused(
    data: dict[str, Any], chaos: dict[str, Any], faults: dict[str, Any], words: str
) -> None:
    del _experiment(chaos)["pod_crash"]
    _experiment(chaos).update(faults)
    (problem,) = refusals.problems(data)

    assert problem.path == ("chaos", "experiments", "crash")
    assert words in problem.says


def test_a_zone_without_nodes_is_refused(data: dict[str, Any], chaos: dict[str, Any]) -> None:
    del _experiment(chaos)["pod_crash"]
    _experiment(chaos)["zone_loss"] = {"zone": "eu-central-1f"}
    (problem,) = refusals.problems(data)

    assert problem.path == ("chaos", "experiments", "crash", "zone_loss", "zone")
    lost = refusals.mended(data, problem).chaos.experiments["crash"].zone_loss
    assert lost
    assert lost.zone == data["network"]["zones"][0]


def test_an_alert_that_does_not_exist_is_refused_with_the_one_that_was_meant(
    data: dict[str, Any], chaos: dict[str, Any]
) -> None:
    _experiment(chaos)["alert"] = "KubeDeploymentReplicaMissing"
    (problem,) = refusals.problems(data)

    assert problem.path == ("chaos", "experiments", "crash", "alert")
    assert refusals.mended(data, problem).chaos.experiments["crash"].alert == "KubeDeploymentReplicasMissing"


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
    [("KubeDeploymentReplicasMissing", 24, 25), ("KubePersistentVolumeClaimPending", 39, 40), ("ProbeFails", 14, 15)],
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


@pytest.mark.parametrize(
    ("mode", "registries", "refused"),
    [
        ("enforce", ["public.ecr.aws"], True),
        ("enforce", ["public.ecr.aws", "registry.k8s.io"], False),
        ("enforce", [], False),
        ("audit", ["public.ecr.aws"], False),
    ],
)
def test_crashed_pods_that_admission_would_refuse_are_told_beforehand(
    data: dict[str, Any], chaos: dict[str, Any], mode: str, registries: list[str], *, refused: bool
) -> None:
    assert _experiment(chaos)["pod_crash"] == {}
    data["admission"].update(mode=mode, registries=registries)
    if not refused:
        assert parse(data, stack="prod", today=_TODAY).chaos.enabled
        return
    (problem,) = refusals.problems(data)

    assert problem.path == ("admission", "registries")
    assert refusals.mended(data, problem).admission.registries == (*registries, "registry.k8s.io")


def test_experiments_that_begin_together_are_refused(data: dict[str, Any], chaos: dict[str, Any]) -> None:
    chaos["experiments"]["again"] = dict(_experiment(chaos), paused=False)
    assert parse(data, stack="prod", today=_TODAY).chaos.enabled

    _experiment(chaos)["paused"] = False
    (problem,) = refusals.problems(data)
    assert problem.path[:2] == ("chaos", "experiments")
    assert problem.path[3:] == ("schedule",)
    assert "begins together with" in problem.says
