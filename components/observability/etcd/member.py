"""What a member of the platform's etcd is made of: its arguments, its pod and its place."""

from typing import Any, Final

import pulumi

from components.kit import placement
from components.observability.etcd import certificates
from components.observability.etcd.flows import MEMBER
from components.observability.etcd.settings import (
    CLIENT_PORT,
    DOMAIN,
    MEMBERS_SERVICE,
    METRICS_PORT,
    NAME,
    PEER_PORT,
    EtcdSettings,
)

IMAGE: Final = "quay.io/coreos/etcd:v3.7.3"
"""etcd by its project, in the version that the tests run."""

TLS: Final = "/etc/etcd/tls"
DATA: Final = "/var/lib/etcd"

_GIB: Final = 1024**3
# Beyond the quota of the data, which etcd maps into memory: for what it works on.
_MEMORY_GIB: Final = 2


def arguments(settings: EtcdSettings) -> list[str]:
    """Return a member's arguments; Kubernetes fills in the pod's name.

    https://etcd.io/docs/v3.7/op-guide/configuration/
    """
    files = {"cert-file": "tls.crt", "key-file": "tls.key", "trusted-ca-file": "ca.crt"}
    everyone = ",".join(
        f"{NAME}-{number}=https://{certificates.address(number)}:{PEER_PORT}" for number in range(settings.members)
    )
    return [
        "--name=$(POD_NAME)",
        # Below the volume: a volume's root belongs to root, and etcd wants a folder for itself alone.
        f"--data-dir={DATA}/data",
        f"--initial-cluster={everyone}",
        "--initial-cluster-state=new",
        f"--initial-advertise-peer-urls=https://$(POD_NAME).{DOMAIN}:{PEER_PORT}",
        f"--advertise-client-urls=https://$(POD_NAME).{DOMAIN}:{CLIENT_PORT}",
        f"--listen-peer-urls=https://0.0.0.0:{PEER_PORT}",
        f"--listen-client-urls=https://0.0.0.0:{CLIENT_PORT}",
        # For the kubelet and Prometheus, who have no certificate.
        f"--listen-metrics-urls=http://0.0.0.0:{METRICS_PORT}",
        "--client-cert-auth",
        "--peer-client-cert-auth",
        *(f"--{flag}={TLS}/{file}" for flag, file in files.items()),
        *(f"--peer-{flag}={TLS}/{file}" for flag, file in files.items()),
        # A client's certificate is of the same authority, and makes no member of it.
        f"--peer-cert-allowed-cn={certificates.MEMBER}",
        f"--quota-backend-bytes={settings.quota_gib * _GIB}",
        # Who watches from further back must read anew.
        "--auto-compaction-mode=periodic",
        "--auto-compaction-retention=8h",
        # A write that a disk has not taken for this long makes a member call for a new leader in vain.
        "--heartbeat-interval=250",
        "--election-timeout=2500",
    ]


def stateful_set(settings: EtcdSettings, storage_class: pulumi.Input[str], *, retain_data: bool) -> dict[str, Any]:
    """Return the spec of the members."""
    return {
        "serviceName": MEMBERS_SERVICE,
        "replicas": settings.members,
        # None is ready before a majority is there.
        "podManagementPolicy": "Parallel",
        "selector": {"matchLabels": dict(MEMBER.labels)},
        "template": {"metadata": {"labels": dict(MEMBER.labels)}, "spec": _pod(settings)},
        "persistentVolumeClaimRetentionPolicy": {
            "whenDeleted": "Retain" if retain_data else "Delete",
            "whenScaled": "Retain",
        },
        "volumeClaimTemplates": [
            {
                "metadata": {"name": "data"},
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "storageClassName": storage_class,
                    "resources": {"requests": {"storage": f"{settings.volume_gib}Gi"}},
                },
            }
        ],
    }


def _pod(settings: EtcdSettings) -> dict[str, Any]:
    return {
        "automountServiceAccountToken": False,
        "nodeSelector": {**placement.GENERAL_NODES},
        "topologySpreadConstraints": _apart(),
        "securityContext": {**placement.RESTRICTED_POD, "fsGroupChangePolicy": "OnRootMismatch"},
        "containers": [
            {
                "name": NAME,
                "image": IMAGE,
                "command": ["/usr/local/bin/etcd", *arguments(settings)],
                "env": [{"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
                "ports": [{"name": port.name, "containerPort": port.number} for port in MEMBER.ports],
                "securityContext": {**placement.RESTRICTED_CONTAINER},
                "resources": placement.resources("200m", "512Mi", memory_limit=f"{settings.quota_gib + _MEMORY_GIB}Gi"),
                # https://etcd.io/docs/v3.7/op-guide/monitoring/#health-check
                "startupProbe": _probe("readyz") | {"failureThreshold": 60},
                "readinessProbe": _probe("readyz"),
                "livenessProbe": _probe("livez") | {"failureThreshold": 6},
                "volumeMounts": [
                    {"name": "data", "mountPath": DATA},
                    {"name": "tls", "mountPath": TLS, "readOnly": True},
                ],
            }
        ],
        "volumes": [
            {"name": "tls", "secret": {"secretName": certificates.secret(certificates.MEMBER), "defaultMode": 0o440}}
        ],
    }


def _probe(path: str) -> dict[str, Any]:
    return {"httpGet": {"path": f"/{path}", "port": "metrics"}, "periodSeconds": 10, "timeoutSeconds": 5}


def _apart() -> list[dict[str, Any]]:
    zone, node = placement.apart(name=NAME, component="member")
    # A zone with two of three would take the majority with it. A zone without a node is waited for, as is one by the
    # scheduler's own count that does not know of it yet: volumes bind for ever.
    return [zone | {"whenUnsatisfiable": "DoNotSchedule", "minDomains": 3, "nodeTaintsPolicy": "Honor"}, node]
