"""Who talks to Thanos, and with whom Thanos talks."""

from typing import Final

from components.foundation.account import AccountSettings
from components.kit import flows
from components.kit.flows import PROMETHEUS, Flow, Port, Workload
from components.kit.monitoring import ALERTMANAGER
from components.observability.thanos.settings import CHART, NAMESPACE, ReceiveSettings, ThanosSettings

HTTP: Final = 10902
GRPC: Final = 10901
QUERY: Final = 9090
REMOTE_WRITE: Final = 10908
_ALERTS: Final = 9093


def labels(component: str) -> dict[str, str]:
    """Return what the chart selects a component's pods by."""
    return {
        "app.kubernetes.io/name": CHART,
        "app.kubernetes.io/instance": CHART,
        "app.kubernetes.io/component": component,
    }


def _workload(component: str, **ports: int) -> Workload:
    return Workload(
        namespace=NAMESPACE,
        name=f"{CHART}-{component}",
        labels=labels(component),
        ports=tuple(Port(name=name.replace("_", "-"), number=number) for name, number in ports.items()),
    )


QUERIER: Final = _workload("query", http=QUERY, grpc=GRPC)
FRONTEND: Final = _workload("query-frontend", http=QUERY)
STORE: Final = _workload("storegateway", grpc=GRPC, http=HTTP)
INGESTOR: Final = _workload("receive", grpc=GRPC, http=HTTP, remote_write=REMOTE_WRITE)
ROUTER: Final = _workload("receive-router", http=HTTP, remote_write=REMOTE_WRITE)
RULER: Final = _workload("ruler", http=HTTP, grpc=GRPC)
COMPACTOR: Final = _workload("compactor", http=HTTP)


def asks(client: Workload, why: str) -> tuple[Flow, ...]:
    """Let a workload query metrics, by way of the frontend."""
    return (Flow(client=client, server=FRONTEND, port=QUERY, why=why),)


def remote_writes(client: Workload, why: str) -> tuple[Flow, ...]:
    """Let a workload write samples."""
    return (Flow(client=client, server=ROUTER, port=REMOTE_WRITE, why=why),)


def connections(settings: ThanosSettings, account: AccountSettings) -> tuple[Flow, ...]:
    """Return the connections that the sidecars and the parts of Thanos need which a stack has."""
    sources = (
        PROMETHEUS,
        STORE,
        *((INGESTOR,) if settings.receive else ()),
        *((RULER,) if settings.ruler else ()),
    )
    return (
        *_objects(PROMETHEUS, account),
        *_objects(STORE, account),
        *_objects(COMPACTOR, account),
        *flows.dns(QUERIER),
        *(Flow(client=QUERIER, server=each, port=GRPC, why="asks for series") for each in sources),
        *flows.dns(FRONTEND),
        Flow(client=FRONTEND, server=QUERIER, port=QUERY, why="passes queries on"),
        *_watched(QUERIER, QUERY),
        *_watched(FRONTEND, QUERY),
        *_watched(STORE, HTTP),
        *_watched(COMPACTOR, HTTP),
        *(_receiving(settings.receive, account) if settings.receive else ()),
        *(_judging(account) if settings.ruler else ()),
    )


def _objects(client: Workload, account: AccountSettings) -> tuple[Flow, ...]:
    return (*flows.dns(client), *flows.pod_identity(client), *flows.aws_api(client, account.region, "s3"))


def _watched(server: Workload, port: int) -> tuple[Flow, ...]:
    return (*flows.probes(server, port), *flows.scrape(server, port))


def _receiving(settings: ReceiveSettings, account: AccountSettings) -> tuple[Flow, ...]:
    writers = (
        Workload(namespace=each.namespace, name=each.app, labels={"app.kubernetes.io/name": each.app})
        for each in settings.writers
    )
    return (
        *(flow for writer in writers for flow in remote_writes(writer, "writes samples")),
        *_objects(INGESTOR, account),
        *flows.dns(ROUTER),
        Flow(client=ROUTER, server=INGESTOR, port=GRPC, why="writes samples to their ingestors"),
        *_watched(INGESTOR, HTTP),
        *_watched(ROUTER, HTTP),
    )


def _judging(account: AccountSettings) -> tuple[Flow, ...]:
    return (
        *_objects(RULER, account),
        Flow(client=RULER, server=QUERIER, port=QUERY, why="evaluates rules"),
        Flow(client=RULER, server=ALERTMANAGER, port=_ALERTS, why="tells of alerts"),
        *_watched(RULER, HTTP),
    )
