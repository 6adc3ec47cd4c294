"""The namespaces of grants: strict and closed, but for the names of the cluster and for what is beside each other."""

from collections.abc import Collection
from typing import Any

import pulumi_kubernetes as kubernetes

from components.kit import disturbance, namespaces
from components.kit.flows import DNS_PORTS, DNS_SERVER
from components.kit.layer import Layer
from components.kit.namespaces import Namespace


def create(layer: Layer, name: str, *, disturbed: Collection[str] = (), protect: bool) -> kubernetes.core.v1.Namespace:
    """Make a namespace for those whom grants let in, who open it further as their applications need.

    Args:
        layer: The layer it belongs to.
        name: The namespace's name.
        disturbed: The namespaces in which faults may be made on purpose.
        protect: Whether nobody may delete it by accident, with whatever is in it.

    """
    room = namespaces.create(
        layer,
        Namespace(
            name=name,
            purpose="Workloads of those whom a grant lets in",
            annotations=disturbance.marks(name, disturbed),
        ),
        protect=protect,
    )
    for policy, spec in policies().items():
        kubernetes.networking.v1.NetworkPolicy(
            f"{layer.pulumi_resource_name}-{name}-{policy}",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=policy, namespace=room.metadata.name),
            spec=spec,
            opts=layer.child(),
        )
    return room


def policies() -> dict[str, Any]:
    """Return the specs of the network policies that each of them has, by name."""
    beside: dict[str, Any] = {"podSelector": {}}
    dns = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": DNS_SERVER.namespace}},
        "podSelector": {"matchLabels": dict(DNS_SERVER.labels)},
    }
    ports = [{"port": port.number, "protocol": str(port.protocol)} for port in DNS_PORTS]
    return {
        "default-deny": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
        "names-and-neighbours": {
            "podSelector": {},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": [beside]}],
            "egress": [{"to": [beside]}, {"to": [dns], "ports": ports}],
        },
    }
