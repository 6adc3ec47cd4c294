"""Where OpenCost asks what containers use, and whom it calls for it."""

from components.capacity.cost import opencost
from components.capacity.cost.opencost import Source
from components.kit.flows import PROMETHEUS, Flow
from components.kit.monitoring import Instance
from components.observability.prometheus import prometheus
from components.observability.thanos import flows as thanos
from components.observability.thanos.settings import FRONTEND_URL
from settings import PlatformSettings


def connections(settings: PlatformSettings) -> tuple[Flow, ...]:
    """Return the connections of OpenCost, if the stack has it."""
    if not settings.cost.opencost.enabled:
        return ()
    return opencost.connections(source(settings), settings.account)


def source(settings: PlatformSettings) -> Source:
    """Return who knows what containers use: Thanos, or the Prometheus that watches the kubelets."""
    if settings.observability.thanos.enabled:
        return Source(url=FRONTEND_URL, server=thanos.FRONTEND, port=thanos.QUERY, of_many=True)
    # A series has the label of its cluster only when it leaves its Prometheus.
    server, port = PROMETHEUS, PROMETHEUS.ports[0].number
    return Source(url=prometheus.url(Instance.SYSTEM), server=server, port=port, of_many=False)
