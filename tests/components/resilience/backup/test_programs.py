"""Drills against a real API server: what comes back is judged, what does not is told, and nothing is left behind."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from components.resilience.backup import drills, schedules
from components.resilience.backup import enrolment as namespace_rule
from components.resilience.backup.classes import LABEL, Choice
from components.resilience.backup.program import drill, enrolment
from rehearsal.charts.library import at_hand
from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.rest import ApiError, Rest
from tests.components.resilience.backup import built
from tests.components.resilience.backup.velero_stand_in import SCRATCH, VELERO, Cluster, client, merge, prepare

pytestmark = pytest.mark.tools

Step = Callable[[Cluster, dict[str, Any]], None]
RTO = 30 * 60


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    library = at_hand()
    if library is None:
        pytest.skip("the charts' files are not here")
    with ControlPlane(tmp_path_factory.mktemp("drills")) as running:
        prepare(Rest(running.api_client()), library.folder / "velero" / "crds")
        yield running


@pytest.fixture
def rest(plane: ControlPlane) -> Iterator[Rest]:
    calls = Rest(plane.api_client())
    calls.request("POST", "/api/v1/namespaces/velero/configmaps", body={"metadata": {"name": drills.RESULTS_NAME}})
    yield calls
    for path in (f"{VELERO}/backups", f"{VELERO}/restores", f"{VELERO}/schedules", f"{SCRATCH}/configmaps"):
        calls.request("DELETE", path)
    calls.request("DELETE", f"/api/v1/namespaces/velero/configmaps/{drills.RESULTS_NAME}")


def _good(cluster: Cluster, restore: dict[str, Any]) -> None:
    if "status" not in restore:
        cluster.bring(restore)
        cluster.phase(restore, "WaitingForPluginOperations")
    elif cluster.readers:
        cluster.phase(restore, "Completed", progress={"itemsRestored": 3, "totalItems": 3})


def _class(name: str, location: str = "default") -> dict[str, Any]:
    return {"class": name, "location": location, "rto_seconds": RTO}


def _plan(**classes: Any) -> dict[str, Any]:
    plan = drills.plan(built.settings(), "reader-1")
    return {**plan, "classes": classes or {"gold": _class("gold")}}


def _drilled(plane: ControlPlane, cluster: Cluster, plan: dict[str, Any] | None = None) -> dict[str, Any]:
    api = client(plane, cluster.pause)
    wanted = plan or _plan()
    results = drill.Drill(api, wanted, cluster.now).run()
    drill.keep(api, wanted, results)
    return cluster.results()


def _with_backup(rest: Rest, step: Step, **options: Any) -> Cluster:
    cluster = Cluster(rest, step, **options)
    cluster.backup("gold-1", "gold", "Completed", "2026-01-01T00:00:00Z")
    return cluster


def test_the_newest_complete_backup_of_a_class_is_restored_and_measured(plane: ControlPlane, rest: Rest) -> None:
    cluster = _with_backup(rest, _good)
    cluster.backup("gold-2", "gold", "Completed", "2026-01-02T00:00:00Z")
    cluster.backup("gold-3", "gold", "PartiallyFailed", "2026-01-03T00:00:00Z")
    cluster.backup("silver-1", "silver", "Completed", "2026-01-04T00:00:00Z")

    (result,) = _drilled(plane, cluster).values()

    assert result["succeeded"] == 1, result
    assert (result["backup"], result["objects"], result["loss_seconds"]) == ("gold-2", 3, 100.0)
    assert 0 < result["rto_seconds"] < 60
    assert result["last_success"] == result["finished"] >= 1000.0
    assert cluster.left() == []


def test_another_clusters_backups_and_those_without_a_canary_are_not_taken_for_ones_own(
    plane: ControlPlane, rest: Rest
) -> None:
    cluster = _with_backup(rest, _good)
    cluster.backup("gold-of-the-other", "gold", "Completed", "2026-01-02T00:00:00Z", location="source")
    cluster.backup("apps-gold-1", "gold", "Completed", "2026-01-03T00:00:00Z", namespaces=("shop",))

    results = _drilled(plane, cluster, _plan(**{"gold": _class("gold"), "source-gold": _class("gold", "source")}))

    assert {name: each["backup"] for name, each in results.items()} == {
        "gold": "gold-1",
        "source-gold": "gold-of-the-other",
    }


def test_a_restore_goes_to_the_scratch_namespace_and_brings_nothing_that_writes(
    plane: ControlPlane, rest: Rest
) -> None:
    cluster = _with_backup(rest, _good)

    _drilled(plane, cluster)

    spec = cluster.asked[0]["spec"]
    assert spec["includedNamespaces"] == ["backup-canary"]
    assert spec["namespaceMapping"] == {"backup-canary": "backup-drill"}
    assert {"pods", "cronjobs.batch", "jobs.batch"} <= set(spec["excludedResources"])


def _fails(phase: str, **status: Any) -> Step:
    return lambda cluster, restore: cluster.phase(restore, phase, **status)


def _without_volume(cluster: Cluster, restore: dict[str, Any]) -> None:
    cluster.bring(restore, claim=False)
    cluster.phase(restore, "Completed")


def _with_another_marker(cluster: Cluster, restore: dict[str, Any]) -> None:
    if "status" not in restore:
        cluster.bring(restore, data={"says": "something else"})
    cluster.phase(restore, "Completed")


def _complete_with_errors(cluster: Cluster, restore: dict[str, Any]) -> None:
    cluster.phase(restore, "Completed", errors=2)


def _never(cluster: Cluster, restore: dict[str, Any]) -> None:
    cluster.phase(restore, "InProgress")


@pytest.mark.parametrize(
    ("step", "words", "told"),
    [
        (_fails("Failed", failureReason="the bucket is gone"), None, "ended as Failed with 0 errors"),
        (_fails("PartiallyFailed", errors=3, warnings=1), None, "ended as PartiallyFailed with 3 errors, 1 warnings"),
        (_fails("FailedValidation", validationErrors=["no such backup"]), None, "no such backup"),
        (_complete_with_errors, None, "is complete with 2 errors"),
        (_without_volume, None, "without the canary's persistentvolumeclaims canary"),
        (_with_another_marker, None, "does not say what the canary's says"),
        (_never, None, "is InProgress after the time that the class promises"),
        (_good, ("Failed", '{"error": "3 bytes are not those"}'), "not the canary's: 3 bytes are not those"),
        (_good, ("Failed", "no JSON"), "not the canary's: no JSON"),
        (_good, ("Succeeded", ""), "no word of it"),
        (_good, ("Pending", ""), "is Pending after the time that the class promises"),
    ],
)
def test_what_does_not_come_back_is_told_and_nothing_is_left(
    plane: ControlPlane, rest: Rest, step: Step, words: tuple[str, str] | None, told: str
) -> None:
    cluster = _with_backup(rest, step, **({"words": words} if words else {}))

    (result,) = _drilled(plane, cluster).values()

    assert result["succeeded"] == 0
    assert told in result["error"]
    assert "last_success" not in result
    assert cluster.left() == []


def test_a_class_without_a_complete_backup_fails_and_the_next_is_tried(plane: ControlPlane, rest: Rest) -> None:
    cluster = _with_backup(rest, _good)
    classes = {name: _class(name) for name in ("bronze", "gold")}

    results = _drilled(plane, cluster, _plan(**classes))

    assert results["bronze"]["error"] == (
        "the class bronze has no complete backup of backup-canary in the location default, of 0"
    )
    assert results["gold"]["succeeded"] == 1


def test_what_an_earlier_run_left_is_gone_before_anything_is_judged(plane: ControlPlane, rest: Rest) -> None:
    cluster = _with_backup(rest, _good)
    earlier = {"metadata": {"name": "drill-gold-1", "labels": {"platform/drill": "true"}}}
    cluster.bring(earlier)
    body = {"apiVersion": "velero.io/v1", "kind": "Restore", **earlier, "spec": {}, "status": {"phase": "Completed"}}
    rest.request("POST", f"{VELERO}/restores", body=body)

    (result,) = _drilled(plane, cluster).values()

    assert result["succeeded"] == 1, result
    assert {each["metadata"]["name"] for each in cluster.asked} == {"drill-gold-1000"}
    assert cluster.left() == []


def test_a_failure_keeps_the_time_of_the_last_success(plane: ControlPlane, rest: Rest) -> None:
    first = _drilled(plane, _with_backup(rest, _good))["gold"]

    later = Cluster(rest, _fails("Failed"), clock=9000.0)
    second = _drilled(plane, later)["gold"]

    assert second["succeeded"] == 0
    assert second["last_success"] == first["finished"] < second["finished"]


def _labelled(rest: Rest, name: str, backup_class: str) -> None:
    rest.request("POST", "/api/v1/namespaces", body={"metadata": {"name": name, "labels": {LABEL: backup_class}}})


def _enrolled(plane: ControlPlane) -> list[str]:
    plan = {
        "label": LABEL,
        "namespace": "velero",
        "alone": ["velero", "vault"],
        "schedules": schedules.of_apps(built.settings(), "eu-central-1"),
    }
    return enrolment.enrol(client(plane, lambda _: None), json.loads(json.dumps(plan)))


def test_a_namespace_is_in_the_schedule_of_the_class_that_its_label_names(plane: ControlPlane, rest: Rest) -> None:
    for name, backup_class in (("shop", "gold"), ("cart", "gold"), ("vault", "gold"), ("scratchpad", "none")):
        _labelled(rest, name, backup_class)

    assert _enrolled(plane) == []

    (made,) = rest.get(f"{VELERO}/schedules")["items"]
    assert made["metadata"]["name"] == "apps-gold"
    assert made["spec"]["template"]["includedNamespaces"] == ["cart", "shop"]

    for name in ("shop", "cart"):
        chosen = {LABEL: "silver" if name == "shop" else None}
        merge(rest, f"/api/v1/namespaces/{name}", {"metadata": {"labels": chosen}})
    assert _enrolled(plane) == []

    # A schedule without namespaces would be one of all of them.
    (made,) = rest.get(f"{VELERO}/schedules")["items"]
    assert made["metadata"]["name"] == "apps-silver"
    assert made["spec"]["template"]["includedNamespaces"] == ["shop"]


def test_a_class_that_is_none_is_told_with_the_namespaces_that_ask_for_it(
    plane: ControlPlane, rest: Rest, tmp_path: Path
) -> None:
    _labelled(rest, "till", "platinum")

    assert _enrolled(plane) == ["till: there is no class platinum; label it with one of gold, silver, bronze or none"]

    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"label": LABEL, "namespace": "velero", "alone": [], "schedules": {}}))
    assert enrolment.main(plan, client(plane, lambda _: None)) == 1


# The last of them: the API server may hold a rule for a moment after it is gone.
def test_the_api_server_refuses_a_namespace_whose_label_names_no_class(rest: Rest) -> None:
    registration = "/apis/admissionregistration.k8s.io/v1"
    for kind, body in (
        ("validatingadmissionpolicies", namespace_rule.rule()),
        ("validatingadmissionpolicybindings", namespace_rule.binding()),
    ):
        rest.request("POST", f"{registration}/{kind}", body=body)
    try:
        said = _refusals(rest)
        for choice in Choice:
            _labelled(rest, f"of-{choice}", choice)
    finally:
        for kind in ("validatingadmissionpolicybindings", "validatingadmissionpolicies"):
            rest.request("DELETE", f"{registration}/{kind}/platform-backup-class")

    assert "there is no class of backup platinum; choose one of gold, silver, bronze, none" in said


def _refusals(rest: Rest) -> str:
    """Return the refusal of a class that is none; the API server takes moments to know a new rule."""
    for attempt in range(2000):
        try:
            _labelled(rest, f"refused-{attempt}", "platinum")
        except ApiError as refusal:
            return str(refusal)
        rest.request("DELETE", f"/api/v1/namespaces/refused-{attempt}")
    return ""
