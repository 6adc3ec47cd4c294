"""What a server of Vault is made of: its configuration, its certificate, its pod and its place."""

import json
from pathlib import Path
from typing import Any, Final

import pulumi

from components.security.vault.flows import CLUSTER_PORT, METRICS_PORT, VAULT
from components.security.vault.settings import API_PORT, AUDIT_LOG, CA_SECRET, NAMESPACE

IMAGE: Final = "public.ecr.aws/hashicorp/vault"
"""The chart's own image, by its publisher, from AWS's registry."""

TAG: Final = "2.0.4"
"""The version of Vault that the pinned chart brings."""

TLS: Final = "/vault/tls"
"""Where a server finds its certificate."""

_DOMAIN: Final = f"vault-internal.{NAMESPACE}.svc"

OWN_ADDRESS: Final = f"https://$(VAULT_K8S_POD_NAME).{_DOMAIN}:{API_PORT}"
"""A server's address, which Kubernetes completes from the variables that the chart sets before it."""

# The image's own user: https://github.com/hashicorp/vault/blob/main/Dockerfile
_USER: Final = 100
_GROUP: Final = 1000

# Kubernetes' restricted level. IPC_LOCK, which locks memory, is beyond it; nodes have no swap that memory could go to.
# https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
_CONTAINER: Final = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}

_ZONE: Final = "topology.kubernetes.io/zone"
_HOST: Final = "kubernetes.io/hostname"


def configuration(replicas: int) -> str:
    """Return a server's configuration, as HCL.

    https://developer.hashicorp.com/vault/docs/configuration
    """
    joins = "\n".join(_retry_join(f"vault-{number}.{_DOMAIN}") for number in range(replicas))
    return f"""\
ui            = true
disable_mlock = true

{_listener(API_PORT, CLUSTER_PORT, open_metrics=False)}

{_listener(METRICS_PORT, METRICS_PORT + 1, open_metrics=True)}

storage "raft" {{
  path = "/vault/data"
{joins}
}}

seal "awskms" {{}}

service_registration "kubernetes" {{}}

telemetry {{
  prometheus_retention_time = "10m"
  disable_hostname          = true
}}
"""


def _listener(port: int, cluster_port: int, *, open_metrics: bool) -> str:
    # A standby sends whoever shows a token to the leader, and so has no metrics but for those who show none. On a port
    # of its own that is nobody but Prometheus, by network policy, and no token need lie where Prometheus reads it.
    # https://developer.hashicorp.com/vault/api-docs/system/metrics
    return f"""\
listener "tcp" {{
  address         = "[::]:{port}"
  cluster_address = "[::]:{cluster_port}"
  tls_cert_file   = "{TLS}/tls.crt"
  tls_key_file    = "{TLS}/tls.key"
  telemetry {{
    unauthenticated_metrics_access = {str(open_metrics).lower()}
  }}
}}"""


def _retry_join(host: str) -> str:
    return f"""\
  retry_join {{
    leader_api_addr       = "https://{host}:{API_PORT}"
    leader_tls_servername = "{host}"
    leader_ca_cert_file   = "{TLS}/ca.crt"
  }}"""


def certificate(issuer: pulumi.Input[str]) -> dict[str, Any]:
    """Return the spec of the servers' certificate: every name by which one of them is called, and no other.

    The shorter names serve callers in Vault's namespace, the loopback address people inside a server's pod.
    """
    services = ("vault", "vault-active", "vault-standby", "*.vault-internal")
    domains = ("", f".{NAMESPACE}", f".{NAMESPACE}.svc", f".{NAMESPACE}.svc.cluster.local")
    return {
        "secretName": CA_SECRET,
        "dnsNames": ["localhost", *(f"{service}{domain}" for service in services for domain in domains)],
        "ipAddresses": ["127.0.0.1"],
        # The keeper beside a server has it read again; a month is left to see that it did not.
        "duration": "2160h",
        "renewBefore": "720h",
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
        "usages": ["digital signature", "server auth"],
        "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": issuer},
    }


def placement(replicas: int, zones: int) -> dict[str, Any]:
    """Return where the servers run: no zone has two more than another, and a node two only if it must.

    A zone's loss leaves a quorum then (`vault_settings.survives_a_zone`), and with it the loss of any node: that two
    share one in a zone costs nothing, whereas a volume is bound to its zone and its server cannot wait elsewhere.
    """
    labels = {"matchLabels": dict(VAULT.labels)}
    return {
        # On demand, and there before any autoscaler is. Volumes are of EBS: nothing is gained on nodes with disks.
        "nodeSelector": {"node-role": "general"},
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": _ZONE,
                "whenUnsatisfiable": "DoNotSchedule",
                # While a zone has no node yet, the scheduler would count without it, and a volume bind its server
                # to a zone that has one already, for ever.
                "minDomains": min(replicas, zones),
                "nodeTaintsPolicy": "Honor",
                "labelSelector": labels,
            }
        ],
        # The chart takes text here, which it completes and reads as YAML.
        "affinity": json.dumps(
            {
                "podAntiAffinity": {
                    "preferredDuringSchedulingIgnoredDuringExecution": [
                        {"weight": 100, "podAffinityTerm": {"topologyKey": _HOST, "labelSelector": labels}}
                    ]
                }
            }
        ),
    }


def pod() -> dict[str, Any]:
    """Return what a server's pod may do, what it mounts, and when it is ready."""
    return {
        "statefulSet": {
            "securityContext": {
                "pod": {
                    "runAsNonRoot": True,
                    "runAsUser": _USER,
                    "runAsGroup": _GROUP,
                    "fsGroup": _GROUP,
                    # Or each start would walk through the whole volume.
                    "fsGroupChangePolicy": "OnRootMismatch",
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "container": _CONTAINER,
            }
        },
        # The keeper sends signals.
        "shareProcessNamespace": True,
        "volumes": [
            {"name": "tls", "secret": {"secretName": CA_SECRET, "defaultMode": 0o440}},
            # The chart copies the configuration there.
            {"name": "tmp", "emptyDir": {"sizeLimit": "16Mi"}},
        ],
        "volumeMounts": [
            {"name": "tls", "mountPath": TLS, "readOnly": True},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - a volume of the pod's own
        ],
        "extraPorts": [{"name": "https-metrics", "containerPort": METRICS_PORT}],
        # Neither a sealed server nor one before its initialisation is ready, so that a drain waits for those who are.
        "readinessProbe": {"path": "/v1/sys/health?standbyok=true"},
        # Five seconds of it the chart sleeps; then the leader steps down.
        "terminationGracePeriodSeconds": 30,
    }


def keeper(*, audit_mib: int) -> dict[str, Any]:
    """Return the container that has a server read a renewed certificate, and keeps its audit log from filling the disk.

    Args:
        audit_mib: The size at which the log is put aside, in MiB. There are up to two of it.

    """
    program = (Path(__file__).parent / "keeper.sh").read_text(encoding="utf-8")
    return {
        "name": "keeper",
        "image": f"{IMAGE}:{TAG}",
        "command": ["/bin/sh", "-eu", "-c", program, "keeper", f"{TLS}/tls.crt", AUDIT_LOG, str(audit_mib)],
        "securityContext": _CONTAINER,
        "resources": {"requests": {"cpu": "5m", "memory": "16Mi"}, "limits": {"memory": "32Mi"}},
        "volumeMounts": [
            {"name": "tls", "mountPath": TLS, "readOnly": True},
            {"name": "audit", "mountPath": str(Path(AUDIT_LOG).parent)},
        ],
    }
