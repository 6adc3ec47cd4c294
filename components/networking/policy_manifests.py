"""Makes policies from flows: for each workload exactly what it opens and takes, and nothing for anyone else."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any, Final, TypeAlias

from components.kit.flows import DNS_SERVER, Cidr, Entity, Flow, Fqdn, Peer, Protocol, Workload, workloads

# Names a pod's namespace among its labels: https://docs.cilium.io/en/stable/security/policy/kubernetes/
_NAMESPACE: Final = "k8s:io.kubernetes.pod.namespace"

Spec: TypeAlias = dict[str, Any]
_Socket: TypeAlias = tuple[int, Protocol]


def allow(
    flows: Sequence[Flow], namespaces: Collection[str], api_server: Sequence[IPv4Network]
) -> dict[Workload, Spec]:
    """Return for each workload of the namespaces that has flows the CiliumNetworkPolicy which allows exactly those.

    Args:
        flows: All of them. A flow between two of the namespaces shows in two policies, for both sides must allow it.
        namespaces: Those that are closed; what is allowed elsewhere is not said here.
        api_server: The blocks in which nothing but the API server's network interfaces live.

    Raises:
        ValueError: some workloads cannot be told apart, or one calls names it never looks up.

    """
    _check(flows)
    specs: dict[Workload, Spec] = {}
    for workload in workloads(flows):
        if workload.namespace not in namespaces or workload.host_network:
            continue
        ingress = _by_peer((flow.client, flow) for flow in flows if flow.server == workload)
        egress = _by_peer((flow.server, flow) for flow in flows if flow.client == workload)
        names = any(isinstance(peer, Fqdn) for peer in egress)
        rules = {
            "ingress": [rule for peer, ports in ingress.items() for rule in _from(peer, ports, api_server)],
            "egress": [_to(peer, ports, watched=names and peer == DNS_SERVER) for peer, ports in egress.items()],
        }
        specs[workload] = {
            "endpointSelector": {"matchLabels": dict(workload.labels)},
            **{direction: listed for direction, listed in rules.items() if listed},
        }
    return specs


def _check(flows: Sequence[Flow]) -> None:
    for one, other in combinations(workloads(flows), 2):
        pods = [one.labels.items(), other.labels.items()]
        if one.namespace == other.namespace and (pods[0] <= pods[1] or pods[1] <= pods[0]):
            raise ValueError(f"{one} and {other} cannot be told apart: the labels of one are among the other's")
    by_name = {flow.client: flow for flow in flows if isinstance(flow.server, Fqdn)}
    looks_up = {flow.client for flow in flows if flow.server == DNS_SERVER}
    for client, flow in by_name.items():
        if client not in looks_up:
            raise ValueError(f"{flow}: names are learnt from DNS answers; give {client} the flows of dns() too")


def _by_peer(flows: Iterator[tuple[Peer, Flow]]) -> dict[Peer, list[_Socket]]:
    found: defaultdict[Peer, set[_Socket]] = defaultdict(set)
    for peer, flow in flows:
        found[peer].add((flow.port, flow.protocol))
    # By kind and name, so that the order in which layers declare their flows changes nothing.
    return {peer: sorted(found[peer]) for peer in sorted(found, key=lambda peer: (type(peer).__name__, str(peer)))}


def _from(peer: Peer, sockets: Sequence[_Socket], api_server: Sequence[IPv4Network]) -> Iterator[Spec]:
    ports = _ports(sockets)
    yield {**_peers("from", peer), **ports}
    if peer is Entity.KUBE_APISERVER and api_server:
        # The entity covers the addresses in the Endpoints of default/kubernetes. Whether EKS calls webhooks from those
        # alone is not documented, and reports differ (https://github.com/cilium/cilium/pull/32464); that it calls
        # from its interfaces in these subnets is.
        # https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
        yield {"fromCIDRSet": [{"cidr": str(block)} for block in api_server], **ports}


def _to(peer: Peer, sockets: Sequence[_Socket], *, watched: bool) -> Spec:
    ports = _ports(sockets)
    if watched:
        # The agent learns the addresses of names from the answers that pass through its proxy.
        ports["toPorts"][0]["rules"] = {"dns": [{"matchPattern": "*"}]}
    return {**_peers("to", peer), **ports}


def _ports(sockets: Sequence[_Socket]) -> Spec:
    return {"toPorts": [{"ports": [{"port": str(port), "protocol": str(protocol)} for port, protocol in sockets]}]}


def _peers(side: str, peer: Peer) -> Mapping[str, Any]:
    match peer:
        case Workload(host_network=True):
            # Its address is its node's, which may be any node.
            return {f"{side}Entities": [str(Entity.HOST), str(Entity.REMOTE_NODE)]}
        case Workload():
            return {f"{side}Endpoints": [{"matchLabels": {_NAMESPACE: peer.namespace, **peer.labels}}]}
        case Entity():
            return {f"{side}Entities": [str(peer)]}
        case Cidr():
            excluded = {"except": [str(block) for block in peer.excluding]} if peer.excluding else {}
            return {f"{side}CIDRSet": [{"cidr": str(peer.block), **excluded}]}
        case Fqdn():
            return {f"{side}FQDNs": [{"matchPattern" if "*" in peer.name else "matchName": peer.name}]}
