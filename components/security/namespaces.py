"""The namespaces of the platform's own systems, each with the strictest Pod Security level its tenants can bear."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

import pulumi

from components.kit import namespaces
from components.kit.layer import Layer
from components.kit.namespaces import Namespace, PodSecurity

PLATFORM: Final = (
    Namespace(name="cert-manager", purpose="Certificates and their issuers"),
    Namespace(name="ingress", purpose="Gateways and the entry of traffic"),
    Namespace(name="vault", purpose="Vault and the bootstrap of its policies"),
    Namespace(
        name="keycloak",
        purpose="Who people are: Keycloak, where the stack has it",
        # The internal entry serves its routes.
        labels={"platform/internal-entry": "admitted"},
    ),
    Namespace(name="kyverno", purpose="Kyverno, where it judges what enters"),
    Namespace(name="gatekeeper-system", purpose="Gatekeeper, where it judges what enters"),
    Namespace(name="external-secrets", purpose="What copies secrets of other stores to Secrets"),
    Namespace(
        name="secrets-store",
        purpose="What has Vault fill pods' volumes",
        pod_security=PodSecurity.PRIVILEGED,
        reason="the driver mounts volumes into pods, and its provider's socket lies in a folder of the node",
    ),
    Namespace(
        name="gpu",
        purpose="What offers NVIDIA devices to pods and measures them",
        pod_security=PodSecurity.PRIVILEGED,
        reason="the device plug-in and the exporter of metrics use the host's devices and the kubelet's sockets",
    ),
    Namespace(
        name="monitoring",
        purpose="Prometheus with its operator, Alertmanager and exporters",
        # The internal entry serves its routes.
        labels={"platform/internal-entry": "admitted"},
    ),
    Namespace(
        name="node-exporter",
        purpose="What measures nodes",
        pod_security=PodSecurity.PRIVILEGED,
        reason="the node exporter reads the host's network, processes and file systems",
    ),
    Namespace(name="thanos", purpose="Thanos: metrics of all clusters, for years"),
    Namespace(
        name="grafana",
        purpose="Dashboards, by four Grafanas",
        # The internal entry serves its routes.
        labels={"platform/internal-entry": "admitted"},
    ),
    Namespace(name="platform-etcd", purpose="etcd for what the platform itself remembers"),
    Namespace(name="opencost", purpose="What nodes, volumes and containers cost, where the stack asks for it"),
    Namespace(
        name="velero",
        purpose="Backups and restores",
        pod_security=PodSecurity.PRIVILEGED,
        reason="the node agent reads pods' volumes through the host's file system",
    ),
    Namespace(
        name="kasten-io",
        purpose="Backups and restores by Kasten, where it makes them",
        pod_security=PodSecurity.BASELINE,
        reason="the pods that read and write volumes' data run as root, for the files are anybody's",
    ),
    Namespace(name="backup-canary", purpose="What every backup holds and every drill looks for"),
    Namespace(name="backup-drill", purpose="Where restores are tried"),
    Namespace(
        name="chaos-mesh",
        purpose="What makes faults happen, where the stack has experiments",
        pod_security=PodSecurity.PRIVILEGED,
        reason="Chaos Mesh's agents change the processes, networks and mounts of a node's containers from its own",
    ),
    Namespace(
        name="falco",
        purpose="Detection of what should not happen while it happens",
        pod_security=PodSecurity.PRIVILEGED,
        reason="Falco loads programs into the node's kernel and reads the host's processes and containerd's socket",
    ),
    Namespace(name="trivy-system", purpose="Reports on what is vulnerable, misconfigured or exposed"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespacesOutputs:
    """Names of the namespaces, in the order of `PLATFORM`."""

    names: pulumi.Output[list[str]]


class Namespaces(Layer, kind="platform:security:Namespaces"):
    """The rooms, before anyone moves in."""

    def __init__(
        self,
        name: str,
        *,
        on_nodes: Collection[str] = (),
        protected: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        made = [namespaces.create(self, replace(namespace, protected=protected)) for namespace in leveled(on_nodes)]
        self.outputs = self.publish(
            NamespacesOutputs(names=pulumi.Output.all(*(namespace.metadata.name for namespace in made)).apply(list))
        )


def leveled(on_nodes: Collection[str]) -> tuple[Namespace, ...]:
    """Return the namespaces, with the level that pods on their node's network need where there are any.

    Args:
        on_nodes: The namespaces of such pods. The level below restricted, baseline, refuses them too.

    """
    return tuple(
        replace(
            namespace,
            pod_security=PodSecurity.PRIVILEGED,
            reason=namespace.reason
            or "EKS's API server calls a webhook here, and reaches it on its node's network only",
        )
        if namespace.name in on_nodes
        else namespace
        for namespace in PLATFORM
    )
