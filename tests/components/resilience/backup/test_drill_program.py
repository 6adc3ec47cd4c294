"""Drills against a real API server: what comes back is judged, what does not is told, and nothing is left behind."""

from collections.abc import Callable
from typing import Any

import pytest

from components.resilience.backup import drills
from components.resilience.backup.program import drill
from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.rest import Rest
from tests.components.resilience.backup import built
from tests.components.resilience.backup.velero_stand_in import VELERO, Cluster, client, merge

pytestmark = pytest.mark.tools

Step = Callable[[Cluster, dict[str, Any]], None]
RTO = 30 * 60


def _good(cluster: Cluster, restore: dict[str, Any]) -> None:
    if "status" not in restore:
        cluster.bring(restore)
        cluster.phase(restore, "WaitingForPluginOperations")
    elif cluster.readers:
        cluster.phase(restore, "Completed", progress={"itemsRestored": 3, "totalItems": 3})


def _class(name: str, location: str = "default", kind: str = "platform") -> dict[str, Any]:
    beside = {} if kind == "platform" else {"beside": f"platform-{name}"}
    times = {"rpo_seconds": 6 * 3600, "rto_seconds": RTO}
    return {"class": name, "location": location, "schedule": f"{kind}-{name}", **beside, **times}


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
    cluster.backup("apps-1", "apps-gold", "Completed", "2026-01-03T00:00:00Z", namespaces=("shop",))
    cluster.backup("platform-1", "gold", "Completed", "2026-01-03T00:00:00Z", namespaces=("vault",))

    results = _drilled(plane, cluster, _plan(**{"gold": _class("gold"), "source-gold": _class("gold", "source")}))

    assert {name: each["backup"] for name, each in results.items()} == {
        "gold": "gold-1",
        "source-gold": "gold-of-the-other",
    }


def test_backups_of_namespaces_that_chose_a_class_are_tried_as_those_of_the_platform_are(
    plane: ControlPlane, rest: Rest
) -> None:
    cluster = _with_backup(rest, _good)
    names = {"default": "eu-west-1-apps-gold", "source": "apps-gold"}
    for location, schedule in names.items():
        cluster.backup(f"{location}-apps", schedule, "Completed", "2026-01-01T00:00:00Z", location=location)
        cluster.backup(f"{location}-other", "laps-gold", "Completed", "2026-01-02T00:00:00Z", location=location)
    classes = {
        "gold": _class("gold"),
        "apps-gold": _class("gold", kind="apps"),
        "source-apps-gold": _class("gold", "source", "apps"),
    }

    results = _drilled(plane, cluster, _plan(**classes))

    assert {name: each["backup"] for name, each in results.items()} == {
        "gold": "gold-1",
        "apps-gold": "default-apps",
        "source-apps-gold": "source-apps",
    }
    assert all(each["succeeded"] for each in results.values()), results


def test_a_backup_of_chosen_namespaces_that_did_not_succeed_is_told(plane: ControlPlane, rest: Rest) -> None:
    cluster = _with_backup(rest, _good)
    cluster.backup("apps-1", "apps-gold", "Failed", "2026-01-01T00:00:00Z")

    (result,) = _drilled(plane, cluster, _plan(**{"apps-gold": _class("gold", kind="apps")})).values()

    assert "no complete backup of backup-canary by apps-gold in the location default, of 1" in result["error"]


@pytest.mark.parametrize(
    ("last", "tried"),
    [("2026-01-01T19:00:00Z", True), ("2026-01-01T17:00:00Z", False), (None, False)],
)
def test_a_class_that_nobody_chooses_any_more_has_nothing_to_try_and_no_result(
    plane: ControlPlane, rest: Rest, last: str | None, *, tried: bool
) -> None:
    cluster = Cluster(rest, _good)
    cluster.backup("gold-1", "gold", "PartiallyFailed", "2026-01-02T00:00:00Z")
    if last:
        cluster.backup("apps-1", "apps-gold", "Completed", last)
    merge(
        rest,
        f"/api/v1/namespaces/velero/configmaps/{drills.RESULTS_NAME}",
        {"data": {"apps-gold.json": '{"succeeded": 1, "last_success": 5}', "source-gold.json": "{}"}},
    )

    results = _drilled(plane, cluster, _plan(**{"apps-gold": _class("gold", kind="apps")}))

    assert set(results) == ({"apps-gold"} if tried else set())
    assert bool(cluster.asked) is tried


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
        "the class bronze has no complete backup of backup-canary by platform-bronze in the location default, of 0"
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
