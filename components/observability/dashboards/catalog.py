"""Every dashboard there is."""

from typing import Final

from components.observability.dashboards.cluster import CLUSTER_OVERVIEW
from components.observability.dashboards.cost import COST
from components.observability.dashboards.fleet import FLEET
from components.observability.dashboards.monitoring import ALERTMANAGER, PROMETHEUS
from components.observability.dashboards.network import NETWORK
from components.observability.dashboards.nodes import GPUS, NODES
from components.observability.dashboards.panels import Dashboard, Grafana
from components.observability.dashboards.platform import BACKUP, DATABASES
from components.observability.dashboards.secrets import SECRETS, VAULT
from components.observability.dashboards.security import SECURITY
from components.observability.dashboards.services import GOLDEN_SIGNALS
from components.observability.dashboards.slos import SLOS
from components.observability.dashboards.workloads import WORKLOADS

DASHBOARDS: Final[tuple[Dashboard, ...]] = (
    GOLDEN_SIGNALS,
    SLOS,
    FLEET,
    CLUSTER_OVERVIEW,
    NODES,
    WORKLOADS,
    GPUS,
    NETWORK,
    VAULT,
    SECRETS,
    SECURITY,
    BACKUP,
    DATABASES,
    COST,
    PROMETHEUS,
    ALERTMANAGER,
)
"""In the order in which somebody new would read them."""


def shown_in(grafanas: frozenset[Grafana]) -> tuple[Dashboard, ...]:
    """Return the dashboards that any of these Grafanas shows."""
    return tuple(dashboard for dashboard in DASHBOARDS if grafanas & frozenset(dashboard.shown_in))
