"""Rules about what can be reached from outside: Services, Gateways and Ingresses."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.rule import Finding, ResourceRule, StackRule
from policies.values import Properties, Unknown, read, split

_SCHEME: Final = "service.beta.kubernetes.io/aws-load-balancer-scheme"
_INTERNAL: Final = "service.beta.kubernetes.io/aws-load-balancer-internal"
_INGRESS_SCHEME: Final = "alb.ingress.kubernetes.io/scheme"
_LISTENERS: Final = "alb.ingress.kubernetes.io/certificate-arn"
_ANYBODY: Final = frozenset({"0.0.0.0/0", "::/0"})

SERVICE: Final = ("kubernetes:core/v1:Service",)
_GATEWAY_API: Final = "kubernetes:gateway.networking.k8s.io/v1"


def _type(service: Properties) -> Any:
    return read(service, "spec", "type", default="ClusterIP")


def _node_port(service: Properties) -> Iterator[Finding]:
    kind = _type(service)
    if isinstance(kind, Unknown):
        yield kind
    elif kind == "NodePort":
        yield "it opens a port on every node, past load balancer and TLS; set spec.type to ClusterIP"


def is_internal(service: Properties) -> bool | Unknown:
    """Tell whether the load balancer of a Service has addresses of the VPC only.

    Without a word the controller of AWS makes an internal one, and the older one within Kubernetes a public one:
    https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
    """
    annotations = read(service, "metadata", "annotations", default={})
    if isinstance(annotations, Unknown):
        return annotations
    scheme, older = read(annotations, _SCHEME), read(annotations, _INTERNAL)
    for given in (scheme, older):
        if isinstance(given, Unknown):
            return given
    return scheme == "internal" or str(older).lower() == "true"


def _public(service: Properties) -> Iterator[Finding]:
    kind = _type(service)
    if isinstance(kind, Unknown):
        yield kind
    if kind != "LoadBalancer":
        return
    internal = is_internal(service)
    if isinstance(internal, Unknown):
        yield internal
        return
    ranges, unknown = split(read(service, "spec", "loadBalancerSourceRanges"))
    yield from unknown
    if not internal and not unknown and (not ranges or _ANYBODY & set(ranges)):
        yield (
            f"everybody in the world can reach it; set the annotation {_SCHEME} to internal, "
            "or list who may in spec.loadBalancerSourceRanges"
        )


def _external_addresses(service: Properties) -> Iterator[Finding]:
    addresses, unknown = split(read(service, "spec", "externalIPs"))
    yield from unknown
    if addresses:
        yield (
            f"it takes the traffic of addresses it does not own ({', '.join(map(str, addresses))}); "
            "remove spec.externalIPs"
        )


def _tls(entry: Properties) -> Iterator[Finding]:
    annotations = read(entry, "metadata", "annotations", default={})
    tls = read(entry, "spec", "tls")
    for value in (annotations, tls):
        if isinstance(value, Unknown):
            yield value
            return
    if not tls and not read(annotations, _LISTENERS):
        yield f"it serves without TLS; add spec.tls, or with an ALB the annotation {_LISTENERS}"


def _redirected(resources: Mapping[str, Properties]) -> Iterator[tuple[str, Finding]]:
    plain = {}
    for gateway in resources.values():
        if gateway.get("kind") == "Gateway":
            listeners, _ = split(read(gateway, "spec", "listeners"))
            key = (
                str(read(gateway, "metadata", "namespace", default="default")),
                str(read(gateway, "metadata", "name")),
            )
            plain[key] = {read(each, "name") for each in listeners if read(each, "protocol") == "HTTP"}
    for urn, route in sorted(resources.items()):
        if route.get("kind") != "HTTPRoute":
            continue
        parents, unknown = split(read(route, "spec", "parentRefs"))
        yield from ((urn, each) for each in unknown)
        own = read(route, "metadata", "namespace", default="default")
        for parent in parents:
            offered = plain.get((str(read(parent, "namespace", default=own)), str(read(parent, "name"))), set())
            section = read(parent, "sectionName")
            if isinstance(section, Unknown):
                yield urn, section
            elif offered and (section is None or section in offered):
                yield from ((urn, finding) for finding in _answers(route))


def _answers(route: Properties) -> Iterator[Finding]:
    rules, unknown = split(read(route, "spec", "rules"))
    yield from unknown
    for rule in rules:
        filters, hidden = split(read(rule, "filters"))
        yield from hidden
        if not any(read(each, "requestRedirect", "scheme") == "https" for each in filters):
            yield (
                "it answers over a listener without TLS; "
                "set its sectionName to one with TLS, or add a redirect to https"
            )
            return


def _listeners(gateway: Properties) -> Iterator[Finding]:
    listeners, unknown = split(read(gateway, "spec", "listeners"))
    yield from unknown
    for listener in listeners:
        source = read(listener, "allowedRoutes", "namespaces", "from", default="Same")
        if isinstance(source, Unknown):
            yield source
        elif source == "All":
            yield (
                f"every namespace may serve under the names of listener {read(listener, 'name')}; "
                "set allowedRoutes.namespaces.from to Selector, with the namespaces it is for"
            )


RULES: Final = (
    ResourceRule(
        name="service-node-port",
        why="A port of a node answers whoever reaches the node, whatever the entry would have asked of them.",
        types=SERVICE,
        check=_node_port,
        references=("AWS EKS Best Practices Guide: Network Security",),
    ),
    ResourceRule(
        name="service-public",
        why="Who asks for a load balancer gets one for the whole world, unless it is told for whom.",
        types=SERVICE,
        check=_public,
        references=("AWS EKS Best Practices Guide: Load Balancing",),
    ),
    ResourceRule(
        name="service-external-addresses",
        why="A Service that names an address gets all traffic for it, also that of others (CVE-2020-8554).",
        types=SERVICE,
        check=_external_addresses,
        references=("Kubernetes documentation: Service, external IPs",),
    ),
    ResourceRule(
        name="ingress-tls",
        why="What is not encrypted up to the entry is read by every network on the way.",
        types=("kubernetes:networking.k8s.io/v1:Ingress",),
        check=_tls,
        references=(
            "CIS Amazon EKS Benchmark 1.8.0: 5.4.5",
            "hardeneks: use_encryption_with_aws_load_balancers",
        ),
    ),
    StackRule(
        name="gateway-tls",
        why="A route that forgets to say by which listener it is served is served without TLS as well.",
        types=(f"{_GATEWAY_API}:HTTPRoute", f"{_GATEWAY_API}:Gateway"),
        check=_redirected,
        references=("CIS Amazon EKS Benchmark 1.8.0: 5.4.5", "Gateway API documentation: HTTP redirects and rewrites"),
    ),
    ResourceRule(
        name="gateway-namespaces",
        why="Where every namespace may attach routes, any of them can take the requests for another's name.",
        types=(f"{_GATEWAY_API}:Gateway",),
        check=_listeners,
        references=("Gateway API documentation: Cross-Namespace routing",),
    ),
)
