"""What nodes are told at their start: safe kubelets, disks put to use, and only what the images accept."""

import json
import tomllib
from email import message_from_string
from typing import Any

import pytest

from components.compute.ami import AmiFamily
from components.compute.user_data import LocalDisks, render
from tests.components import golden

_NAMES = sorted(
    f"{family}-{role}.txt"
    for family in golden.FAMILIES
    for role in ("general", "spot", "gpu", "storage-a", "storage-b")
)

# The settings that Bottlerocket knows and a node of EKS may set; one it does not know ends the boot.
# https://github.com/bottlerocket-os/bottlerocket-settings-sdk (settings-extensions/kubernetes/src/lib.rs)
_KNOWN_TO_BOTTLEROCKET = {
    "container-log-max-files": int,
    "container-log-max-size": str,
    "event-qps": int,
    "image-gc-high-threshold-percent": str,
    "image-gc-low-threshold-percent": str,
    "max-pods": int,
    "server-tls-bootstrap": bool,
}


def _nodeadm(**values: Any) -> dict[str, Any]:
    message = message_from_string(render(AmiFamily.AL2023, **values))
    assert message.get_content_type() == "multipart/mixed"
    whole, part = message.walk()
    assert whole is message
    assert part.get_content_type() == "application/node.eks.aws"
    config: dict[str, Any] = json.loads(str(part.get_payload()))
    assert (config["apiVersion"], config["kind"]) == ("node.eks.aws/v1alpha1", "NodeConfig")
    return dict(config["spec"])


def _bottlerocket(**values: Any) -> dict[str, Any]:
    return dict(tomllib.loads(render(AmiFamily.BOTTLEROCKET, **values))["settings"])


def test_every_kind_of_node_starts_with_what_was_reviewed() -> None:
    reviewed = {path.name: path.read_text(encoding="utf-8") for path in golden.FOLDER.iterdir()}

    assert sorted(reviewed) == _NAMES
    assert golden.actual() == reviewed, "run: python -m tests.components.golden"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("authentication.anonymous.enabled", False),
        ("authentication.webhook.enabled", True),
        ("authorization.mode", "Webhook"),
        ("readOnlyPort", 0),
        ("protectKernelDefaults", True),
        ("makeIPTablesUtilChains", True),
        ("rotateCertificates", True),
        ("serverTLSBootstrap", True),
        ("eventRecordQPS", 50),
        ("serializeImagePulls", False),
    ],
)
def test_the_kubelet_of_amazon_linux_is_as_the_benchmark_wants_it(path: str, expected: object) -> None:
    value: Any = _nodeadm()["kubelet"]["config"]
    for key in path.split("."):
        value = value[key]

    assert value == expected


def test_idle_streams_end_and_only_forward_secret_ciphers_are_spoken() -> None:
    config = _nodeadm()["kubelet"]["config"]

    assert config["streamingConnectionIdleTimeout"] not in {"0", "0s"}
    assert config["tlsCipherSuites"]
    assert all(suite.startswith("TLS_ECDHE_") for suite in config["tlsCipherSuites"])
    assert all("CBC" not in suite for suite in config["tlsCipherSuites"])


def test_images_are_collected_before_pods_are_evicted_for_want_of_disk() -> None:
    config = _nodeadm()["kubelet"]["config"]

    # nodeadm evicts below 10 % free.
    assert config["imageGCLowThresholdPercent"] < config["imageGCHighThresholdPercent"] < 90


def test_what_the_kubelet_keeps_for_itself_is_left_to_the_image() -> None:
    assert "kubeReserved" not in _nodeadm()["kubelet"]["config"]
    assert "kube-reserved" not in _bottlerocket()["kubernetes"]


def test_bottlerocket_gets_only_settings_it_knows() -> None:
    settings = _bottlerocket(max_pods=58, local_disks=LocalDisks.RAID0)

    assert set(settings) == {"kubernetes", "host-containers", "bootstrap-commands"}
    assert {key: type(value) for key, value in settings["kubernetes"].items()} == _KNOWN_TO_BOTTLEROCKET


def test_both_systems_agree_where_both_can_be_told() -> None:
    nodeadm, bottlerocket = _nodeadm()["kubelet"]["config"], _bottlerocket()["kubernetes"]

    assert {
        "container-log-max-files": nodeadm["containerLogMaxFiles"],
        "container-log-max-size": nodeadm["containerLogMaxSize"],
        "event-qps": nodeadm["eventRecordQPS"],
        "image-gc-high-threshold-percent": str(nodeadm["imageGCHighThresholdPercent"]),
        "image-gc-low-threshold-percent": str(nodeadm["imageGCLowThresholdPercent"]),
        "server-tls-bootstrap": nodeadm["serverTLSBootstrap"],
    } == bottlerocket


def test_the_number_of_pods_is_eks_own_unless_it_is_given() -> None:
    assert "maxPods" not in _nodeadm()["kubelet"]["config"]
    assert "max-pods" not in _bottlerocket()["kubernetes"]
    assert _nodeadm(max_pods=58)["kubelet"]["config"]["maxPods"] == 58
    assert _bottlerocket(max_pods=58)["kubernetes"]["max-pods"] == 58


def test_nobody_logs_in_over_ssh() -> None:
    assert _bottlerocket()["host-containers"] == {"admin": {"enabled": False}}


@pytest.mark.parametrize(("disks", "strategy"), [(LocalDisks.RAID0, "RAID0"), (LocalDisks.MOUNT, "Mount")])
def test_amazon_linux_prepares_local_disks(disks: LocalDisks, strategy: str) -> None:
    assert _nodeadm(local_disks=disks)["instance"] == {"localStorage": {"strategy": strategy}}
    assert "instance" not in _nodeadm()


def test_bottlerocket_prepares_local_disks_at_every_boot_or_does_not_boot() -> None:
    (command,) = _bottlerocket(local_disks=LocalDisks.RAID0)["bootstrap-commands"].values()

    assert [words[:3] for words in command["commands"]] == [
        ["apiclient", "ephemeral-storage", "init"],
        ["apiclient", "ephemeral-storage", "bind"],
    ]
    assert command["commands"][1][4:] == ["/var/lib/containerd", "/var/lib/kubelet", "/var/log/pods"]
    assert (command["essential"], command["mode"]) == (True, "always")
    assert "bootstrap-commands" not in _bottlerocket()


def test_bottlerocket_cannot_mount_each_disk_by_itself() -> None:
    with pytest.raises(ValueError, match="one array of all local disks"):
        render(AmiFamily.BOTTLEROCKET, local_disks=LocalDisks.MOUNT)
