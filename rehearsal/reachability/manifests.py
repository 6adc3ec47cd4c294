"""Reads NetworkPolicies and Cilium's policies into rules; what it does not understand it refuses, by its name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any, Final, TypeAlias

from rehearsal.reachability.model import NAMESPACE_LABEL, Block, Group, Named, UnsupportedError
from rehearsal.reachability.selectors import Endpoints, Matcher, Pods, cilium, kubernetes

Manifest: TypeAlias = Mapping[str, Any]

_NATIVE: Final = ("networking.k8s.io/v1", "NetworkPolicy")
_CILIUM: Final = ("cilium.io/v2", "CiliumNetworkPolicy")
_CLUSTERWIDE: Final = ("cilium.io/v2", "CiliumClusterwideNetworkPolicy")
KINDS: Final = (_NATIVE, _CILIUM, _CLUSTERWIDE)
"""The apiVersion and kind of every policy that it reads."""

DIRECTIONS: Final = ("ingress", "egress")
_SIDES: Final = {"ingress": "from", "egress": "to"}
_LAST_PORT: Final = 65535
# What a rule of Cilium may hold beside its peers; of the peers only those that nothing outside must resolve.
_WITHOUT_EFFECT: Final = frozenset({"description", "labels", "log"})


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports of a protocol (``ANY`` for all), as numbers from `first` to `last`, or as the `name` a pod gives one."""

    protocol: str
    first: int = 1
    last: int = _LAST_PORT
    name: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Connections a policy speaks of.

    Attributes:
        deny: Whether it forbids them, against whatever allows them.
        peers: Who is at the other end, any of these; None for everyone.
        ports: Of the server, any of these; None for all.
        listens: Whether Cilium reads the DNS answers on them; without, it knows no address for any name.

    """

    deny: bool
    peers: tuple[Matcher, ...] | None
    ports: tuple[Ports, ...] | None
    listens: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy.

    Attributes:
        name: Its kind and name, as the report shows them.
        subject: The pods it is about.
        closes: For each direction, whether its pods are closed but for what some policy allows.
        rules: For each direction what it allows and denies.
        unsaid: The directions it closes by denying alone, without saying that it does.

    """

    name: str
    subject: Endpoints | Pods
    closes: Mapping[str, bool]
    rules: Mapping[str, tuple[Rule, ...]]
    unsaid: tuple[str, ...] = ()


def read(manifests: Sequence[Manifest]) -> tuple[Policy, ...]:
    """Return the policies among manifests; other kinds are passed over.

    Raises:
        UnsupportedError: a policy says something this proof does not understand.

    """
    return tuple(policy for manifest in manifests for policy in _policies(manifest))


def _policies(manifest: Manifest) -> Iterator[Policy]:
    kind = (manifest.get("apiVersion"), manifest.get("kind"))
    if kind not in KINDS:
        return
    metadata = manifest["metadata"]
    namespace = None if kind == _CLUSTERWIDE else metadata.get("namespace", "default")
    name = f"{kind[1]} {namespace + '/' if namespace else ''}{metadata['name']}"
    try:
        if kind == _NATIVE:
            yield _native(name, namespace or "", manifest.get("spec") or {})
            return
        for spec in [manifest.get("spec"), *(manifest.get("specs") or ())]:
            if spec:
                yield _of_cilium(name, namespace, spec)
    except (UnsupportedError, ValueError) as error:
        raise UnsupportedError(f"{name}: {error} is not understood by this proof") from error


def _native(name: str, namespace: str, spec: Manifest) -> Policy:
    _only(spec, {"podSelector", "policyTypes", "ingress", "egress"})
    # Without types, a policy closes ingress always, and egress where it has rules for it.
    # https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
    types = spec.get("policyTypes") or ["Ingress", *(["Egress"] if spec.get("egress") else [])]
    closes = {direction: direction.capitalize() in types for direction in DIRECTIONS}
    return Policy(
        name=name,
        subject=Pods(kubernetes(spec.get("podSelector")), namespace),
        closes=closes,
        rules={
            direction: tuple(_native_rule(rule or {}, direction, namespace) for rule in spec.get(direction) or ())
            if closes[direction]
            else ()
            for direction in DIRECTIONS
        },
    )


def _native_rule(rule: Manifest, direction: str, namespace: str) -> Rule:
    side = _SIDES[direction]
    _only(rule, {side, "ports"})
    # Nothing said about one of them, or an empty list, is everything.
    peers = tuple(_native_peer(peer, namespace) for peer in rule.get(side) or ()) or None
    ports = tuple(
        _ports(port.get("port"), port.get("endPort"), port.get("protocol", "TCP")) for port in rule.get("ports") or ()
    )
    return Rule(deny=False, peers=peers, ports=ports or None)


def _native_peer(peer: Manifest, namespace: str) -> Matcher:
    _only(peer, {"podSelector", "namespaceSelector", "ipBlock"})
    if "ipBlock" in peer:
        return _block(peer["ipBlock"])
    pods = kubernetes(peer.get("podSelector"))
    if "namespaceSelector" in peer:
        return Pods(pods, namespaces=kubernetes(peer["namespaceSelector"]))
    return Pods(pods, namespace)


def _of_cilium(name: str, namespace: str | None, spec: Manifest) -> Policy:
    denied = {direction: f"{direction}Deny" for direction in DIRECTIONS}
    _only(spec, {"endpointSelector", "enableDefaultDeny", *DIRECTIONS, *denied.values(), *_WITHOUT_EFFECT})
    subject = cilium(spec["endpointSelector"] or {}, namespace)
    if not isinstance(subject, Endpoints):
        raise UnsupportedError("endpointSelector with a reserved label")
    named = spec["endpointSelector"].get("matchLabels", {}) if spec["endpointSelector"] else {}
    if namespace and any(key.endswith(NAMESPACE_LABEL) and value != namespace for key, value in named.items()):
        raise UnsupportedError("endpointSelector in another namespace")
    asked = spec.get("enableDefaultDeny") or {}
    return Policy(
        name=name,
        subject=subject,
        # Rules of either sort close a direction, deny rules too, unless the policy says that it must not.
        # https://docs.cilium.io/en/stable/security/policy/intro/#endpoint-default-policy
        closes={
            direction: asked.get(direction, bool(spec.get(direction) or spec.get(denied[direction])))
            for direction in DIRECTIONS
        },
        rules={
            direction: (
                *(_cilium_rule(rule or {}, direction, namespace, deny=False) for rule in spec.get(direction) or ()),
                *(
                    _cilium_rule(rule or {}, direction, namespace, deny=True)
                    for rule in spec.get(denied[direction]) or ()
                ),
            )
            for direction in DIRECTIONS
        },
        unsaid=tuple(
            direction
            for direction in DIRECTIONS
            if spec.get(denied[direction]) and not spec.get(direction) and direction not in asked
        ),
    )


def _cilium_rule(rule: Manifest, direction: str, namespace: str | None, *, deny: bool) -> Rule:
    side = _SIDES[direction]
    readers: dict[str, Callable[[Any], Matcher]] = {
        f"{side}Endpoints": lambda selector: cilium(selector or {}, namespace),
        f"{side}Entities": Group,
        f"{side}CIDR": lambda block: Block(ip_network(block)),
        f"{side}CIDRSet": _block,
    }
    if direction == "egress" and not deny:
        readers["toFQDNs"] = lambda name: Named(name.get("matchName") or name["matchPattern"])
    _only(rule, {*readers, "toPorts"})
    said = [field for field in readers if rule.get(field) is not None]
    if sum(bool(rule[field]) for field in said) > 1:
        raise UnsupportedError(f"{' with '.join(said)} in one rule, which Cilium refuses,")
    peers = tuple(readers[field](peer) for field in said for peer in rule[field])
    ports = tuple(port for entry in rule.get("toPorts") or () for port in _cilium_ports(entry))
    # A list of peers that is there but empty selects nobody, and so does a rule that says nothing at all.
    everyone = not said and bool(ports)
    listens = any(entry.get("rules") for entry in rule.get("toPorts") or ())
    return Rule(deny=deny, peers=None if everyone else peers, ports=ports or None, listens=listens)


def _cilium_ports(entry: Manifest) -> Iterator[Ports]:
    _only(entry, {"ports", "rules"})
    rules = entry.get("rules") or {}
    # A DNS rule that lets every name through only listens; any other rule of layer 7 takes something away.
    if rules and rules != {"dns": [{"matchPattern": "*"}]}:
        raise UnsupportedError(f"rules of layer 7 ({', '.join(rules)})")
    if not entry.get("ports"):
        raise UnsupportedError("toPorts without ports")
    for port in entry["ports"]:
        _only(port, {"port", "endPort", "protocol"})
        yield _ports(port["port"], port.get("endPort"), port.get("protocol") or "ANY")


def _ports(port: int | str | None, end: int | None, protocol: str) -> Ports:
    if port is None or str(port) == "0":
        return Ports(protocol)
    if isinstance(port, str) and not port.isdecimal():
        return Ports(protocol, name=port.lower())
    return Ports(protocol, int(port), int(end or port))


def _block(block: Manifest) -> Block:
    _only(block, {"cidr", "except"})
    return Block(ip_network(block["cidr"]), tuple(ip_network(each) for each in block.get("except") or ()))


def _only(part: Manifest, known: "frozenset[str] | set[str]") -> None:
    for field in part:
        if field not in known:
            raise UnsupportedError(field)
