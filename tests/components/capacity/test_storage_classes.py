"""Storage classes: encrypted, placed where their pod is, able to grow, and one of them the default."""

from typing import Any

import pytest

from components.capacity.storage_classes import StorageClasses, StorageSettings
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
