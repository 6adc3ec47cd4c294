"""The namespaces of the platform's own systems, each with the strictest Pod Security level its tenants can bear."""

from dataclasses import dataclass
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
        name="gpu",
        purpose="What offers NVIDIA devices to pods and measures them",
        pod_security=PodSecurity.PRIVILEGED,
        reason="the device plug-in and the exporter of metrics use the host's devices and the kubelet's sockets",
    ),
    Namespace(
        name="monitoring",
        purpose="Prometheus, Thanos, Alertmanager and Grafana",
        pod_security=PodSecurity.PRIVILEGED,
        reason="the node exporter reads the host's network, processes and file systems",
    ),
    Namespace(
        name="velero",
        purpose="Backups and restores",
        pod_security=PodSecurity.PRIVILEGED,
        reason="the node agent reads pods' volumes through the host's file system",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespacesOutputs:
    """Names of the namespaces, in the order of `PLATFORM`."""

    names: pulumi.Output[list[str]]


class Namespaces(Layer, kind="platform:security:Namespaces"):
    """The rooms, before anyone moves in."""

    def __init__(self, name: str, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        made = [namespaces.create(self, namespace) for namespace in PLATFORM]
        self.outputs = self.publish(
            NamespacesOutputs(names=pulumi.Output.all(*(namespace.metadata.name for namespace in made)).apply(list))
        )
