"""A platform's policies, each time with one thing changed in them, and the proof that notices it."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from rehearsal.reachability import declared, manifests
from rehearsal.reachability.matrix import Reachability, prove
from tests.flows import manifests as policies_for
from tests.flows import outputs, platform

Policies = dict[str, dict[str, Any]]
"""Manifests by ``namespace/name``."""


def _proof(policies: Policies) -> Reachability:
    return prove(declared.read([outputs(platform())]), manifests.read(list(policies.values())))


def _policies() -> Policies:
    made = deepcopy(policies_for(platform()))
    return {f"{each['metadata']['namespace']}/{each['metadata']['name']}": each for each in made}


def _spec(policies: Policies, name: str) -> dict[str, Any]:
    spec: dict[str, Any] = policies[name]["spec"]
    return spec


def _rule(policies: Policies, name: str, direction: str, peer: str) -> dict[str, Any]:
    """Return the rule that says something of a peer, or of a port."""
    return next(rule for rule in _spec(policies, name)[direction] if peer in repr(rule))


def _drop(policies: Policies, name: str, direction: str, peer: str) -> None:
    _spec(policies, name)[direction].remove(_rule(policies, name, direction, peer))


def _add(policies: Policies, spec: dict[str, Any], namespace: str = "cert-manager") -> None:
    policies["new"] = {
        "apiVersion": "cilium.io/v2",
        "kind": "CiliumNetworkPolicy" if namespace else "CiliumClusterwideNetworkPolicy",
        "metadata": {"name": "new", **({"namespace": namespace} if namespace else {})},
        "spec": {"endpointSelector": {}, **spec},
    }


def _native(policies: Policies, spec: dict[str, Any]) -> None:
    policies["new"] = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "new", "namespace": "vault"},
        "spec": {"podSelector": {}, **spec},
    }


_PORT = "cert-manager/webhook", "egress", "kube-apiserver"

# Nothing that anyone declared goes there.
_ONLY_DENIES: dict[str, Any] = {"egressDeny": [{"toEntities": ["unmanaged"]}]}

NEEDED: dict[str, Callable[[Policies], object]] = {
    "the rule for DNS is gone": lambda p: _drop(p, "cert-manager/webhook", "egress", "kube-dns"),
    "the rule for the API server is gone": lambda p: _drop(p, "cert-manager/webhook", "egress", "kube-apiserver"),
    "the rule for Pod Identity is gone": lambda p: _drop(p, "ingress/external-dns", "egress", "'host'"),
    "the rule for an AWS service is gone": lambda p: _drop(p, "ingress/external-dns", "egress", "route53"),
    "the rules for the webhook are gone": lambda p: _spec(p, "cert-manager/webhook").update(ingress=[{}]),
    "the API server's own subnets are left out": lambda p: _drop(
        p, "cert-manager/webhook", "ingress", "10.0.15.240/28"
    ),
    "one zone's subnet is left out": lambda p: _rule(p, "cert-manager/webhook", "ingress", "10.0.15.240/28")[
        "fromCIDRSet"
    ].pop(),
    "the rule for probes is gone": lambda p: _drop(p, "cert-manager/controller", "ingress", "host"),
    "the server lets Prometheus no longer in": lambda p: _drop(p, "cert-manager/webhook", "ingress", "prometheus"),
    "Prometheus is no longer let out": lambda p: _drop(p, "monitoring/prometheus", "egress", "cainjector"),
    "a whole policy is gone": lambda p: p.pop("monitoring/prometheus"),
    "DNS over TCP is left out": lambda p: _rule(p, "cert-manager/webhook", "egress", "kube-dns")["toPorts"][0][
        "ports"
    ].pop(0),
    "a port is another": lambda p: _rule(p, *_PORT)["toPorts"][0]["ports"][0].update(port="6443"),
    "a protocol is another": lambda p: _rule(p, *_PORT)["toPorts"][0]["ports"][0].update(protocol="UDP"),
    "the policy is in another namespace": lambda p: p["cert-manager/webhook"]["metadata"].update(namespace="vault"),
    "the client is looked for in another namespace": lambda p: _rule(
        p, "cert-manager/webhook", "ingress", "prometheus"
    )["fromEndpoints"][0]["matchLabels"].update({"k8s:io.kubernetes.pod.namespace": "cert-manager"}),
    "the client's namespace is left out": lambda p: _rule(p, "cert-manager/webhook", "ingress", "prometheus")[
        "fromEndpoints"
    ][0]["matchLabels"].pop("k8s:io.kubernetes.pod.namespace"),
    "a selector asks for one label more": lambda p: _spec(p, "cert-manager/webhook")["endpointSelector"][
        "matchLabels"
    ].update(tier="front"),
    "other nodes are left out for a server on the nodes' network": lambda p: _rule(
        p, "monitoring/prometheus", "egress", "remote-node"
    ).update(toEntities=["host"]),
    "a block is narrower": lambda p: _rule(p, "monitoring/prometheus", "egress", "192.0.2.0/24")["toCIDRSet"][0].update(
        cidr="192.0.2.0/26"
    ),
    "more is taken out of a block": lambda p: _rule(p, "monitoring/prometheus", "egress", "192.0.2.0/24")["toCIDRSet"][
        0
    ].update({"except": ["192.0.2.128/25", "192.0.2.0/32"]}),
    "a name is another": lambda p: _rule(p, "monitoring/prometheus", "egress", "hooks")["toFQDNs"][0].update(
        matchName="hook.example.com"
    ),
    "nobody listens to the DNS answers that names come from": lambda p: _rule(
        p, "monitoring/prometheus", "egress", "kube-dns"
    )["toPorts"][0].pop("rules"),
    "a policy only denies, which closes all that was open": lambda p: _add(p, _ONLY_DENIES, namespace=""),
    "a deny rule for everyone": lambda p: _add(p, {"ingressDeny": [{"fromEntities": ["all"]}]}),
    "a deny rule of the whole cluster": lambda p: _add(
        p, {"egressDeny": [{"toEntities": ["world"]}], "enableDefaultDeny": {"egress": False}}, namespace=""
    ),
}

SURPLUS: dict[str, Callable[[Policies], object]] = {
    "a namespace is no longer closed": lambda p: p.pop("vault/default-deny"),
    "a namespace is closed for what comes in only": lambda p: _spec(p, "vault/default-deny").update(
        policyTypes=["Ingress"]
    ),
    "a namespace is closed for some pods only": lambda p: _spec(p, "vault/default-deny").update(
        podSelector={"matchLabels": {"app": "vault"}}
    ),
    "the default deny lets everything in": lambda p: _spec(p, "vault/default-deny").update(ingress=[{}]),
    "a policy is for every pod of its namespace": lambda p: _spec(p, "cert-manager/webhook").update(
        endpointSelector={}
    ),
    "a policy asks for one label less": lambda p: _spec(p, "cert-manager/webhook")["endpointSelector"][
        "matchLabels"
    ].pop("app.kubernetes.io/component"),
    "every pod of the namespace is let in": lambda p: _rule(p, "cert-manager/webhook", "ingress", "prometheus").update(
        fromEndpoints=[{}]
    ),
    "the client may have one label less": lambda p: _rule(p, "cert-manager/webhook", "ingress", "prometheus")[
        "fromEndpoints"
    ][0]["matchLabels"].pop("app.kubernetes.io/name"),
    "the client may live in any namespace": lambda p: _rule(p, "cert-manager/webhook", "ingress", "prometheus").update(
        fromEndpoints=[
            {
                "matchLabels": {"app.kubernetes.io/name": "prometheus"},
                "matchExpressions": [{"key": "k8s:io.kubernetes.pod.namespace", "operator": "Exists"}],
            }
        ]
    ),
    "the client is not asked for": lambda p: _rule(p, "cert-manager/webhook", "ingress", "prometheus").pop(
        "fromEndpoints"
    ),
    "every port is open": lambda p: _rule(p, *_PORT).pop("toPorts"),
    "a port becomes a range": lambda p: _rule(p, *_PORT)["toPorts"][0]["ports"][0].update(endPort=444),
    "one port more": lambda p: _rule(p, *_PORT)["toPorts"][0]["ports"].append({"port": "8443", "protocol": "TCP"}),
    "every protocol": lambda p: _rule(p, *_PORT)["toPorts"][0]["ports"][0].update(protocol="ANY"),
    "the world instead of the API server": lambda p: _rule(
        p, "ingress/external-dns", "egress", "kube-apiserver"
    ).update(toEntities=["world"]),
    "every node instead of the pod's own": lambda p: _rule(p, "ingress/external-dns", "egress", "'host'").update(
        toEntities=["host", "remote-node"]
    ),
    "the whole cluster instead of the node": lambda p: _rule(p, "ingress/external-dns", "ingress", "'host'").update(
        fromEntities=["cluster"]
    ),
    "a wider block": lambda p: _rule(p, "monitoring/prometheus", "egress", "192.0.2.0/24")["toCIDRSet"][0].update(
        cidr="192.0.2.0/23"
    ),
    "nothing is taken out of a block": lambda p: _rule(p, "monitoring/prometheus", "egress", "192.0.2.0/24")[
        "toCIDRSet"
    ][0].pop("except"),
    "more than the API server's subnets": lambda p: _rule(p, "cert-manager/webhook", "ingress", "10.0.15.240/28")[
        "fromCIDRSet"
    ][0].update(cidr="10.0.0.0/16"),
    "every name of AWS": lambda p: _rule(p, "ingress/external-dns", "egress", "route53")["toFQDNs"].append(
        {"matchPattern": "**.amazonaws.com"}
    ),
    "every name there is": lambda p: _rule(p, "ingress/external-dns", "egress", "route53").update(
        toFQDNs=[{"matchPattern": "*"}]
    ),
    "a policy for pods nobody declared": lambda p: _add(
        p, {"endpointSelector": {"matchLabels": {"app": "guest"}}, "egress": [{"toEntities": ["world"]}]}
    ),
    "a policy of the whole cluster": lambda p: _add(
        p, {"ingress": [{"fromEntities": ["health"]}], "enableDefaultDeny": {"ingress": False}}, namespace=""
    ),
    "a native policy for a neighbour": lambda p: _native(
        p, {"ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"team": "red"}}}]}]}
    ),
    "a native policy for addresses": lambda p: _native(
        p, {"egress": [{"to": [{"ipBlock": {"cidr": "198.51.100.0/24"}}]}], "policyTypes": ["Egress"]}
    ),
}


def test_the_policies_as_they_are_made_are_right() -> None:
    assert _proof(_policies()).objections == ()


@pytest.mark.parametrize("change", NEEDED)
def test_what_takes_something_needed_away_is_noticed(change: str) -> None:
    policies = _policies()
    NEEDED[change](policies)

    assert _proof(policies).missing != ()


@pytest.mark.parametrize("change", SURPLUS)
def test_what_allows_more_than_is_needed_is_noticed(change: str) -> None:
    policies = _policies()
    SURPLUS[change](policies)

    assert _proof(policies).undeclared != ()


def test_a_policy_that_only_denies_must_say_whether_it_closes_the_rest() -> None:
    silent, said = _policies(), _policies()
    _add(silent, _ONLY_DENIES, namespace="")
    _add(said, {**_ONLY_DENIES, "enableDefaultDeny": {"egress": False}}, namespace="")

    assert _proof(silent).unsaid == ("CiliumClusterwideNetworkPolicy new only denies, which closes egress altogether",)
    assert _proof(said).objections == ()
