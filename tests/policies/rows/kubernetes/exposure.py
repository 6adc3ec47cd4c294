"""Rows for the rules about what can be reached from outside."""

from typing import Any, Final

from tests.policies.rows.kubernetes.objects import made
from tests.policies.rows.row import UNKNOWN, UNKNOWN_LIST, UNKNOWN_OBJECT, Row

_SERVICE: Final = "kubernetes:core/v1:Service"
_INGRESS: Final = "kubernetes:networking.k8s.io/v1:Ingress"
_GATEWAY: Final = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
_ROUTE: Final = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute"
_SCHEME: Final = "service.beta.kubernetes.io/aws-load-balancer-scheme"


def _service(**spec: Any) -> dict[str, Any]:
    return made(_SERVICE, spec=spec)


def _balancer(annotations: Any = None, **spec: Any) -> dict[str, Any]:
    found = _service(type="LoadBalancer", **spec)
    return found | {"metadata": {"name": "it", "namespace": "apps", "annotations": annotations or {}}}


def _gateway(*listeners: dict[str, Any]) -> dict[str, Any]:
    return made(_GATEWAY, "public", spec={"listeners": list(listeners)})


def _listener(name: str, protocol: str, source: Any = "Selector") -> dict[str, Any]:
    return {"name": name, "protocol": protocol, "allowedRoutes": {"namespaces": {"from": source}}}


def _route(section: Any = None, *filters: dict[str, Any], gateway: str = "public") -> dict[str, Any]:
    parent = {"name": gateway} | ({"sectionName": section} if section else {})
    return made(_ROUTE, spec={"parentRefs": [parent], "rules": [{"filters": list(filters)}]})


_BOTH: Final = _gateway(_listener("http", "HTTP"), _listener("https", "HTTPS"))
_TO_HTTPS: Final = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}

ROWS: Final[tuple[Row, ...]] = (
    Row("service-node-port", "bad", "a port of every node", _service(type="NodePort"), ["opens a port on every node"]),
    Row("service-node-port", "good", "within the cluster", _service(type="ClusterIP")),
    Row("service-node-port", "absent", "within the cluster where nothing is said", _service()),
    Row("service-node-port", "unknown", "the type", _service(type=UNKNOWN), unknown=["spec.type"]),
    Row(
        "service-public",
        "bad",
        "for the world",
        _balancer({_SCHEME: "internet-facing"}),
        ["everybody in the world can reach it"],
    ),
    Row(
        "service-public",
        "bad",
        "for the world, at length",
        _balancer(loadBalancerSourceRanges=["10.0.0.0/8", "0.0.0.0/0"]),
        ["everybody"],
    ),
    Row("service-public", "good", "internal", _balancer({_SCHEME: "internal"})),
    Row(
        "service-public",
        "good",
        "internal by the older annotation",
        _balancer({"service.beta.kubernetes.io/aws-load-balancer-internal": "true"}),
    ),
    Row("service-public", "good", "for an office", _balancer(loadBalancerSourceRanges=["198.51.100.0/24"])),
    Row("service-public", "good", "no load balancer", _service()),
    Row("service-public", "absent", "without a word", _balancer(), ["everybody in the world"]),
    Row(
        "service-public",
        "unknown",
        "the ranges",
        _balancer(loadBalancerSourceRanges=UNKNOWN_LIST),
        unknown=["spec.loadBalancerSourceRanges"],
    ),
    Row(
        "service-external-addresses",
        "bad",
        "an address",
        _service(externalIPs=["198.51.100.7"]),
        ["addresses it does not own (198.51.100.7)"],
    ),
    Row("service-external-addresses", "good", "none", _service(externalIPs=[])),
    Row("service-external-addresses", "absent", "nothing is said", _service()),
    Row(
        "service-external-addresses",
        "unknown",
        "the addresses",
        _service(externalIPs=UNKNOWN_LIST),
        unknown=["spec.externalIPs"],
    ),
    Row("ingress-tls", "good", "with a Secret", made(_INGRESS, spec={"tls": [{"secretName": "tls"}]})),
    Row(
        "ingress-tls",
        "good",
        "with ACM",
        {**made(_INGRESS), "metadata": {"annotations": {"alb.ingress.kubernetes.io/certificate-arn": "arn"}}},
    ),
    Row("ingress-tls", "bad", "with an empty list", made(_INGRESS, spec={"tls": []}), ["it serves without TLS"]),
    Row("ingress-tls", "absent", "nothing is said", made(_INGRESS, spec={}), ["it serves without TLS"]),
    Row(
        "ingress-tls", "unknown", "the certificate", made(_INGRESS, spec={"tls": UNKNOWN_OBJECT}), unknown=["spec.tls"]
    ),
    Row("gateway-tls", "good", "by the listener with TLS", [_route("https"), _BOTH]),
    Row("gateway-tls", "good", "sent on to it", [_route("http", _TO_HTTPS), _BOTH]),
    Row("gateway-tls", "good", "a Gateway with TLS only", [_route(), _gateway(_listener("https", "HTTPS"))]),
    Row(
        "gateway-tls",
        "bad",
        "by the listener without",
        [_route("http"), _BOTH],
        ["answers over a listener without TLS"],
    ),
    Row("gateway-tls", "absent", "by every listener", [_route(), _BOTH], ["answers over a listener without TLS"]),
    Row("gateway-tls", "unknown", "the listener", [_route(UNKNOWN), _BOTH], unknown=["spec.parentRefs[0].sectionName"]),
    Row("gateway-namespaces", "good", "some by their labels", _BOTH),
    Row(
        "gateway-namespaces",
        "bad",
        "every namespace",
        _gateway(_listener("https", "HTTPS", "All")),
        ["every namespace may serve under the names of listener https"],
    ),
    Row("gateway-namespaces", "absent", "its own only", _gateway({"name": "https", "protocol": "HTTPS"})),
    Row(
        "gateway-namespaces",
        "unknown",
        "from where",
        _gateway(_listener("https", "HTTPS", UNKNOWN)),
        unknown=["spec.listeners[0].allowedRoutes.namespaces.from"],
    ),
)
