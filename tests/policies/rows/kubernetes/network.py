"""Rows for the rules about who may talk to whom within the cluster."""

from typing import Any, Final

from tests.policies.rows.kubernetes.objects import made, namespace
from tests.policies.rows.row import UNKNOWN, UNKNOWN_LIST, Row

_POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_CILIUM: Final = "kubernetes:cilium.io/v2:CiliumNetworkPolicy"
_APPS: Final = namespace("restricted")


def _policy(*kinds: str, home: str = "apps", **spec: Any) -> dict[str, Any]:
    return made(_POLICY, namespace=home, spec={"podSelector": {}, "policyTypes": list(kinds), **spec})


def _cilium(**spec: Any) -> dict[str, Any]:
    return made(_CILIUM, spec=spec)


ROWS: Final[tuple[Row, ...]] = (
    Row("namespace-closed", "good", "both ways by one", [_APPS, _policy("Ingress", "Egress")]),
    Row("namespace-closed", "good", "each way by its own", [_APPS, _policy("Ingress"), _policy("Egress")]),
    Row(
        "namespace-closed", "good", "by Cilium's own", [_APPS, _cilium(endpointSelector={}, ingress=[{}], egress=[{}])]
    ),
    Row("namespace-closed", "good", "one that stays open", namespace("restricted", "ingress-nginx")),
    Row("namespace-closed", "good", "one that the environment leaves open", _APPS, parameters={"namespaces": ["apps"]}),
    Row(
        "namespace-closed",
        "bad",
        "one way only",
        [_APPS, _policy("Ingress")],
        ["open to all egress; add a NetworkPolicy"],
    ),
    Row(
        "namespace-closed",
        "bad",
        "of some pods",
        [_APPS, _policy("Ingress", "Egress", podSelector={"matchLabels": {"a": "b"}})],
        ["egress and ingress"],
    ),
    Row(
        "namespace-closed",
        "bad",
        "with a rule for all",
        [_APPS, _policy("Ingress", "Egress", egress=[{}])],
        ["open to all egress"],
    ),
    Row(
        "namespace-closed",
        "bad",
        "in another namespace",
        [_APPS, _policy("Ingress", "Egress", home="other")],
        ["pods of namespace apps"],
    ),
    Row(
        "namespace-closed", "absent", "no policy", _APPS, ["pods of namespace apps are open to all egress and ingress"]
    ),
    Row(
        "namespace-closed",
        "unknown",
        "whose policy",
        [_APPS, _policy("Ingress", "Egress", home=UNKNOWN)],
        unknown=["metadata.namespace"],
    ),
    Row("network-policy-peers", "good", "somebody", _policy("Ingress", ingress=[{"from": [{"podSelector": {}}]}])),
    Row(
        "network-policy-peers",
        "good",
        "all but some addresses",
        _policy("Ingress", ingress=[{"from": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}]}]),
    ),
    Row(
        "network-policy-peers",
        "bad",
        "everybody",
        _policy("Ingress", ingress=[{}]),
        ["one of its ingress rules is for everybody; name who it is for in from"],
    ),
    Row(
        "network-policy-peers",
        "bad",
        "to everywhere",
        _policy("Egress", egress=[{"ports": [{"port": 53}]}]),
        ["one of its egress rules"],
    ),
    Row(
        "network-policy-peers",
        "bad",
        "every address",
        _policy("Ingress", ingress=[{"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]),
        ["for every address there is"],
    ),
    Row("network-policy-peers", "absent", "no rule at all", _policy("Ingress")),
    Row(
        "network-policy-peers",
        "unknown",
        "the peers",
        _policy("Ingress", ingress=[{"from": UNKNOWN_LIST}]),
        unknown=["spec.ingress[0].from"],
    ),
    Row("cilium-policy-peers", "good", "the cluster", _cilium(ingress=[{"fromEntities": ["cluster"]}])),
    Row("cilium-policy-peers", "bad", "everybody", _cilium(ingress=[{"fromEntities": ["all"]}]), ["for everybody"]),
    Row(
        "cilium-policy-peers", "bad", "every address", _cilium(ingress=[{"fromCIDR": ["0.0.0.0/0"]}]), ["for everybody"]
    ),
    Row("cilium-policy-peers", "absent", "no rule", _cilium()),
    Row(
        "cilium-policy-peers",
        "unknown",
        "the entities",
        _cilium(ingress=[{"fromEntities": UNKNOWN_LIST}]),
        unknown=["spec.ingress[0].fromEntities"],
    ),
)
