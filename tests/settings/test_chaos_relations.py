"""Chaos is refused where nobody allowed it, where it may not be, and where it cannot work."""

from datetime import date
from typing import Any

import pytest

from settings.load import parse
from tests.settings import refusals

_TODAY = date(2026, 11, 21)
_IMAGE = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/chaos-mesh/chaos-daemon:v2.8.3-nft"


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
    chaos["agent_image"] = _IMAGE
    del _experiment(chaos)["pod_crash"]
    _experiment(chaos)["zone_loss"] = {"zone": "eu-central-1f"}
    (problem,) = refusals.problems(data)

    assert problem.path == ("chaos", "experiments", "crash", "zone_loss", "zone")
    lost = refusals.mended(data, problem).chaos.experiments["crash"].zone_loss
    assert lost
    assert lost.zone == data["network"]["zones"][0]


@pytest.mark.parametrize(
    ("version", "family", "fault", "refused"),
    [
        ("1.36", "bottlerocket", {"zone_loss": {"zone": "eu-central-1a"}}, True),
        ("1.36", "al2023", {"network_delay": {"milliseconds": 2000}}, True),
        ("1.36", "bottlerocket", {"node_loss": {}}, False),
        ("1.35", "bottlerocket", {"zone_loss": {"zone": "eu-central-1a"}}, False),
    ],
)
def test_a_fault_that_the_nodes_kernel_cannot_make_needs_an_image_that_can(
    data: dict[str, Any], chaos: dict[str, Any], version: str, family: str, fault: dict[str, Any], *, refused: bool
) -> None:
    del _experiment(chaos)["pod_crash"]
    _experiment(chaos).update(fault)
    data["cluster"]["version"] = version
    data["nodes"]["ami_family"] = family
    if refused:
        (problem,) = refusals.problems(data)
        assert problem.path == ("chaos", "agent_image")
        assert f"nodes of {version}" in problem.says
        assert next(iter(fault)) in problem.says
        chaos["agent_image"] = _IMAGE

    assert parse(data, stack="prod", today=_TODAY).chaos.enabled


@pytest.mark.parametrize(
    ("image", "refused"),
    [
        (_IMAGE, False),
        ("registry.example.com:5000/chaos-daemon:v2.8.3-nft@sha256:" + 64 * "0", False),
        ("ghcr.io/chaos-mesh/chaos-daemon", True),
        ("ghcr.io/chaos-mesh/chaos-daemon:latest", True),
        ("chaos-mesh/chaos-daemon:v2.8.3", True),
    ],
)
def test_the_agents_image_has_a_registry_and_a_tag_that_stays(
    data: dict[str, Any], chaos: dict[str, Any], image: str, *, refused: bool
) -> None:
    chaos["agent_image"] = image
    if not refused:
        assert parse(data, stack="prod", today=_TODAY).chaos.agent_image == image
        return
    (problem,) = refusals.problems(data)

    assert problem.path == ("chaos", "agent_image")


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
