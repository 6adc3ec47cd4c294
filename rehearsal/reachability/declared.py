"""The flows that a program declares, read from the outputs of the component that made its policies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any, TypeAlias

from rehearsal.reachability.model import (
    Block,
    External,
    Group,
    Named,
    Network,
    Party,
    Pod,
    Reserved,
    Socket,
    UnsupportedError,
)


@dataclass(frozen=True, slots=True)
class OfWorkload:
    """The pods of a workload; where they use their node's network, every node."""

    pod: Pod
    host_network: bool

    def covers(self, party: Party) -> bool:
        """Tell whether a party is one of them: it carries their labels, and perhaps more."""
        if self.host_network:
            return isinstance(party, Reserved) and party.entity in {"host", "remote-node"}
        return (
            isinstance(party, Pod)
            and party.namespace == self.pod.namespace
            and self.pod.labels.items() <= party.labels.items()
        )

    def __str__(self) -> str:
        return str(self.pod)


@dataclass(frozen=True, slots=True)
class OfEntity:
    """An entity; `blocks` are those the API server calls from, whether or not Cilium recognises it."""

    group: Group
    blocks: tuple[Block, ...] = ()

    def covers(self, party: Party) -> bool:
        """Tell whether a party belongs to it."""
        return self.group.matches(party) or any(block.matches(party) for block in self.blocks)

    def __str__(self) -> str:
        return self.group.entity


@dataclass(frozen=True, slots=True)
class OfBlock:
    """Addresses outside the cluster."""

    block: Block

    def covers(self, party: Party) -> bool:
        """Tell whether a party's address is among them."""
        return self.block.matches(party)

    def __str__(self) -> str:
        return " except ".join(map(str, [self.block.network, *self.block.excluding]))


@dataclass(frozen=True, slots=True)
class OfName:
    """Names outside the cluster."""

    named: Named

    def covers(self, party: Party) -> bool:
        """Tell whether a party's name is among them."""
        return self.named.matches(party)

    def __str__(self) -> str:
        return self.named.pattern


Side: TypeAlias = OfWorkload | OfEntity | OfBlock | OfName


@dataclass(frozen=True, slots=True)
class Flow:
    """Connections that must be possible."""

    client: Side
    server: Side
    socket: Socket
    why: str

    def __str__(self) -> str:
        return f"{self.client} -> {self.server} {self.socket[0]}/{self.socket[1]} ({self.why})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a program says must be possible in the namespaces it closes; everything else must not be.

    Attributes:
        namespaces: The closed namespaces.
        flows: What must be possible.
        pods: The pods of the workloads that flows name, without those on their node's network.
        blocks: The address blocks that flows name.
        api_server: The address blocks that the API server calls from.
        names: The names that flows name.

    """

    namespaces: frozenset[str]
    flows: tuple[Flow, ...]
    pods: tuple[Pod, ...]
    blocks: tuple[Block, ...]
    api_server: tuple[Block, ...]
    names: tuple[Named, ...]


def read(declaring: Sequence[Mapping[str, Any]]) -> Declaration:
    """Return what components' outputs declare together.

    Args:
        declaring: Of each ``namespaces``, ``api_server`` (address blocks) and ``declared`` with ``workloads`` and
            ``flows``.

    Raises:
        UnsupportedError: two of them mean different pods by one name.

    """
    workloads = _workloads(declaring)
    blocks = dict.fromkeys(block for outputs in declaring for block in outputs["api_server"])
    calling = tuple(Block(ip_network(block)) for block in blocks)
    flows = tuple(
        Flow(
            client=_side(flow["client"], workloads, calling),
            # The API server is called as Cilium recognises it; its other addresses serve nothing.
            server=_side(flow["server"], workloads, ()),
            socket=(int(flow["port"]), flow["protocol"]),
            why=flow["why"],
        )
        for outputs in declaring
        for flow in outputs["declared"]["flows"]
    )
    sides = [side for flow in flows for side in (flow.client, flow.server)]
    return Declaration(
        namespaces=frozenset(name for outputs in declaring for name in outputs["namespaces"]),
        flows=flows,
        pods=tuple(workload.pod for workload in workloads.values() if not workload.host_network),
        blocks=tuple(side.block for side in sides if isinstance(side, OfBlock)),
        api_server=calling,
        names=tuple(side.named for side in sides if isinstance(side, OfName)),
    )


def addresses(blocks: Sequence[Block]) -> list[External]:
    """Divide all addresses so that no block tells two of one part apart; at least one part for IPv4."""
    networks = [network for block in blocks for network in (block.network, *block.excluding)]
    return [
        part for version in (4, 6) for part in _parts([each for each in networks if each.version == version], version)
    ]


def _parts(networks: Sequence[Network], version: int) -> list[External]:
    if not networks and version != 4:  # noqa: PLR2004 - the version every cluster here has
        return []
    whole = ip_network("0.0.0.0/0" if version == 4 else "::/0")  # noqa: PLR2004 - as above
    starts = {whole.network_address}
    for network in networks:
        starts.add(network.network_address)
        if network.broadcast_address != whole.broadcast_address:
            starts.add(network.broadcast_address + 1)
    ordered = sorted(starts, key=int)
    lasts = [*(start - 1 for start in ordered[1:]), whole.broadcast_address]
    return [External(address=start, last=last) for start, last in zip(ordered, lasts, strict=True)]


def _workloads(declaring: Sequence[Mapping[str, Any]]) -> dict[str, OfWorkload]:
    found: dict[str, Mapping[str, Any]] = {}
    for entry in (each for outputs in declaring for each in outputs["declared"]["workloads"]):
        name = f"{entry['namespace']}/{entry['name']}"
        if found.setdefault(name, entry) != entry:
            raise UnsupportedError(f"{name} is declared twice, as different pods")
    return {name: _workload(entry) for name, entry in found.items()}


def _workload(entry: Mapping[str, Any]) -> OfWorkload:
    named: dict[str, list[Socket]] = {}
    for port in entry["ports"]:
        if port["name"]:
            named.setdefault(port["name"].lower(), []).append((int(port["number"]), port["protocol"]))
    pod = Pod(
        namespace=entry["namespace"],
        labels=dict(entry["labels"]),
        name=entry["name"],
        named_ports={name: tuple(sockets) for name, sockets in named.items()},
    )
    return OfWorkload(pod, bool(entry["host_network"]))


def _side(peer: Mapping[str, Any], workloads: Mapping[str, OfWorkload], calling: tuple[Block, ...]) -> Side:
    if "workload" in peer:
        return workloads[peer["workload"]]
    if "entity" in peer:
        return OfEntity(Group(peer["entity"]), calling if peer["entity"] == "kube-apiserver" else ())
    if "cidr" in peer:
        return OfBlock(Block(ip_network(peer["cidr"]), tuple(map(ip_network, peer["except"]))))
    return OfName(Named(peer["fqdn"]))
