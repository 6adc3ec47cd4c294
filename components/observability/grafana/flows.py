"""Who talks to Grafanas, and with whom they talk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from components.kit import flows
from components.kit.flows import PROMETHEUS, Entity, Flow, Peer, Workload
from components.kit.monitoring import ALERTMANAGER
from components.observability.dashboards.panels import Grafana
from components.observability.grafana.instances import HTTP, NAMESPACE, workload
from components.observability.thanos import flows as thanos_flows

_PROMETHEUS: Final = 9090
_ALERTMANAGER: Final = 9093

DATABASES: Final = Workload(
    namespace=NAMESPACE, name="grafana-databases", labels={"app.kubernetes.io/name": "grafana-databases"}
)
"""What makes a database and a user for each Grafana."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where something listens."""

    server: Peer
    port: int


def connections(
    grafanas: Sequence[Grafana],
    *,
    database: Address | None,
    issuers: Sequence[Address],
    thanos: bool,
) -> tuple[Flow, ...]:
    """Return the connections of the Grafanas of a stack.

    Args:
        grafanas: Which there are.
        database: Where they keep what people make, if not each on a volume.
        issuers: Whom they ask who somebody is.
        thanos: Whether there is one to ask.

    """
    found = [flow for each in grafanas for flow in _connections(workload(each), database, issuers, thanos=thanos)]
    if grafanas and database:
        found += [*flows.dns(DATABASES), _reach(DATABASES, database, "makes databases")]
    return tuple(found)


def _connections(
    pods: Workload, database: Address | None, issuers: Sequence[Address], *, thanos: bool
) -> tuple[Flow, ...]:
    return (
        *flows.dns(pods),
        # The sidecar watches ConfigMaps.
        *flows.kube_api(pods),
        *flows.probes(pods, HTTP.number),
        *flows.scrape(pods, HTTP.number),
        Flow(client=Entity.INGRESS, server=pods, port=HTTP.number, why="brings people from the internal entry"),
        *(thanos_flows.asks(pods, "asks for all clusters' metrics") if thanos else ()),
        Flow(client=pods, server=PROMETHEUS, port=_PROMETHEUS, why="asks for metrics"),
        Flow(client=pods, server=ALERTMANAGER, port=_ALERTMANAGER, why="shows alerts and silences"),
        *((_reach(pods, database, "keeps what people make"),) if database else ()),
        *(_reach(pods, issuer, "asks who people are") for issuer in issuers),
    )


def _reach(client: Workload, address: Address, why: str) -> Flow:
    return Flow(client=client, server=address.server, port=address.port, why=why)
