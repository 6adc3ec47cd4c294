"""Decides what policies let through, for all ports at once."""

from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from rehearsal.reachability.manifests import Policy, Ports, Rule
from rehearsal.reachability.model import Named, Party, Pod, PortAtoms, Reserved

_HOST: Final = Reserved("host")


class _Verdict(NamedTuple):
    """What all policies together say of one pod in one direction."""

    closed: bool
    allows: tuple[Rule, ...]
    denies: tuple[Rule, ...]
    listens: bool


class Evaluation:
    """The policies of a cluster.

    Args:
        policies: All of them.
        ports: The parts that the ports are judged in.
        own_node_passes: Whether a node reaches the pods on it whatever policies say, which is how Cilium runs under
            Kubernetes unless it is started with ``--allow-localhost=policy``.
            https://docs.cilium.io/en/stable/security/policy/layer3/#access-to-from-local-host

    """

    def __init__(self, policies: Sequence[Policy], ports: PortAtoms, *, own_node_passes: bool) -> None:
        self._policies = tuple(policies)
        self._ports = ports
        self._own_node_passes = own_node_passes
        self._verdict = cache(self._judge)

    def reaches(self, client: Party, server: Party) -> int:
        """Return the ports of `server` that `client` can reach, as bits of the parts: both sides have a say."""
        return self.sends(client, server) & self.takes(client, server)

    def sends(self, client: Party, server: Party) -> int:
        """Return the ports of `server` that the client's side lets out; everything where it is no pod."""
        if not isinstance(client, Pod):
            return self._ports.everything
        return self._passed(client, "egress", other=server, server=server)

    def takes(self, client: Party, server: Party) -> int:
        """Return the ports of `server` that the server's side lets in; everything where it is no pod."""
        if not isinstance(server, Pod) or (self._own_node_passes and client == _HOST):
            return self._ports.everything
        return self._passed(server, "ingress", other=client, server=server)

    def _passed(self, pod: Pod, direction: str, *, other: Party, server: Party) -> int:
        verdict = self._verdict(pod, direction)
        allowed = 0 if verdict.closed else self._ports.everything
        for rule in verdict.allows:
            if _speaks_of(rule, other, listens=verdict.listens):
                allowed |= self._bits(rule, server)
        # What is denied is denied, whatever allows it: https://docs.cilium.io/en/stable/security/policy/deny/
        for rule in verdict.denies:
            if _speaks_of(rule, other, listens=verdict.listens):
                allowed &= ~self._bits(rule, server)
        return allowed

    def _judge(self, pod: Pod, direction: str) -> _Verdict:
        own = [policy for policy in self._policies if policy.subject.matches(pod)]
        rules = [rule for policy in own for rule in policy.rules[direction]]
        return _Verdict(
            closed=any(policy.closes[direction] for policy in own),
            allows=tuple(rule for rule in rules if not rule.deny),
            denies=tuple(rule for rule in rules if rule.deny),
            listens=any(rule.listens for rule in rules),
        )

    def _bits(self, rule: Rule, server: Party) -> int:
        if rule.ports is None:
            return self._ports.everything
        bits = 0
        for ports in rule.ports:
            bits |= self._named(ports, server) if ports.name else self._numbered(ports)
        return bits

    def _numbered(self, ports: Ports) -> int:
        return self._ports.bits(ports.first, ports.last, ports.protocol)

    def _named(self, ports: Ports, server: Party) -> int:
        # Only a pod gives its ports names.
        sockets = server.named_ports.get(ports.name, ()) if isinstance(server, Pod) else ()
        bits = 0
        for number, protocol in sockets:
            if ports.protocol in {protocol, "ANY"}:
                bits |= self._ports.bits(number, number, protocol)
        return bits


def _speaks_of(rule: Rule, other: Party, *, listens: bool) -> bool:
    if rule.peers is None:
        return True
    return any(peer.matches(other) for peer in rule.peers if listens or not isinstance(peer, Named))
