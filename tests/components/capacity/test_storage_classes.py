"""Storage classes: encrypted, placed where their pod is, able to grow, and one of them the default."""

from typing import Any

import pytest

from components.capacity.storage_classes import LOCAL, StorageClasses, StorageSettings
from tests.components import examples
from tests.components.recording import build


def _classes(**values: Any) -> dict[str, dict[str, Any]]:
    settings = examples.parsed(StorageSettings, **values)
    recording = build(lambda: StorageClasses("storage", settings, keys=examples.keys()))
    return {
        made.inputs["metadata"]["name"]: made.inputs
        for made in recording.of("kubernetes:storage.k8s.io/v1:StorageClass")
    }


def test_gp3_is_the_only_default() -> None:
    defaults = {
        name: made["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"]
        for name, made in _classes().items()
    }

    assert defaults == {"gp3": "true", "io2": "false"}


@pytest.mark.parametrize("name", ["gp3", "io2"])
def test_every_volume_is_encrypted_under_the_volumes_key(name: str) -> None:
    parameters = _classes()[name]["parameters"]

    assert (parameters["encrypted"], parameters["kmsKeyId"]) == ("true", "arn:key/volumes")


@pytest.mark.parametrize("name", ["gp3", "io2"])
def test_a_volume_waits_for_its_pods_zone_and_can_grow(name: str) -> None:
    made = _classes()[name]

    assert (made["volumeBindingMode"], made["allowVolumeExpansion"]) == ("WaitForFirstConsumer", True)


@pytest.mark.parametrize(("setting", "policy"), [("delete", "Delete"), ("retain", "Retain")])
def test_a_deleted_claims_volume_stays_where_the_setting_says_so(setting: str, policy: str) -> None:
    assert {made["reclaimPolicy"] for made in _classes(reclaim_policy=setting).values()} == {policy}


def test_io2_buys_the_iops_it_is_told_to() -> None:
    assert _classes(io2_iops_per_gib=7)["io2"]["parameters"]["iopsPerGB"] == "7"


def _snapshots() -> dict[str, Any]:
    settings = examples.parsed(StorageSettings)
    recording = build(lambda: StorageClasses("storage", settings, keys=examples.keys()))
    (made,) = recording.of("kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass")
    return made.inputs


def test_velero_finds_the_class_of_snapshots() -> None:
    assert _snapshots()["metadata"]["labels"] == {"velero.io/csi-volumesnapshot-class": "true"}
    assert _snapshots()["driver"] == "ebs.csi.aws.com"


def test_kasten_finds_the_class_of_snapshots() -> None:
    assert _snapshots()["metadata"]["annotations"]["k10.kasten.io/is-snapshot-class"] == "true"


def test_a_snapshot_outlives_the_namespace_that_asked_for_it() -> None:
    assert _snapshots()["deletionPolicy"] == "Retain"


@pytest.mark.parametrize(("local", "names"), [(False, {"gp3", "io2"}), (True, {"gp3", "io2", LOCAL})])
def test_local_disks_have_a_class_only_where_nodes_mount_each(local: bool, names: set[str]) -> None:  # noqa: FBT001 - a row
    settings = examples.parsed(StorageSettings)
    recording = build(lambda: StorageClasses("storage", settings, keys=examples.keys(), local_volumes=local))

    made = recording.of("kubernetes:storage.k8s.io/v1:StorageClass")
    assert {each.inputs["metadata"]["name"] for each in made} == names
    assert {each.inputs["volumeBindingMode"] for each in made} == {"WaitForFirstConsumer"}
