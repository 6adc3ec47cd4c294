"""The flows a layer needs, as data: who calls whom on which port, and why. Policies are made from them, and a proof."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from typing import Final, TypeAlias

_HTTPS: Final = 443
_DNS: Final = 53
_HIGHEST_PORT: Final = 65535


class Protocol(StrEnum):
    """The transport protocols that policies tell apart."""

    TCP = "TCP"
    UDP = "UDP"
    SCTP = "SCTP"


class Entity(StrEnum):
    """What is no pod and has no fixed address, by Cilium's name for it.

    `all` and `cluster` are left out on purpose: whoever needs them does not know whom it talks to.
    https://docs.cilium.io/en/stable/security/policy/layer3/#entities-based
    """

    HOST = "host"
    """The node a pod runs on, with every pod there that uses its network."""
    REMOTE_NODE = "remote-node"
    """Every other node, likewise."""
    KUBE_APISERVER = "kube-apiserver"
    WORLD = "world"
    """Whatever is outside the cluster, the API server of EKS included."""
    INGRESS = "ingress"
    """The Envoy of Cilium's own gateways, which calls the pods behind them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A port that a workload listens on: the container's, as policies judge what is left when Services are resolved."""

    number: int
    name: str = ""
    protocol: Protocol = Protocol.TCP

    def __post_init__(self) -> None:
        if not 1 <= self.number <= _HIGHEST_PORT:
            raise ValueError(f"port {self.number} is not from 1 to {_HIGHEST_PORT}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Pods that are alike.

    Attributes:
        namespace: Where they live.
        name: What they are called here; part of the names of their policies, so it stays.
        labels: What selects them, and nothing else in their namespace.
        ports: What they listen on.
        host_network: Whether they use their node's network. No policy can select them then, and others see a node.

    Raises:
        ValueError: nothing would select the pods.

    """

    namespace: str
    name: str
    labels: Mapping[str, str] = field(hash=False)
    ports: tuple[Port, ...] = ()
    host_network: bool = False

    def __post_init__(self) -> None:
        if not self.labels:
            raise ValueError(f"{self}: without labels it would be every pod of its namespace")

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"

    def listens(self, number: int, protocol: Protocol) -> bool:
        """Tell whether a port is among those it listens on."""
        return any((port.number, port.protocol) == (number, protocol) for port in self.ports)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cidr:
    """Addresses outside the cluster. A policy never finds a pod or a node by its address."""

    block: IPv4Network
    excluding: tuple[IPv4Network, ...] = ()

    def __str__(self) -> str:
        return " except ".join([str(self.block), *map(str, self.excluding)])


@dataclass(frozen=True, slots=True)
class Fqdn:
    """A name outside the cluster: exact, or with ``*`` for a part of one label (``**.`` for any number of labels)."""

    name: str

    def __str__(self) -> str:
        return self.name


Peer: TypeAlias = Workload | Entity | Cidr | Fqdn


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Connections that must be possible. What is answered on them needs no flow of its own.

    Attributes:
        client: Who opens them.
        server: Who takes them.
        port: The number the server listens on.
        protocol: Of the transport.
        why: What for, in a few words; shown in the cluster and in the rehearsal's matrix.

    Raises:
        ValueError: no policy could state it, or the server does not listen there.

    """

    client: Peer
    server: Peer
    port: int
    protocol: Protocol = Protocol.TCP
    why: str

    def __post_init__(self) -> None:
        if Workload not in {type(self.client), type(self.server)}:
            raise ValueError(f"{self}: one side must be a workload, or no policy has a say")
        if type(self.client) is Fqdn:
            raise ValueError(f"{self}: nobody is recognised by name when it calls; use its addresses")
        if isinstance(self.server, Workload) and not self.server.listens(self.port, self.protocol):
            raise ValueError(f"{self}: {self.server} listens on no such port")
        if not self.why:
            raise ValueError(f"{self}: say why")

    def __str__(self) -> str:
        return f"{self.client} -> {self.server} {self.port}/{self.protocol}"


DNS_SERVER: Final = Workload(
    # The add-on's pods keep the label that kube-dns had.
    # https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html
    namespace="kube-system",
    name="coredns",
    labels={"k8s-app": "kube-dns"},
    ports=(
        Port(name="dns", number=_DNS, protocol=Protocol.UDP),
        Port(name="dns-tcp", number=_DNS),
        Port(name="metrics", number=9153),
    ),
)
"""The cluster's DNS."""

DNS_PORTS: Final = tuple(port for port in DNS_SERVER.ports if port.number == _DNS)
"""Where it answers, over either transport."""

PROMETHEUS: Final = Workload(
    # On the pods of every Prometheus, however many: https://prometheus-operator.dev/docs/api-reference/api/
    namespace="monitoring",
    name="prometheus",
    labels={"app.kubernetes.io/name": "prometheus"},
    # Its own, that of what reloads its configuration, and its sidecar's two: Thanos asks at the first of them.
    ports=(
        Port(name="http-web", number=9090),
        Port(name="reloader-web", number=8080),
        Port(name="grpc", number=10901),
        Port(name="http", number=10902),
    ),
)
"""Every Prometheus of the platform, as the operator labels them."""

INTERNET: Final = Cidr(block=IPv4Network("0.0.0.0/0"), excluding=(IPv4Network("169.254.0.0/16"),))
"""Everything outside the cluster but the node's link-local services: `Entity.WORLD` on port 80 would be the instance
metadata too, at 169.254.169.254, where a pod could ask for its node's credentials."""

# Services whose endpoint carries no region: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
_WITHOUT_REGION: Final = frozenset({"iam", "route53"})


def dns(client: Workload) -> tuple[Flow, ...]:
    """Let a workload look names up, over TCP too: an answer that is cut short is asked for again."""
    return tuple(
        Flow(client=client, server=DNS_SERVER, port=port.number, protocol=port.protocol, why="looks names up")
        for port in DNS_PORTS
    )


def name_server(resolver: IPv4Address) -> tuple[Flow, ...]:
    """Let the cluster's DNS ask the VPC's own resolver, and watch the Services it answers for.

    Its namespace is open, so no policy is made of this: it is what nobody else's policy may take away.
    """
    upstream = Cidr(block=IPv4Network(resolver))
    forwards = (
        Flow(client=DNS_SERVER, server=upstream, port=_DNS, protocol=port.protocol, why="asks the VPC's resolver")
        for port in DNS_PORTS
    )
    return (*forwards, *kube_api(DNS_SERVER))


def kube_api(client: Workload) -> tuple[Flow, ...]:
    """Let a workload call the Kubernetes API."""
    return (Flow(client=client, server=Entity.KUBE_APISERVER, port=_HTTPS, why="calls the Kubernetes API"),)


def pod_identity(client: Workload) -> tuple[Flow, ...]:
    """Let a workload fetch the credentials of its AWS role from the agent on its node, at 169.254.170.23.

    That address is link-local and the node's own: to a policy it is the node, and no block of addresses matches it.
    https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html, https://github.com/cilium/cilium/issues/34387
    """
    return (Flow(client=client, server=Entity.HOST, port=80, why="fetches AWS credentials from Pod Identity"),)


def webhook(server: Workload, port: int) -> tuple[Flow, ...]:
    """Let the API server call a workload's admission or conversion webhook, or the API it aggregates."""
    return (Flow(client=Entity.KUBE_APISERVER, server=server, port=port, why="the API server calls its webhook"),)


def probes(server: Workload, *ports: int) -> tuple[Flow, ...]:
    """Let the kubelet probe a workload, from the node the pod runs on."""
    return tuple(Flow(client=Entity.HOST, server=server, port=port, why="the kubelet probes it") for port in ports)


def scrape(server: Workload, *ports: int) -> tuple[Flow, ...]:
    """Let Prometheus collect a workload's metrics."""
    return tuple(Flow(client=PROMETHEUS, server=server, port=port, why="Prometheus scrapes it") for port in ports)


def aws_api(client: Workload, region: str, *services: str, suffix: str = "amazonaws.com") -> tuple[Flow, ...]:
    """Let a workload call AWS services over HTTPS, by the names of their endpoints.

    Addresses cannot name them: a VPC endpoint answers from the VPC, a public one from blocks that all of AWS shares.

    Args:
        client: Who calls.
        region: Of the endpoints.
        services: The services by the first label of their endpoint, ``ec2``, ``sts``; ``s3`` with its buckets.
        suffix: The partition's domain, ``amazonaws.com.cn`` in China.

    """
    names = [
        f"{service}.{suffix}" if service in _WITHOUT_REGION else f"{service}.{region}.{suffix}" for service in services
    ]
    names += [f"*.s3.{region}.{suffix}" for service in services if service == "s3"]
    return tuple(Flow(client=client, server=Fqdn(name), port=_HTTPS, why="calls AWS") for name in names)


def on_the_hosts_network(flows: Sequence[Flow]) -> tuple[Flow, ...]:
    """Return flows with every workload that the API server calls moved into its node's network.

    EKS's control plane has addresses of the VPC only. Where pods have none, it reaches what listens on a node.
    """
    called = {flow.server for flow in flows if flow.client is Entity.KUBE_APISERVER}

    def moved(side: Peer) -> Peer:
        return replace(side, host_network=True) if isinstance(side, Workload) and side in called else side

    return tuple(replace(flow, client=moved(flow.client), server=moved(flow.server)) for flow in flows)


def workloads(flows: Sequence[Flow]) -> tuple[Workload, ...]:
    """Return the workloads that flows name, each once, sorted by namespace and name.

    Raises:
        ValueError: two different workloads share a name.

    """
    found: dict[str, Workload] = {}
    for flow in flows:
        for side in (flow.client, flow.server):
            if isinstance(side, Workload) and found.setdefault(str(side), side) != side:
                raise ValueError(f"two different workloads are called {side}")
    return tuple(found[name] for name in sorted(found))
