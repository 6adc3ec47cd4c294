"""An experiment starts nothing by itself, is bounded in place and time, and says which alert must tell of it."""

import math
from typing import Any

import pytest

from components.resilience.chaos.experiments import PAUSE
from components.resilience.chaos.settings import PodCrash
from tests.components.resilience.chaos import built

_SCHEDULE = "kubernetes:chaos-mesh.org/v1alpha1:Schedule"
_KINDS = {"PodChaos": "podChaos", "NetworkChaos": "networkChaos", "IOChaos": "ioChaos"}


def _made(fault: str, about: dict[str, Any] | None = None, **values: Any) -> dict[str, Any]:
    recording = built.experiments({"drill": built.experiment(fault, about, **values)})
    return recording.one(_SCHEDULE, "chaos-experiments-drill").inputs


def _fault(fault: str, about: dict[str, Any] | None = None, **values: Any) -> tuple[str, dict[str, Any]]:
    spec = _made(fault, about, **values)["spec"]
    return spec["type"], spec[_KINDS[spec["type"]]]


def test_an_experiment_is_a_schedule_that_starts_nothing() -> None:
    made = _made("pod_crash")

    assert made["kind"] == "Schedule"
    assert made["metadata"]["annotations"][PAUSE] == "true"
    assert PAUSE == "experiment.chaos-mesh.org/pause"
    assert _made("pod_crash", paused=False)["metadata"]["annotations"][PAUSE] == "false"


def test_a_schedule_makes_up_for_nothing() -> None:
    spec = _made("pod_crash", schedule="0 9 * * 1")["spec"]

    assert spec["schedule"] == "0 9 * * 1"
    assert spec["startingDeadlineSeconds"] == 300
    assert spec["concurrencyPolicy"] == "Forbid"


@pytest.mark.parametrize("fault", built.FAULTS)
def test_every_fault_has_one_namespace_labels_and_an_end(fault: str) -> None:
    made = _made(fault, minutes=25)
    kind, what = _fault(fault, minutes=25)
    others = {field for field in _KINDS.values() if field != _KINDS[kind]}

    assert made["metadata"]["namespace"] == "example"
    assert what["selector"]["namespaces"] == ["example"]
    assert what["selector"]["labelSelectors"] == {"app": "api"}
    assert what["duration"] == "25m"
    assert not others & made["spec"].keys()


@pytest.mark.parametrize("fault", built.FAULTS)
def test_only_running_pods_are_chosen(fault: str) -> None:
    assert _fault(fault)[1]["selector"]["podPhaseSelectors"] == ["Running"]


def test_a_percentage_is_said_to_be_rounded_as_chaos_mesh_rounds() -> None:
    # https://github.com/chaos-mesh/chaos-mesh/blob/v2.8.3/pkg/selector/generic/mode.go
    crashed = math.ceil(3 * 50 / 100)
    said = PodCrash.model_fields["percent"].description or ""

    assert f"rounded up: 50 of 3 are {crashed}" in said


@pytest.mark.parametrize("fault", built.FAULTS)
def test_no_fault_starts_in_spite_of_a_pause(fault: str) -> None:
    # https://github.com/chaos-mesh/chaos-mesh/blob/v2.8.3/api/v1alpha1/podchaos_types.go: what is over at once.
    assert _fault(fault)[1]["action"] not in {"pod-kill", "container-kill"}


def test_whoever_looks_at_an_experiment_finds_its_alert_and_its_page() -> None:
    annotations = _made("pod_crash")["metadata"]["annotations"]

    assert annotations["platform/alert"] == "KubeDeploymentReplicasMissing"
    assert annotations["platform/runbook"] == built.PAGE


@pytest.mark.parametrize(
    ("fault", "about", "kind", "expected"),
    [
        ("pod_crash", {}, "PodChaos", {"action": "pod-failure", "mode": "one"}),
        ("pod_crash", {"percent": 40}, "PodChaos", {"action": "pod-failure", "mode": "fixed-percent", "value": "40"}),
        ("zone_loss", None, "NetworkChaos", {"action": "partition", "mode": "all", "direction": "both"}),
        (
            "network_delay",
            {"milliseconds": 300, "jitter_milliseconds": 50},
            "NetworkChaos",
            {"action": "delay", "mode": "all", "direction": "to", "delay": {"latency": "300ms", "jitter": "50ms"}},
        ),
        (
            "volume_loss",
            {"path": "/data", "container": "db"},
            "IOChaos",
            {
                "action": "fault",
                "mode": "one",
                "volumePath": "/data",
                "errno": 5,
                "percent": 100,
                "containerNames": ["db"],
            },
        ),
    ],
)
def test_a_fault_is_what_it_says(fault: str, about: dict[str, Any], kind: str, expected: dict[str, Any]) -> None:
    made, what = _fault(fault, about)

    assert made == kind
    assert {key: what[key] for key in what if key not in {"selector", "duration"}} == expected


@pytest.mark.parametrize(
    ("fault", "about", "nodes"),
    [
        ("pod_crash", None, None),
        ("node_loss", None, {"platform/chaos": "node-loss"}),
        ("node_loss", {"node_labels": {"node-role": "spot"}}, {"node-role": "spot"}),
        ("zone_loss", None, {"topology.kubernetes.io/zone": "eu-central-1a"}),
    ],
)
def test_nodes_and_zones_are_lost_for_the_pods_on_them(
    fault: str, about: dict[str, Any] | None, nodes: dict[str, str] | None
) -> None:
    _, what = _fault(fault, about)

    assert what["selector"].get("nodeSelectors") == nodes
    assert what["mode"] == ("one" if nodes is None else "all")


def test_it_has_rights_in_each_open_namespace_and_keeps_them_until_the_schedule_is_gone() -> None:
    recording = built.experiments({"drill": built.experiment("pod_crash")}, namespaces=("example", "apps"))
    bindings = recording.of("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding")
    schedule = recording.one(_SCHEDULE, "chaos-experiments-drill")

    assert sorted(each.inputs["metadata"]["namespace"] for each in bindings) == ["apps", "example"]
    assert {each["name"] for binding in bindings for each in binding.inputs["subjects"]} == {"chaos-controller-manager"}
    assert {*schedule.dependencies} == {"chaos-experiments-example"}
