"""Who talks to the platform's etcd, and with whom it talks."""

from typing import Final

from components.foundation.account import AccountSettings
from components.kit import flows
from components.kit.flows import Flow, Port, Workload
from components.observability.etcd.settings import (
    CLIENT_PORT,
    METRICS_PORT,
    NAME,
    NAMESPACE,
    PEER_PORT,
    EtcdSettings,
)

MEMBER: Final = Workload(
    namespace=NAMESPACE,
    name="etcd-member",
    labels={"app.kubernetes.io/name": NAME, "app.kubernetes.io/component": "member"},
    ports=(
        Port(name="client", number=CLIENT_PORT),
        Port(name="peer", number=PEER_PORT),
        Port(name="metrics", number=METRICS_PORT),
    ),
)
"""The members."""

MAINTENANCE: Final = Workload(
    namespace=NAMESPACE,
    name="etcd-maintenance",
    labels={"app.kubernetes.io/name": NAME, "app.kubernetes.io/component": "maintenance"},
)
"""The jobs that store snapshots and defragment."""


def connections(settings: EtcdSettings, account: AccountSettings) -> tuple[Flow, ...]:
    """Return the connections of the members, of their maintenance, and of the clients that a stack names."""
    clients = (
        Workload(namespace=each.namespace, name=each.app, labels={"app.kubernetes.io/name": each.app})
        for each in settings.clients
    )
    return (
        # A member looks up whoever calls it as a member.
        *flows.dns(MEMBER),
        Flow(client=MEMBER, server=MEMBER, port=PEER_PORT, why="agrees with the others"),
        *flows.probes(MEMBER, METRICS_PORT),
        *flows.scrape(MEMBER, METRICS_PORT),
        *flows.dns(MAINTENANCE),
        *flows.pod_identity(MAINTENANCE),
        *flows.aws_api(MAINTENANCE, account.region, "s3"),
        Flow(client=MAINTENANCE, server=MEMBER, port=CLIENT_PORT, why="takes snapshots and defragments"),
        *(Flow(client=client, server=MEMBER, port=CLIENT_PORT, why="keeps its state") for client in clients),
    )
