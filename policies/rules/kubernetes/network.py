"""Rules about who may talk to whom within the cluster: closed namespaces, and openings for somebody by name."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.rule import Finding, Parameters, ResourceRule, StackRule
from policies.values import Properties, Unknown, read, split

_ANYBODY: Final = frozenset({"0.0.0.0/0", "::/0"})
_CLOSED_BOTH_WAYS: Final = frozenset({"Ingress", "Egress"})
_NETWORK_POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_CILIUM_POLICY: Final = "kubernetes:cilium.io/v2:CiliumNetworkPolicy"
_NAMESPACE: Final = "kubernetes:core/v1:Namespace"


class Open(Parameters):
    """Which namespaces stay open."""

    namespaces: tuple[str, ...] = ("example", "ingress-nginx")
    """Their names: ingress-nginx calls every pod that any Ingress names, and the example shows that it does."""


def _closed(resources: Mapping[str, Properties], stay: Open) -> Iterator[tuple[str, Finding]]:
    policies = [each for each in resources.values() if each.get("kind") != "Namespace"]
    closed: dict[str, set[str]] = {}
    for policy in policies:
        closed.setdefault(str(read(policy, "metadata", "namespace", default="default")), set()).update(_denied(policy))
    hidden = [
        each for each in (read(policy, "metadata", "namespace") for policy in policies) if isinstance(each, Unknown)
    ]
    for urn, namespace in sorted(resources.items()):
        if namespace.get("kind") != "Namespace":
            continue
        name = read(namespace, "metadata", "name")
        if isinstance(name, Unknown):
            yield urn, name
            continue
        if name in stay.namespaces:
            continue
        missing = sorted(_CLOSED_BOTH_WAYS - closed.get(str(name), set()))
        if missing and hidden:
            yield urn, hidden[0]
        elif missing:
            ways = " and ".join(each.lower() for each in missing)
            yield (
                urn,
                (
                    f"pods of namespace {name} are open to all {ways}; "
                    "add a NetworkPolicy of all its pods with both policyTypes and no rule"
                ),
            )


def _denied(policy: Properties) -> Iterator[str]:
    """Yield the directions in which a policy closes all pods of its namespace, letting nothing through itself."""
    if policy.get("kind") == "NetworkPolicy":
        whom, kinds = (
            read(policy, "spec", "podSelector", default={}),
            read(policy, "spec", "policyTypes", default=["Ingress"]),
        )
        for kind in () if whom or isinstance(kinds, Unknown) else kinds:
            if not read(policy, "spec", str(kind).lower()):
                yield str(kind)
        return
    if read(policy, "spec", "endpointSelector") == {}:
        for kind in _CLOSED_BOTH_WAYS:
            if read(policy, "spec", kind.lower()) in ([], [{}]):
                yield kind


def _to_all(policy: Properties) -> Iterator[Finding]:
    for way, peers in (("ingress", "from"), ("egress", "to")):
        rules, unknown = split(read(policy, "spec", way))
        yield from unknown
        for rule in rules:
            given, hidden = split(read(rule, peers))
            yield from hidden
            if not given and not hidden:
                yield f"one of its {way} rules is for everybody; name who it is for in {peers}"
            yield from (each for peer in given for each in _everybody(peer, way))


def _everybody(peer: Any, way: str) -> Iterator[Finding]:
    block = read(peer, "ipBlock", "cidr")
    if isinstance(block, Unknown):
        yield block
    elif way == "ingress" and block in _ANYBODY and not read(peer, "ipBlock", "except"):
        yield f"one of its {way} rules is for every address there is; name the addresses it is for in ipBlock.cidr"


def _cilium_to_all(policy: Properties) -> Iterator[Finding]:
    rules, unknown = split(read(policy, "spec", "ingress"))
    yield from unknown
    for rule in rules:
        entities, hidden = split(read(rule, "fromEntities"))
        blocks, also_hidden = split(read(rule, "fromCIDR"))
        yield from (*hidden, *also_hidden)
        if "all" in entities or {"::/0", "0.0.0.0/0"} & set(blocks):
            yield "one of its ingress rules is for everybody; name the endpoints it is for in fromEndpoints"


RULES: Final = (
    StackRule(
        name="namespace-closed",
        why="What no policy closes is open to every pod of the cluster, and from there to everywhere.",
        types=(_NAMESPACE, _NETWORK_POLICY, _CILIUM_POLICY),
        check=_closed,
        parameters=Open(),
        references=(
            "CIS Amazon EKS Benchmark 1.8.0: 4.3.2",
            "hardeneks: check_default_deny_policy_exists",
        ),
    ),
    ResourceRule(
        name="network-policy-peers",
        why="A rule without peers opens for all what the policy was written to close.",
        types=(_NETWORK_POLICY,),
        check=_to_all,
        references=(
            "Kubernetes documentation: Network Policies, default allow all",
            "CIS Amazon EKS Benchmark 1.8.0: 4.3.2",
        ),
    ),
    ResourceRule(
        name="cilium-policy-peers",
        why="A rule for every entity opens for all what the policy was written to close.",
        types=(_CILIUM_POLICY,),
        check=_cilium_to_all,
        references=("Cilium documentation: Layer 3 policies, entities based",),
    ),
)
