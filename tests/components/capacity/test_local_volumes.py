"""Local disks as volumes: found where nodes mount them, on every node that has any, with no right too many."""

import json
from typing import Any

import pytest

from components.capacity import local_volumes
from components.capacity.local_volumes import LocalVolumes
from components.capacity.storage_classes import LOCAL
from components.compute.node_roles import ROLES
from tests.components.recording import build
from tests.environments import assembled, settings_of

_DAEMONS = "kubernetes:apps/v1:DaemonSet"


def _pod() -> dict[str, Any]:
    recording = build(lambda: LocalVolumes("local-volumes"))
    spec: dict[str, Any] = recording.one(_DAEMONS, "local-volumes-provisioner").inputs["spec"]["template"]["spec"]
    return spec


def test_the_disks_it_finds_are_of_the_class_that_a_claim_names() -> None:
    classes = json.loads(local_volumes.configured()["storageClassMap"])

    assert list(classes) == [LOCAL]


def test_it_sees_the_disks_where_nodes_mount_them_also_those_mounted_later() -> None:
    (disks,) = json.loads(local_volumes.configured()["storageClassMap"]).values()
    mounts = {each["name"]: each for each in _pod()["containers"][0]["volumeMounts"]}
    host = {each["name"]: each["hostPath"]["path"] for each in _pod()["volumes"] if "hostPath" in each}

    assert (host["disks"], mounts["disks"]["mountPath"]) == (disks["hostDir"], disks["mountDir"])
    assert mounts["disks"]["mountPropagation"] == "HostToContainer"


def test_it_runs_on_storage_nodes_whatever_keeps_other_pods_away() -> None:
    pod = _pod()

    assert pod["nodeSelector"]["node-role"] in ROLES
    assert pod["nodeSelector"] == {"node-role": "storage"}
    assert pod["tolerations"] == [{"operator": "Exists"}]


def test_it_is_root_but_not_privileged_and_sees_no_other_part_of_the_host() -> None:
    pod = _pod()
    (container,) = pod["containers"]

    assert "privileged" not in container["securityContext"]
    assert container["securityContext"]["capabilities"]["drop"] == ["ALL"]
    assert [each["hostPath"]["path"] for each in pod["volumes"] if "hostPath" in each] == ["/mnt/k8s-disks"]


def test_it_may_not_change_nodes_or_read_secrets() -> None:
    granted = {
        (resource, verb) for rule in local_volumes.rules() for resource in rule["resources"] for verb in rule["verbs"]
    }

    assert {resource for resource, _ in granted} == {"persistentvolumes", "storageclasses", "nodes", "events"}
    assert {verb for resource, verb in granted if resource == "nodes"} == {"get"}
    assert "*" not in {verb for _, verb in granted}


@pytest.mark.parametrize(("stack", "mounted"), [("prod", False), ("local-disks", True)])
def test_it_stands_where_nodes_mount_their_disks(stack: str, mounted: bool) -> None:  # noqa: FBT001 - a row
    assert settings_of(stack).local_volumes is mounted
    assert bool(assembled(stack).of(LocalVolumes.kind)) is mounted
