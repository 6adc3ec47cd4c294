"""What policies tell apart: pods by their labels, nodes and the like by their entity, the rest by address or name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Socket: TypeAlias = tuple[int, str]
"""A port's number and its protocol, ``TCP``, ``UDP`` or ``SCTP``."""

NAMESPACE_LABEL: Final = "io.kubernetes.pod.namespace"
"""The label by which Cilium knows a pod's namespace."""

RESERVED: Final = ("host", "remote-node", "health", "ingress", "init", "unmanaged")
"""The entities that are one identity each: https://docs.cilium.io/en/stable/security/policy/layer3/#entities-based"""

_CLUSTER: Final = frozenset(RESERVED)
_ENTITIES: Final = frozenset({*RESERVED, "all", "world", "cluster", "kube-apiserver", "none"})


class UnsupportedError(Exception):
    """A policy says something this proof does not understand, so that it would prove nothing; names what and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod, or all that are alike.

    Attributes:
        namespace: Where it lives.
        labels: Its labels, without Cilium's own.
        name: What the report calls it.
        named_ports: The numbers behind the names of its ports.
        namespace_labels: The labels of its namespace, without the one that repeats the namespace's name.

    """

    namespace: str
    labels: Mapping[str, str] = field(hash=False)
    name: str
    named_ports: Mapping[str, tuple[Socket, ...]] = field(default_factory=dict, hash=False)
    namespace_labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def identity(self) -> Mapping[str, str]:
        """Its labels with its namespace among them, as Cilium's selectors see it."""
        return {**self.labels, NAMESPACE_LABEL: self.namespace}


@dataclass(frozen=True, slots=True)
class Reserved:
    """An entity that is one identity: a node, Cilium's own proxy or probe, or a pod it does not manage (yet)."""

    entity: str

    def __str__(self) -> str:
        return self.entity


@dataclass(frozen=True, slots=True, kw_only=True)
class External:
    """Something outside the cluster, known by its address or by its name.

    Attributes:
        address: Its address, which stands for all up to `last`; None for what is known by name only.
        name: Its name; empty for what is known by address only.
        api_server: Whether Cilium recognises it as the API server. EKS runs that outside the cluster, so that it is
            part of the world as well: https://github.com/cilium/cilium/blob/main/pkg/labels/labels.go

    """

    address: Address | None = None
    last: Address | None = None
    name: str = ""
    api_server: bool = False

    def __str__(self) -> str:
        if self.api_server:
            return "kube-apiserver"
        return self.name or f"world {self.address}-{self.last}"


Party: TypeAlias = Pod | Reserved | External


@dataclass(frozen=True, slots=True)
class Block:
    """Addresses outside the cluster; pods and nodes are never found by address while policyCIDRMatchMode is unset."""

    network: Network
    excluding: tuple[Network, ...] = ()

    def matches(self, party: Party) -> bool:
        """Tell whether it holds a party."""
        if not isinstance(party, External):
            return False
        if party.address is None:
            # Only the block of everything surely holds an address that nobody knows yet.
            return self.network.prefixlen == 0 and not self.excluding
        return party.address in self.network and not any(party.address in block for block in self.excluding)


@dataclass(frozen=True, slots=True)
class Named:
    """Names outside the cluster, exact or with wildcards: https://docs.cilium.io/en/stable/security/policy/layer3/."""

    pattern: str

    def matches(self, party: Party) -> bool:
        """Tell whether it covers a party known by name."""
        if not isinstance(party, External) or not party.name:
            return False
        return self.pattern == "*" or bool(self._compiled.fullmatch(party.name))

    @property
    def _compiled(self) -> "re.Pattern[str]":
        deep = self.pattern.startswith("**.")
        rest = self.pattern.removeprefix("**.")
        label = "[-a-zA-Z0-9_]"
        tail = f"{label}*".join(re.escape(part) for part in rest.split("*"))
        return re.compile(rf"(?:{label}+\.)+{tail}" if deep else tail)

    @property
    def example(self) -> str:
        """A name it covers."""
        return self.pattern.replace("**.", "any.any.").replace("*", "any")


@dataclass(frozen=True, slots=True)
class Group:
    """An entity, one identity or several.

    Raises:
        UnsupportedError: Cilium knows no such entity.

    """

    entity: str

    def __post_init__(self) -> None:
        if self.entity not in _ENTITIES:
            raise UnsupportedError(f"the entity {self.entity}")

    def matches(self, party: Party) -> bool:
        """Tell whether a party belongs to it."""
        match self.entity:
            case "all":
                return True
            case "cluster":
                return isinstance(party, Pod) or (isinstance(party, Reserved) and party.entity in _CLUSTER)
            case "world":
                return isinstance(party, External)
            case "kube-apiserver":
                return isinstance(party, External) and party.api_server
            case _:
                return isinstance(party, Reserved) and party.entity == self.entity


@dataclass(frozen=True)
class PortAtoms:
    """The ports of all protocols, divided so that no policy tells two ports of one part apart.

    Attributes:
        starts: For each protocol the first port of each part, sorted; the first is 1.

    """

    starts: Mapping[str, tuple[int, ...]]

    @cached_property
    def sockets(self) -> tuple[Socket, ...]:
        """The first port of each part, which stands for all of it."""
        return tuple((start, protocol) for protocol, starts in sorted(self.starts.items()) for start in starts)

    @cached_property
    def everything(self) -> int:
        """The set of all parts, as bits."""
        return (1 << len(self.sockets)) - 1

    def bits(self, first: int, last: int, protocol: str) -> int:
        """Return the parts from `first` to `last` as bits; of every protocol where it is ``ANY``."""
        return sum(
            1 << index
            for index, (start, of) in enumerate(self.sockets)
            if first <= start <= last and protocol in {of, "ANY"}
        )

    def told(self, bits: int) -> list[str]:
        """Return sets of ports as a reader knows them: ``443/TCP``, ``1-442/TCP``, ``all ports``."""
        if bits == self.everything:
            return ["all ports"]
        told = []
        for index, (start, protocol) in enumerate(self.sockets):
            if bits >> index & 1:
                following = self.sockets[index + 1] if index + 1 < len(self.sockets) else (0, "")
                last = following[0] - 1 if following[1] == protocol else 65535
                told.append(f"{start}/{protocol}" if last == start else f"{start}-{last}/{protocol}")
        return told
