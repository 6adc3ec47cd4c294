"""Gateways and the load balancers before them, as Cilium and the AWS Load Balancer Controller read them."""

from typing import Any, Final

from components.networking.entry_settings import PUBLIC, EntryPoint, admitting

API: Final = "gateway.networking.k8s.io/v1"

CLASS: Final = "cilium"
"""The GatewayClass that Cilium's chart makes."""

SECRET: Final = "entry-tls"  # noqa: S105 - the name of a Secret, not what is in it
"""The Secret of an entry's certificate."""

_PREFIX: Final = "service.beta.kubernetes.io"


def namespace_of(name: str) -> str:
    """Return the namespace of an entry: its Gateway, its certificate's key, and its load balancer's Service."""
    return f"{name}-entry"


def load_balancer(name: str, point: EntryPoint) -> dict[str, str]:
    """Return the annotations that make a Service an NLB.

    https://kubernetes-sigs.github.io/aws-load-balancer-controller/v3.5/guide/service/annotations/
    """
    annotations = {
        # Without it nobody takes the Service up: the controller's webhook that would is off.
        "aws-load-balancer-type": "external",
        "aws-load-balancer-scheme": "internet-facing" if name == PUBLIC else "internal",
        # Behind a Gateway's Service stands no pod whose address could be a target: every node's Envoy answers.
        # https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/3754
        "aws-load-balancer-nlb-target-type": "instance",
        # A zone without nodes, as a small cluster has them, would else answer to nobody.
        "aws-load-balancer-attributes": "load_balancing.cross_zone.enabled=true",
    }
    if name != PUBLIC:
        # A pod that calls an internal NLB and is led to its own node gets no answer with its own address as the source.
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-troubleshooting.html
        annotations["aws-load-balancer-target-group-attributes"] = "preserve_client_ip.enabled=false"
    if point.client_cidrs:
        annotations["load-balancer-source-ranges"] = ",".join(map(str, point.client_cidrs))
    return {f"{_PREFIX}/{key}": value for key, value in annotations.items()}


def gateway(name: str, point: EntryPoint) -> dict[str, Any]:
    """Return the spec of an entry's Gateway: HTTPS for the domain and the names below it, HTTP to lead there."""
    admitted = {"namespaces": {"from": "Selector", "selector": {"matchLabels": admitting(name)}}}
    tls = {"mode": "Terminate", "certificateRefs": [{"group": "", "kind": "Secret", "name": SECRET}]}
    https = {"port": 443, "protocol": "HTTPS", "tls": tls, "allowedRoutes": admitted}
    return {
        "gatewayClassName": CLASS,
        "infrastructure": {"annotations": load_balancer(name, point)},
        "listeners": [
            {"name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": admitted},
            {"name": "https", "hostname": f"*.{point.domain}", **https},
            {"name": "https-domain", "hostname": point.domain, **https},
        ],
    }


def to_https(name: str) -> dict[str, Any]:
    """Return the spec of the route that sends everyone who comes unencrypted to HTTPS.

    The paths of ACME's challenges are longer than its own, so that their routes come before it.
    """
    return {
        "parentRefs": [{"name": name, "sectionName": "http"}],
        "rules": [
            {"filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}]}
        ],
    }
