"""The command lines of the control plane's three processes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rehearsal.kubernetes.certificates import Certificates

# What EKS enables beyond Kubernetes' own defaults (among which PodSecurity and ValidatingAdmissionPolicy are):
# https://docs.aws.amazon.com/eks/latest/userguide/platform-versions.html
_ADMISSION: Final = ("NodeRestriction", "ExtendedResourceToleration")
# No webhook can answer here, so the first one registered would block every object after it.
_NO_ADMISSION: Final = ("MutatingAdmissionWebhook", "ValidatingAdmissionWebhook")

# Those that give the API its behaviour: without them namespaces and volume claims are never deleted, quotas never
# enforced, aggregated roles stay empty. None that would make pods, for which there are no nodes.
_CONTROLLERS: Final = (
    "clusterrole-aggregation-controller",
    "garbage-collector-controller",
    "namespace-controller",
    "persistentvolume-protection-controller",
    "persistentvolumeclaim-protection-controller",
    "resourcequota-controller",
    "root-ca-certificate-publisher-controller",
    "service-cidr-controller",
    "serviceaccount-controller",
    "serviceaccount-token-controller",
    "validatingadmissionpolicy-status-controller",
    "volumeattributesclass-protection-controller",
)

# Sockets beside the data need no port and let no other user in; their names are relative because the path of a socket
# may not pass 103 characters (macOS). Every process runs in the control plane's directory.
_ETCD: Final = "unix://etcd.sock"
_ETCD_PEER: Final = "unix://etcd-peer.sock"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the API server listens (loopback, this port) and where services get their addresses from."""

    port: int
    service_cidr: str


def etcd() -> tuple[str, ...]:
    """The flags of etcd: one member, and no waiting for the disk, for nothing here survives a power cut."""
    return (
        "--data-dir=etcd",
        f"--listen-client-urls={_ETCD}",
        f"--advertise-client-urls={_ETCD}",
        f"--listen-peer-urls={_ETCD_PEER}",
        f"--initial-advertise-peer-urls={_ETCD_PEER}",
        f"--initial-cluster=default={_ETCD_PEER}",
        "--unsafe-no-fsync",
    )


def api_server(addresses: Addresses, certificates: Certificates) -> tuple[str, ...]:
    """The flags of kube-apiserver."""
    return (
        f"--etcd-servers={_ETCD}",
        "--bind-address=127.0.0.1",
        # Otherwise it looks for a network interface, which a laptop on a train may not have; loopback cannot be an
        # endpoint, so the service `kubernetes` stays without one.
        "--advertise-address=127.0.0.1",
        "--endpoint-reconciler-type=none",
        f"--secure-port={addresses.port}",
        # `control_plane` holds the port until the server has it too, so that no other program can take it.
        "--permit-port-sharing",
        f"--service-cluster-ip-range={addresses.service_cidr}",
        "--authorization-mode=Node,RBAC",
        # As on EKS, where the node agents are privileged; PodSecurity says in which namespaces.
        "--allow-privileged",
        f"--enable-admission-plugins={','.join(_ADMISSION)}",
        f"--disable-admission-plugins={','.join(_NO_ADMISSION)}",
        f"--client-ca-file={certificates.authority.certificate}",
        f"--tls-cert-file={certificates.server.certificate}",
        f"--tls-private-key-file={certificates.server.key}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={certificates.service_account_key}",
        f"--service-account-signing-key-file={certificates.service_account_key}",
    )


def controller_manager(kubeconfig: Path, certificates: Certificates) -> tuple[str, ...]:
    """The flags of kube-controller-manager, which acts as the administrator: its own roles are not rehearsed."""
    return (
        f"--kubeconfig={kubeconfig}",
        f"--controllers={','.join(_CONTROLLERS)}",
        "--leader-elect=false",
        # Nobody asks it for metrics or health, so it needs no port.
        "--secure-port=0",
        f"--root-ca-file={certificates.authority.certificate}",
        f"--service-account-private-key-file={certificates.service_account_key}",
        # The defaults (20, 30) are made for a shared API server; emptying a namespace takes some 150 requests.
        "--kube-api-qps=1000",
        "--kube-api-burst=2000",
        # The default (5 min) is how long a quota may be wrong after something else than a creation changed its use.
        "--resource-quota-sync-period=10s",
    )
