"""The proof: what is needed is allowed, and what is allowed is needed or accepted for a reason."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from ipaddress import ip_address
from typing import Any, Final

from rehearsal.reachability.declared import Declaration, Flow, addresses
from rehearsal.reachability.evaluate import Evaluation
from rehearsal.reachability.manifests import Policy
from rehearsal.reachability.model import RESERVED, Block, External, Named, Party, Pod, PortAtoms, Reserved
from rehearsal.reachability.selectors import ELSEWHERE, Endpoints, Matcher, Pods, shown

_PROTOCOLS: Final = ("SCTP", "TCP", "UDP")
_LAST_PORT: Final = 65535
# From the range for documentation, RFC 5737.
_ANY_ADDRESS: Final = ip_address("192.0.2.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Something allowed that nobody needs, and why that stands.

    Attributes:
        client: Who may, as the report names it; ``*`` for any part of the name.
        server: Whom, likewise.
        why: The reason.

    """

    client: str
    server: str
    why: str

    def covers(self, client: Party, server: Party) -> bool:
        """Tell whether it speaks of these two."""
        return fnmatchcase(str(client), self.client) and fnmatchcase(str(server), self.server)


STANDING: Final = (
    Accepted(
        client="host",
        server="*",
        why="a node reaches the pods on it on every port: Cilium exempts it from policies (allow-localhost)",
    ),
)
"""What no policy can forbid as long as Cilium runs as it does."""


@dataclass(frozen=True, slots=True)
class Excess:
    """Connections that nobody declared and that a closed side lets through.

    Attributes:
        client: Who may open them.
        server: Who would take them.
        ports: The ports, as a reader knows them.
        side: Who lets them through: ``both``, or only the ``client`` or the ``server``, so that nothing but the other
            side's policy is in the way.
        why: The reason they stand; empty for none.

    """

    client: str
    server: str
    ports: tuple[str, ...]
    side: str = "both"
    why: str = ""

    def __str__(self) -> str:
        half = "" if self.side == "both" else f" (by the {self.side}'s policies alone)"
        return f"{self.client} -> {self.server} {', '.join(self.ports)}{half}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachability:
    """What was proved.

    Attributes:
        namespaces: The closed namespaces it is about; none where a program closes none.
        flows: What was declared.
        missing: Those of them that some policy stands in the way of.
        excess: What is possible beyond them.
        pairs: How many pairs of parties were looked at, each on all ports.
        policies: How many policies were read.
        unsaid: Policies that only deny and thereby close a direction altogether, without saying so.
        unread: What kept the proof from being made.

    """

    namespaces: frozenset[str] = frozenset()
    flows: tuple[Flow, ...] = ()
    missing: tuple[Flow, ...] = ()
    excess: tuple[Excess, ...] = ()
    pairs: int = 0
    policies: int = 0
    unsaid: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def undeclared(self) -> tuple[Excess, ...]:
        """What is possible beyond the declared flows, and accepted by nobody."""
        return tuple(each for each in self.excess if not each.why)

    @property
    def accepted(self) -> Mapping[str, int]:
        """For each reason something undeclared stands, how many pairs it covers."""
        return Counter(each.why for each in self.excess if each.why)

    @property
    def objections(self) -> tuple[str, ...]:
        """Everything that speaks against the policies, one sentence each."""
        return (
            *(f"A declared flow is not allowed: {flow}." for flow in self.missing),
            *(f"A flow that nobody declared is allowed: {excess}." for excess in self.undeclared),
            *(f"{each}: say in enableDefaultDeny whether that is meant." for each in self.unsaid),
            *(f"Nothing is proved about who reaches whom: {each}." for each in self.unread),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the entry ``reachability`` of report.json."""
        return {
            "namespaces": sorted(self.namespaces),
            "declared": len(self.flows),
            "allowed": len(self.flows) - len(self.missing),
            "missing": [str(flow) for flow in self.missing],
            "undeclared": [str(excess) for excess in self.undeclared],
            "accepted": [{"why": why, "pairs": pairs} for why, pairs in sorted(self.accepted.items())],
            "closed_unsaid": list(self.unsaid),
            "unread": list(self.unread),
            "pairs": self.pairs,
            "policies": self.policies,
        }


@dataclass(frozen=True, slots=True)
class _Stage:
    """All parties that anything tells apart, and the parts of the ports."""

    parties: tuple[Party, ...]
    ports: PortAtoms
    closed: frozenset[str] = field(default_factory=frozenset)

    def closes(self, party: Party) -> bool:
        """Tell whether a party is a pod in a closed namespace."""
        return isinstance(party, Pod) and party.namespace in self.closed

    def pairs(self) -> Iterator[tuple[Party, Party]]:
        """Yield every pair with a side in a closed namespace."""
        for client in self.parties:
            for server in self.parties:
                if self.closes(client) or self.closes(server):
                    yield client, server


def prove(
    declaration: Declaration, policies: Sequence[Policy], accepted: Sequence[Accepted] = STANDING
) -> Reachability:
    """Compare what is declared with what policies allow, over all pods, addresses and ports that they tell apart.

    Whatever a selector, an address block or a port range in a policy can single out is represented, whether or not
    anything declared it: a pod with just the labels it asks for, the first address of each part, the first port.
    """
    stage = _stage(declaration, policies)
    strict = Evaluation(policies, stage.ports, own_node_passes=False)
    lenient = Evaluation(policies, stage.ports, own_node_passes=True)
    missing = tuple(flow for flow in declaration.flows if not _possible(flow, stage, strict))
    excess, pairs = [], 0
    for client, server in stage.pairs():
        pairs += 1
        declared = _declared(declaration, stage, client, server)
        # Each closed side must be exact by itself: what only the other side stops is one careless policy away.
        out = lenient.sends(client, server) & ~declared if stage.closes(client) else 0
        into = lenient.takes(client, server) & ~declared if stage.closes(server) else 0
        if out | into:
            possible = lenient.reaches(client, server) & ~declared
            side = "both" if possible else "client" if out else "server"
            why = next((each.why for each in accepted if each.covers(client, server)), "")
            told = tuple(stage.ports.told(possible or out | into))
            excess.append(Excess(str(client), str(server), told, side, why))
    return Reachability(
        namespaces=declaration.namespaces,
        flows=declaration.flows,
        missing=missing,
        excess=tuple(excess),
        pairs=pairs,
        policies=len(policies),
        unsaid=tuple(
            f"{policy.name} only denies, which closes {direction} altogether"
            for policy in policies
            for direction in policy.unsaid
        ),
    )


def _possible(flow: Flow, stage: _Stage, evaluation: Evaluation) -> bool:
    number, protocol = flow.socket
    needed = stage.ports.bits(number, number, protocol)
    clients = [party for party in stage.parties if flow.client.covers(party)]
    servers = [party for party in stage.parties if flow.server.covers(party)]
    # A side that is nobody would make every claim about it true.
    return bool(clients and servers) and all(
        evaluation.reaches(client, server) & needed for client in clients for server in servers
    )


def _declared(declaration: Declaration, stage: _Stage, client: Party, server: Party) -> int:
    bits = 0
    for flow in declaration.flows:
        if flow.client.covers(client) and flow.server.covers(server):
            number, protocol = flow.socket
            bits |= stage.ports.bits(number, number, protocol)
    return bits


def _stage(declaration: Declaration, policies: Sequence[Policy]) -> _Stage:
    rules = [rule for policy in policies for each in policy.rules.values() for rule in each]
    matchers = [*(policy.subject for policy in policies), *(peer for rule in rules for peer in rule.peers or ())]
    starts: dict[str, set[int]] = {protocol: {1} for protocol in _PROTOCOLS}
    for ports in (ports for rule in rules for ports in rule.ports or ()):
        for protocol in _PROTOCOLS if ports.protocol == "ANY" else (ports.protocol,):
            starts[protocol] |= {ports.first, ports.last + 1}
    sockets = [flow.socket for flow in declaration.flows]
    sockets += [socket for pod in declaration.pods for each in pod.named_ports.values() for socket in each]
    for number, protocol in sockets:
        starts[protocol] |= {number, number + 1}
    return _Stage(
        parties=(*_pods(declaration, matchers), *map(Reserved, RESERVED), *_outside(declaration, matchers)),
        ports=PortAtoms(
            {
                protocol: tuple(sorted(each for each in found if each <= _LAST_PORT))
                for protocol, found in starts.items()
            }
        ),
        closed=declaration.namespaces,
    )


def _pods(declaration: Declaration, matchers: Sequence[Matcher]) -> list[Pod]:
    namespaces = {*declaration.namespaces, *(pod.namespace for pod in declaration.pods), ELSEWHERE}
    examples = [pod for matcher in matchers if isinstance(matcher, Endpoints | Pods) for pod in matcher.examples()]
    # In every namespace also a pod that nothing selects but a selector of everything.
    strangers = [Pod(namespace=each, labels={}, name=shown({})) for each in sorted(namespaces)]
    found: dict[object, Pod] = {}
    for pod in (*declaration.pods, *examples, *strangers):
        key = (pod.namespace, *map(frozenset, (pod.labels.items(), pod.namespace_labels.items())))
        found.setdefault(key, pod)
    return list(found.values())


def _outside(declaration: Declaration, matchers: Sequence[Matcher]) -> list[External]:
    blocks = [
        *declaration.api_server,
        *declaration.blocks,
        *(matcher for matcher in matchers if isinstance(matcher, Block)),
    ]
    names = [*declaration.names, *(matcher for matcher in matchers if isinstance(matcher, Named))]
    # Which of the addresses it may have is the API server's does not matter.
    own = next((block.network.network_address + 1 for block in declaration.api_server), _ANY_ADDRESS)
    return [
        External(address=own, last=own, api_server=True),
        *addresses(blocks),
        *(External(name=name) for name in sorted({named.example for named in names})),
    ]
