"""ingress-nginx for mode `nginx`: for Ingresses that cannot leave it yet, for its project has ended."""

from typing import Any, Final

from components.kit import placement
from components.networking.entry_settings import EntryPoint
from components.networking.gateways import SECRET, load_balancer

CHART: Final = "ingress-nginx"


def values(name: str, point: EntryPoint, *, namespace: str) -> dict[str, Any]:
    """Return what differs from the chart's own values."""
    return {
        "controller": {
            "replicaCount": placement.REPLICAS,
            "topologySpreadConstraints": placement.apart(name="ingress-nginx", component="controller"),
            "ingressClassResource": {"name": name},
            "ingressClass": name,
            "config": {"force-ssl-redirect": "true"},
            "extraArgs": {"default-ssl-certificate": f"{namespace}/{SECRET}"},
            "service": {"annotations": load_balancer(name, point)},
            # The chart's own way makes the webhook's certificate in a job, once.
            "admissionWebhooks": {"certManager": {"enabled": True}},
        }
    }
