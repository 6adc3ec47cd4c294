"""Declared flows and rendered pods must fit: labels that nobody has and pods that nobody declares are told."""

from typing import Any

import pytest

from rehearsal.charts.pods import Pods
from rehearsal.reachability.rendered import Agreement, agreement

LABELS = {"app": "lamp", "part": "wick"}


def _workload(**more: Any) -> dict[str, Any]:
    ports = [{"name": "light", "number": 8080, "protocol": "TCP"}]
    workload = {"namespace": "night", "name": "lamp", "labels": {"app": "lamp"}, "host_network": False, "ports": ports}
    return {**workload, **more}


def _pods(**more: Any) -> Pods:
    given: dict[str, Any] = {
        "owner": "Deployment night/lamp",
        "release": "night/lamp",
        "namespace": "night",
        "labels": LABELS,
        "host_network": False,
        "sockets": frozenset({(8080, "TCP")}),
        "calls_api": False,
        "images": (),
        "without_requests": (),
    }
    return Pods(**{**given, **more})


def _state(*workloads: dict[str, Any], releases: tuple[str, ...] = ("night/lamp",)) -> list[dict[str, Any]]:
    outputs = {"namespaces": ["night"], "api_server": [], "declared": {"workloads": list(workloads), "flows": []}}
    made = [{"type": "platform:networking:NetworkPolicies", "outputs": outputs}]
    for release in releases:
        namespace, _, name = release.partition("/")
        made.append({"type": "kubernetes:helm.sh/v3:Release", "inputs": {"namespace": namespace, "name": name}})
    return made


def test_what_fits_is_counted_and_not_spoken_of() -> None:
    found = agreement(_state(_workload()), [_pods()], {"night/lamp"})

    assert found == Agreement(workloads=1, found=1, pods=1)


@pytest.mark.parametrize(
    ("workload", "pods", "fault"),
    [
        (
            {"labels": {"app": "lamb"}},
            {},
            (
                "Deployment night/lamp (release night/lamp) is in a closed namespace and no declared workload has its "
                "labels (app=lamp, part=wick), although it listens on 8080/TCP"
            ),
        ),
        (
            {"namespace": "day"},
            {},
            (
                "Deployment night/lamp (release night/lamp) is in a closed namespace and no declared workload has its "
                "labels (app=lamp, part=wick), although it listens on 8080/TCP"
            ),
        ),
        (
            {"host_network": True},
            {},
            (
                "Deployment night/lamp (release night/lamp) does not use its node's network, and the declared workload "
                "night/lamp says so"
            ),
        ),
        (
            {},
            {"host_network": True, "release": ""},
            "Deployment night/lamp uses its node's network, and the declared workload night/lamp says not",
        ),
    ],
)
def test_a_contradiction_is_told(workload: dict[str, Any], pods: dict[str, Any], fault: str) -> None:
    assert agreement(_state(_workload(**workload)), [_pods(**pods)], {"night/lamp"}).faults == (fault,)


def test_who_calls_the_api_server_needs_a_flow_and_who_may_need_none_is_remarked() -> None:
    state = _state(_workload(labels={"app": "lamb"}))
    said = "Deployment night/lamp (release night/lamp) is in a closed namespace and no declared workload has its labels"

    calling = agreement(state, [_pods(sockets=frozenset(), calls_api=True)], {"night/lamp"})
    silent = agreement(state, [_pods(sockets=frozenset())], {"night/lamp"})

    reason = "although its service account has a role, so that it calls the API server"
    assert calling.faults == (f"{said} (app=lamp, part=wick), {reason}",)
    assert (silent.faults, silent.remarks[0]) == ((), f"{said} (app=lamp, part=wick)")


@pytest.mark.parametrize("pods", [{"namespace": "day"}, {"host_network": True}])
def test_a_pod_that_no_policy_closes_need_not_be_declared(pods: dict[str, Any]) -> None:
    assert agreement(_state(_workload(labels={"app": "lamb"})), [_pods(**pods)], {"night/lamp"}).faults == ()


@pytest.mark.parametrize(
    ("ports", "remarks"),
    [
        (
            [{"name": "", "number": 8081, "protocol": "TCP"}],
            ("nothing rendered says that night/lamp listens on 8081/TCP",),
        ),
        (
            [{"name": "", "number": 8080, "protocol": "UDP"}],
            ("nothing rendered says that night/lamp listens on 8080/UDP",),
        ),
        ([], ()),
    ],
)
def test_a_port_that_nothing_rendered_has_is_remarked(ports: list[Any], remarks: tuple[str, ...]) -> None:
    found = agreement(_state(_workload(ports=ports)), [_pods()], {"night/lamp"})

    assert (found.remarks, found.faults) == (remarks, ())


def test_a_workload_that_nothing_renders_is_remarked_where_all_of_its_namespace_is_seen() -> None:
    state = _state(_workload(), _workload(name="solver", labels={"app": "solver"}), releases=("night/lamp",))
    expected = "no rendered pod has the labels of the declared workload night/solver"
    assert agreement(state, [_pods()], {"night/lamp"}).remarks == (expected,)

    unseen = _state(_workload(), _workload(name="solver", labels={"app": "solver"}), releases=("night/lamp", "night/b"))
    assert agreement(unseen, [_pods()], {"night/lamp"}).remarks == ()


def test_without_a_declaration_or_pods_nothing_is_compared() -> None:
    assert agreement([], [_pods()], set()) == Agreement()
    assert agreement(_state(_workload()), [], set()) == Agreement()
