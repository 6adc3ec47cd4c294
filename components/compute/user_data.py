"""What a node is told at its start, beyond what EKS tells every node: the kubelet's settings and its local disks.

EKS puts its own part (cluster, labels, taints) beside this one, as long as the launch template names no AMI:
https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html#launch-template-user-data
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from components.compute.ami import AmiFamily


class LocalDisks(StrEnum):
    """What becomes of a node's local NVMe disks."""

    RAID0 = "raid0"
    MOUNT = "mount"


# 50 is the kubelet's own default since Kubernetes 1.27; CIS asks that a limit is stated: without one a pod in a crash
# loop floods the API server with events.
_EVENTS_PER_SECOND: Final = 50
# Images are collected before the kubelet evicts pods for want of disk, which it does at 90 % in use (nodefs.available
# below 10 %); its own default, 85 %, leaves little between the two.
_IMAGES_COLLECTED_FROM_PERCENT: Final = 75
_IMAGES_COLLECTED_TO_PERCENT: Final = 65
# At most 250 MiB for each container. The kubelet's 10 MiB pass in seconds when a container is in trouble, and a log
# collector that is behind then loses lines.
_LOG_FILE_SIZE: Final = "50Mi"
_LOG_FILES: Final = 5

# https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ and the sections of CIS Amazon EKS Benchmark
# 1.8.0. nodeadm has safe defaults for most; stated here, they do not depend on the release of the AMI.
# https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go
_NODEADM_KUBELET: Final[Mapping[str, Any]] = {
    # 3.2.1, 3.2.2: nobody is anonymous, and the API server is asked what somebody may do. What else nodeadm sets
    # here (the cluster's CA) stays: a drop-in is merged.
    "authentication": {"anonymous": {"enabled": False}, "webhook": {"enabled": True}},
    "authorization": {"mode": "Webhook"},
    "containerLogMaxFiles": _LOG_FILES,
    "containerLogMaxSize": _LOG_FILE_SIZE,
    "eventRecordQPS": _EVENTS_PER_SECOND,  # 3.2.7
    "imageGCHighThresholdPercent": _IMAGES_COLLECTED_FROM_PERCENT,
    "imageGCLowThresholdPercent": _IMAGES_COLLECTED_TO_PERCENT,
    "makeIPTablesUtilChains": True,  # 3.2.6
    "protectKernelDefaults": True,
    "readOnlyPort": 0,  # 3.2.4
    "rotateCertificates": True,  # 3.2.8
    # One image that is slow to pull does not hold up the others.
    "serializeImagePulls": False,
    "serverTLSBootstrap": True,  # 3.2.9: EKS signs and renews the kubelet's own certificate
    "streamingConnectionIdleTimeout": "4h0m0s",  # 3.2.5: not 0, which is never; the kubelet's own default
    # The suites with forward secrecy; nodeadm's default has two more without it. The same six are fixed in
    # Bottlerocket.
    "tlsCipherSuites": [
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
    ],
}

# Only these have a setting. Anonymous access, webhook authorization, the read-only port, kernel defaults, image pulls
# and cipher suites are as above and fixed in Bottlerocket's own template; an unknown setting would end the boot.
# https://github.com/bottlerocket-os/bottlerocket-core-kit/blob/develop/packages/kubernetes-1.34/kubelet-config
# https://github.com/bottlerocket-os/bottlerocket-settings-sdk (settings-extensions/kubernetes)
_BOTTLEROCKET_KUBELET: Final[Mapping[str, Any]] = {
    "container-log-max-files": _LOG_FILES,
    "container-log-max-size": _LOG_FILE_SIZE,
    "event-qps": _EVENTS_PER_SECOND,
    # Bottlerocket takes both as text: https://bottlerocket.dev/en/os/latest/api/settings/kubernetes/
    "image-gc-high-threshold-percent": str(_IMAGES_COLLECTED_FROM_PERCENT),
    "image-gc-low-threshold-percent": str(_IMAGES_COLLECTED_TO_PERCENT),
    "server-tls-bootstrap": True,
}

_NODEADM_STRATEGIES: Final = {LocalDisks.RAID0: "RAID0", LocalDisks.MOUNT: "Mount"}

# `init` makes one array of all disks, `bind` puts it under what pods write; both must be done again at every boot.
# https://bottlerocket.dev/en/os/latest/concepts/bootstrap-commands/
_BOTTLEROCKET_DISKS: Final[Mapping[str, Any]] = {
    "commands": [
        ["apiclient", "ephemeral-storage", "init"],
        [
            "apiclient",
            "ephemeral-storage",
            "bind",
            "--dirs",
            "/var/lib/containerd",
            "/var/lib/kubelet",
            "/var/log/pods",
        ],
    ],
    "essential": True,
    "mode": "always",
}

_BOUNDARY: Final = "platform"


def render(
    family: AmiFamily,
    *,
    max_pods: int | None = None,
    local_disks: LocalDisks | None = None,
    gpu_time_slices: int = 1,
) -> str:
    """Return the user data of a node.

    Args:
        family: The operating system, which decides the form.
        max_pods: Most pods on the node; left to EKS when None. What the kubelet reserves for itself is the AMI's to
            say, and follows from its own idea of this number.
        local_disks: What becomes of local NVMe disks; they stay as they are when None.
        gpu_time_slices: For how many pods each NVIDIA device is offered, where the system itself offers them.

    Raises:
        ValueError: The operating system cannot do that with its disks.

    """
    if family is AmiFamily.AL2023:
        return _nodeadm(max_pods, local_disks)
    if local_disks is LocalDisks.MOUNT:
        raise ValueError("bottlerocket makes one array of all local disks; it cannot mount each by itself")
    return _bottlerocket(max_pods, local_disks, gpu_time_slices)


def _nodeadm(max_pods: int | None, local_disks: LocalDisks | None) -> str:
    kubelet = {**_NODEADM_KUBELET, **({} if max_pods is None else {"maxPods": max_pods})}
    spec: dict[str, Any] = {"kubelet": {"config": kubelet}}
    if local_disks:
        spec["instance"] = {"localStorage": {"strategy": _NODEADM_STRATEGIES[local_disks]}}
    config = {"apiVersion": "node.eks.aws/v1alpha1", "kind": "NodeConfig", "spec": spec}
    # A part of type application/node.eks.aws holds one NodeConfig, in YAML, of which JSON is a part.
    # https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/
    return "\n".join(
        [
            "MIME-Version: 1.0",
            f'Content-Type: multipart/mixed; boundary="{_BOUNDARY}"',
            "",
            f"--{_BOUNDARY}",
            "Content-Type: application/node.eks.aws",
            "",
            json.dumps(config, indent=2),
            f"--{_BOUNDARY}--",
            "",
        ]
    )


def _bottlerocket(max_pods: int | None, local_disks: LocalDisks | None, gpu_time_slices: int) -> str:
    tables: dict[str, Mapping[str, Any]] = {
        # The one way to log in over SSH is a container that is off unless someone turns it on.
        "settings.host-containers.admin": {"enabled": False},
        "settings.kubernetes": {**_BOTTLEROCKET_KUBELET, **({} if max_pods is None else {"max-pods": max_pods})},
    }
    if local_disks:
        tables["settings.bootstrap-commands.local-disks"] = _BOTTLEROCKET_DISKS
    if gpu_time_slices > 1:
        # https://bottlerocket.dev/en/os/1.54.x/api/settings/kubelet-device-plugins/
        tables["settings.kubelet-device-plugins.nvidia"] = {"device-sharing-strategy": "time-slicing"}
        # Without a name of its own a slice is asked for as a whole device is, here and on al2023.
        tables["settings.kubelet-device-plugins.nvidia.time-slicing"] = {
            "replicas": gpu_time_slices,
            "rename-by-default": False,
        }
    return "\n".join(_table(name, values) for name, values in tables.items())


def _table(name: str, values: Mapping[str, Any]) -> str:
    # Numbers, switches, plain text and lists of text are written in TOML as they are in JSON.
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    return "\n".join([f"[{name}]", *lines, ""])
