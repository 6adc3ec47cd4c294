"""What the network costs: gateways, endpoints, public addresses, load balancers, and what goes through them."""

from collections.abc import Iterator
from typing import Final

from cost.figures import HOURS
from cost.stack import Entry, Found, Stack, given, items, text

_SCHEME: Final = "service.beta.kubernetes.io/aws-load-balancer-scheme"
_PUBLIC: Final = "internet-facing"
_NGINX: Final = "ingress-nginx"


def vpc(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what traffic between a VPC's zones costs."""
    if len(stack.zones) > 1:
        yield stack.used(entry, "traffic between zones", "data between zones", "zones_gb")


def nat_gateway(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what a NAT gateway costs: that it is there, and what goes through."""
    yield stack.priced(entry, "hours", "nat gateway", HOURS, f"{HOURS} hours")
    yield stack.used(entry, "traffic", "nat gateway data", "nat_gb")


def address(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what a public address costs."""
    yield stack.priced(entry, "public address", "public ipv4 address", HOURS, f"{HOURS} hours")


def endpoint(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what an interface endpoint costs in each of its zones; a gateway's costs nothing."""
    kind = text(entry, "vpcEndpointType", default="Gateway")
    if kind == "Gateway":
        return
    zones = len(items(entry, "subnetIds")) or 1
    yield stack.priced(entry, "hours", "interface endpoint in a zone", HOURS * zones, f"{HOURS} hours in {zones} zones")
    yield stack.used(entry, "traffic", "interface endpoint data", "endpoint_gb")


def attachment(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what an attachment to a transit gateway costs."""
    yield stack.priced(entry, "hours", "transit gateway attachment", HOURS, f"{HOURS} hours")
    yield stack.used(entry, "traffic", "transit gateway data", "transit_gb")


def service(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what the load balancer of a Service costs, if it has one."""
    if given(entry, "spec", "type") == "LoadBalancer":
        scheme = text(entry, "metadata", "annotations", _SCHEME, default="internal")
        yield from _balancer(stack, entry, "network", public=scheme == _PUBLIC)


def gateway(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what the load balancer costs that a Gateway of the cluster is reached by."""
    scheme = text(entry, "spec", "infrastructure", "annotations", _SCHEME, default="internal")
    yield from _balancer(stack, entry, "network", public=scheme == _PUBLIC)


def ingress_class(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what the load balancer costs that all ingresses of a class share."""
    yield from _balancer(
        stack, entry, "application", public=text(entry, "spec", "scheme", default="internal") == _PUBLIC
    )


def controller(stack: Stack, entry: Entry) -> Iterator[Found]:
    """Yield what the load balancer costs that a chart's own Service asks for."""
    if given(entry, "chart") == _NGINX:
        scheme = text(entry, "values", "controller", "service", "annotations", _SCHEME, default="internal")
        yield from _balancer(stack, entry, "network", public=scheme == _PUBLIC)


def _balancer(stack: Stack, entry: Entry, kind: str, *, public: bool) -> Iterator[Found]:
    name = f"{kind} load balancer"
    yield stack.priced(entry, "load balancer", name, HOURS, f"{HOURS} hours")
    yield stack.used(entry, "capacity units", f"{name} capacity unit", "load_balancer_units", HOURS)
    if public:
        zones = len(stack.zones) or 1
        basis = f"{HOURS} hours of one in each of {zones} zones"
        yield stack.priced(entry, "public addresses", "public ipv4 address", HOURS * zones, basis)
        yield stack.used(entry, "traffic out", "data out to the internet", "egress_gb")
