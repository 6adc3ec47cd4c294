"""Flows as plain data, so that whoever reads a stack's state can prove what its policies allow."""

from collections.abc import Sequence
from typing import Any

from components.kit.flows import Cidr, Entity, Flow, Fqdn, Peer, Workload, workloads


def plain(flows: Sequence[Flow]) -> dict[str, Any]:
    """Return flows and the workloads they name as data that any reader of a state understands.

    Returns:
        ``workloads``, each as ``{namespace, name, labels, host_network, ports}``, and ``flows``, each as ``{client,
        server, port, protocol, why}``, whose sides are ``{workload: namespace/name}``, ``{entity: name}``,
        ``{cidr: block, except: [blocks]}`` or ``{fqdn: name}``.

    """
    return {
        "workloads": [_workload(each) for each in workloads(flows)],
        "flows": [
            {
                "client": _side(flow.client),
                "server": _side(flow.server),
                "port": flow.port,
                "protocol": str(flow.protocol),
                "why": flow.why,
            }
            for flow in flows
        ],
    }


def _workload(workload: Workload) -> dict[str, Any]:
    return {
        "namespace": workload.namespace,
        "name": workload.name,
        "labels": dict(workload.labels),
        "host_network": workload.host_network,
        "ports": [
            {"name": port.name, "number": port.number, "protocol": str(port.protocol)} for port in workload.ports
        ],
    }


def _side(peer: Peer) -> dict[str, Any]:
    match peer:
        case Workload():
            return {"workload": str(peer)}
        case Entity():
            return {"entity": str(peer)}
        case Cidr():
            return {"cidr": str(peer.block), "except": [str(block) for block in peer.excluding]}
        case Fqdn():
            return {"fqdn": peer.name}
