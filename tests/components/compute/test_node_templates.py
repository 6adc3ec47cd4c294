"""What an autoscaler reads of a group that has no node yet."""

import base64
import tomllib

import pytest

from tests.components.nodes import GPU, groups, templates

_RESOURCE = "k8s.io/cluster-autoscaler/node-template/resources"


def test_a_pod_that_asks_for_disk_finds_a_group_without_nodes() -> None:
    tags = groups()["nodes-general"]["tags"]

    # 85 of 100 GiB: the kubelet evicts pods below a tenth, and the system's images are there too.
    assert tags == {f"{_RESOURCE}/ephemeral-storage": "85Gi"}


def test_the_disk_of_a_storage_node_is_its_local_one() -> None:
    # i7i.large has 468 GB.
    assert groups()["nodes-storage-a"]["tags"][f"{_RESOURCE}/ephemeral-storage"] == "397G"


@pytest.mark.parametrize(("slices", "tagged"), [(1, None), (4, "4")])
def test_a_shared_device_counts_as_often_as_it_is_offered(slices: int, tagged: str | None) -> None:
    every = groups(gpu=GPU, slices=slices)

    assert every["nodes-gpu"]["tags"].get(f"{_RESOURCE}/nvidia.com/gpu") == tagged
    assert f"{_RESOURCE}/nvidia.com/gpu" not in every["nodes-general"]["tags"]


def test_an_autoscaler_waits_for_a_device_that_is_on_its_way() -> None:
    labelled = {name for name, group in groups().items() if "k8s.amazonaws.com/accelerator" in group["labels"]}

    assert labelled == {"nodes-gpu"}


@pytest.mark.parametrize("slices", [1, 4])
def test_bottlerocket_itself_shares_a_device(slices: int) -> None:
    """It runs the device plug-in as a service of the node, which only the user data reaches."""
    told = {
        name: tomllib.loads(base64.b64decode(made["userData"]).decode())["settings"]
        for name, made in templates(slices=slices).items()
    }

    sharing = {name: settings["kubelet-device-plugins"] for name, settings in told.items() if "nvidia" in str(settings)}
    expected = {"device-sharing-strategy": "time-slicing", "time-slicing": {"replicas": 4, "rename-by-default": False}}
    assert sharing == ({} if slices == 1 else {"nodes-gpu": {"nvidia": expected}})
