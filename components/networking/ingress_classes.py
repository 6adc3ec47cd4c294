"""Ingress classes for mode `alb`: one ALB for each entry, of which an Ingress can change nothing but its routes."""

from typing import Any, Final

from components.networking.entry_settings import PUBLIC, EntryPoint, admitting

PARAMETERS_API: Final = "elbv2.k8s.aws/v1beta1"
CONTROLLER: Final = "ingress.k8s.aws/alb"

# TLS 1.2 and 1.3 with forward secrecy. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
_TLS: Final = "ELBSecurityPolicy-TLS13-1-2-2021-06"


def parameters(name: str, point: EntryPoint) -> dict[str, Any]:
    """Return the spec of a class's parameters, which go before every Ingress's own annotations.

    https://kubernetes-sigs.github.io/aws-load-balancer-controller/v3.5/guide/ingress/ingress_class/
    """
    cidrs = {"inboundCIDRs": [str(block) for block in point.client_cidrs]} if point.client_cidrs else {}
    return {
        "scheme": "internet-facing" if name == PUBLIC else "internal",
        # All Ingresses of the class share one ALB, and none can join the other entry's.
        "group": {"name": f"{name}-entry"},
        "namespaceSelector": {"matchLabels": admitting(name)},
        "certificateArn": [point.certificate_arn],
        "listeners": [{"protocol": "HTTP", "port": 80}, {"protocol": "HTTPS", "port": 443}],
        "sslRedirectPort": "443",
        "sslPolicy": _TLS,
        # Pods have addresses of the VPC.
        "targetType": "ip",
        "loadBalancerAttributes": [{"key": "routing.http.drop_invalid_header_fields.enabled", "value": "true"}],
        **cidrs,
    }
