"""What drills restore, with which rights, and how Prometheus sees what they found."""

import json
import threading
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from components.resilience.backup import drills
from components.resilience.backup.classes import LABEL
from components.resilience.backup.program import canary, results
from tests.components.resilience.backup import built

ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role"


def _pod(name: str, kind: str = "kubernetes:batch/v1:CronJob") -> dict[str, Any]:
    spec = built.drill().one(kind, f"backup-drill-{name}").inputs["spec"]
    template = spec["jobTemplate"]["spec"]["template"] if kind.endswith("CronJob") else spec["template"]
    pod: dict[str, Any] = template["spec"]
    return pod


def test_a_drill_has_no_right_outside_of_velero_and_the_scratch_namespace() -> None:
    recording = built.drill()
    rules = {
        (role.inputs["metadata"]["namespace"], resource): each["verbs"]
        for role in recording.of(ROLE)
        for each in role.inputs["rules"]
        for resource in each["resources"]
    }

    assert recording.of("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole") == []
    assert {namespace for namespace, _ in rules} == {"velero", "backup-drill"}
    assert rules["velero", "backups"] == ["list"]
    assert rules["velero", "configmaps"] == ["get", "patch"]
    (of_configmaps,) = (
        each
        for role in recording.of(ROLE)
        for each in role.inputs["rules"]
        if role.inputs["metadata"]["namespace"] == "velero" and each["resources"] == ["configmaps"]
    )
    assert of_configmaps["resourceNames"] == [drills.RESULTS_NAME]


def test_every_pod_is_restricted_and_only_the_drill_calls_the_api() -> None:
    pods = [_pod("drill"), _pod("canary"), _pod("results", "kubernetes:apps/v1:Deployment")]
    pods.append(drills.plan(built.settings(), "reader-1")["reader"]["spec"])

    for pod in pods:
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["resources"]["limits"]["memory"]
    assert [pod["automountServiceAccountToken"] for pod in pods] == [True, False, False, False]


def test_every_class_is_tried_and_may_take_what_it_promises() -> None:
    settings = built.settings(drill={"rto_minutes": 45, "schedule": "0 6 * * *"})
    plan = drills.plan(settings, "reader-1")
    spec = (
        built.drill(drill={"rto_minutes": 45, "schedule": "0 6 * * *"})
        .one("kubernetes:batch/v1:CronJob", "backup-drill-drill")
        .inputs["spec"]
    )

    rpos = {"gold": 6 * 3600, "silver": 28 * 3600, "bronze": 172 * 3600}
    always = {
        name: {
            "class": name,
            "location": "default",
            "schedule": f"platform-{name}",
            "rpo_seconds": rpo,
            "rto_seconds": 2700,
        }
        for name, rpo in rpos.items()
    }
    chosen = {
        f"apps-{name}": {**each, "schedule": f"apps-{name}", "beside": f"platform-{name}"}
        for name, each in always.items()
    }
    assert plan["classes"] == always | chosen
    assert plan["label"] == LABEL
    assert spec["schedule"] == "0 6 * * *"
    assert spec["concurrencyPolicy"] == "Forbid"
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] >= 6 * 2700


def test_what_another_cluster_left_is_tried_with_ones_own_and_has_its_own_time() -> None:
    settings = built.settings(source=built.SOURCE)
    plan = drills.plan(settings, "reader-1")["classes"]
    spec = built.drill(source=built.SOURCE).one("kubernetes:batch/v1:CronJob", "backup-drill-drill").inputs["spec"]

    assert {name: (each["schedule"], each["location"]) for name, each in plan.items()} == {
        f"{mark}{'apps-' if kind == 'apps' else ''}{name}": (f"{kind}-{name}", location)
        for mark, location in (("", "default"), ("source-", "source"))
        for kind in ("platform", "apps")
        for name in ("gold", "silver", "bronze")
    }
    assert drills.promises(settings).keys() == {name for name in plan if "apps" not in name}
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] >= 12 * 30 * 60


def test_what_a_drill_restores_is_gone_with_its_claim_whatever_other_volumes_keep() -> None:
    recording = built.drill()
    storage_class = recording.one("kubernetes:storage.k8s.io/v1:StorageClass", "backup-drill-backup-canary")
    claim = recording.one("kubernetes:core/v1:PersistentVolumeClaim", "backup-drill-claim")

    assert storage_class.inputs["reclaimPolicy"] == "Delete"
    assert storage_class.inputs["parameters"]["kmsKeyId"] == "arn:key/volumes"
    assert claim.inputs["spec"]["storageClassName"] == "backup-canary"


def test_nobody_overwrites_what_a_drill_found() -> None:
    made = built.drill().one("kubernetes:core/v1:ConfigMap", "backup-drill-results")

    assert made.inputs["metadata"]["name"] == drills.RESULTS_NAME
    assert "data" not in made.inputs


def test_what_the_canary_writes_is_read_back_with_its_time(tmp_path: Path) -> None:
    canary.write(tmp_path, 1_700_000_000)

    assert canary.read(tmp_path) == 1_700_000_000


def _cut(folder: Path) -> None:
    with (folder / "data").open("r+b") as file:
        file.truncate(1000)


def _older(folder: Path) -> None:
    (folder / "marker.json").write_text('{"written": 1}', encoding="utf-8")


def _gone(folder: Path) -> None:
    (folder / "marker.json").unlink()


def _empty(folder: Path) -> None:
    (folder / "marker.json").write_text("", encoding="utf-8")


@pytest.mark.parametrize("damage", [_cut, _older, _gone, _empty])
def test_damaged_data_is_refused(tmp_path: Path, damage: Any) -> None:
    canary.write(tmp_path, 1_700_000_000)
    damage(tmp_path)
    message = tmp_path / "message"

    assert canary.main("read", tmp_path, message) == 1
    assert json.loads(message.read_text())["error"]


def _folders(tmp_path: Path) -> tuple[Path, Path]:
    promises, found = tmp_path / "promises.json", tmp_path / "results"
    found.mkdir()
    promises.write_text(json.dumps(drills.promises(built.settings())), encoding="utf-8")
    return promises, found


def test_prometheus_sees_what_is_promised_and_what_was_found(tmp_path: Path) -> None:
    promises, found = _folders(tmp_path)
    result = {"succeeded": 1, "rto_seconds": 95.0, "loss_seconds": 3600, "finished": 2000.0, "backup": "gold-1"}
    (found / "gold.json").write_text(json.dumps(result), encoding="utf-8")

    text = results.exposition(promises, found)

    assert 'platform_backup_class_worst_loss_seconds{class="gold"} 21600.0\n' in text
    assert 'platform_backup_class_rto_seconds{class="bronze"} 1800.0\n' in text
    assert 'platform_backup_drill_rto_seconds{class="gold"} 95.0\n' in text
    assert 'platform_backup_drill_succeeded{class="gold"} 1.0\n' in text
    assert "last_success_timestamp" not in text
    assert "apps" not in text
    assert text.count("# TYPE platform_backup_class_rpo_seconds gauge") == 1


def test_backups_of_chosen_namespaces_are_of_the_same_class_and_told_apart(tmp_path: Path) -> None:
    promises, found = _folders(tmp_path)
    for name in ("gold", "apps-gold", "source-apps-gold"):
        (found / f"{name}.json").write_text('{"succeeded": 1}', encoding="utf-8")

    text = results.exposition(promises, found)

    assert 'platform_backup_drill_succeeded{class="gold"} 1.0\n' in text
    assert 'platform_backup_drill_succeeded{class="gold",kind="apps"} 1.0\n' in text
    assert 'platform_backup_drill_succeeded{class="source-gold",kind="apps"} 1.0\n' in text


def test_a_class_that_was_never_tried_has_no_result(tmp_path: Path) -> None:
    assert "platform_backup_drill" not in results.exposition(*_folders(tmp_path))


def test_the_metrics_are_served_as_they_are_at_the_time(tmp_path: Path) -> None:
    promises, found = _folders(tmp_path)
    server = results.serve(0, promises, found)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}/metrics"
        with urllib.request.urlopen(address, timeout=10) as answer:
            before = answer.read().decode()
        (found / "gold.json").write_text('{"succeeded": 0}', encoding="utf-8")
        with urllib.request.urlopen(address, timeout=10) as answer:
            after = answer.read().decode()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

    assert "drill_succeeded" not in before
    assert 'platform_backup_drill_succeeded{class="gold"} 0.0' in after
