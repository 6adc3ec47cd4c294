"""Who talks to Vault, and with whom Vault talks."""

from typing import Final

from components.foundation.account import AccountSettings
from components.kit import flows
from components.kit.flows import Flow, Port, Workload
from components.security.vault.settings import API_PORT, CHART, NAMESPACE

CLUSTER_PORT: Final = 8201
METRICS_PORT: Final = 8203

VAULT: Final = Workload(
    namespace=NAMESPACE,
    name="vault-server",
    labels={"app.kubernetes.io/name": CHART, "app.kubernetes.io/instance": CHART, "component": "server"},
    ports=(
        Port(name="https", number=API_PORT),
        Port(name="https-internal", number=CLUSTER_PORT),
        Port(name="https-metrics", number=METRICS_PORT),
    ),
)
"""The servers."""

SNAPSHOT: Final = Workload(
    namespace=NAMESPACE, name="vault-snapshot", labels={"app.kubernetes.io/name": "vault-snapshot"}
)
"""The job that stores snapshots."""


def calls(client: Workload, why: str) -> tuple[Flow, ...]:
    """Let a workload use Vault's API."""
    return (Flow(client=client, server=VAULT, port=API_PORT, why=why),)


def connections(account: AccountSettings) -> tuple[Flow, ...]:
    """Return the connections that Vault and its snapshots need; whoever calls Vault declares it with `calls`."""
    return (
        *flows.dns(VAULT),
        # It registers who leads with the labels of pods, and has tokens of pods reviewed.
        *flows.kube_api(VAULT),
        *flows.pod_identity(VAULT),
        *flows.aws_api(VAULT, account.region, "kms"),
        *calls(VAULT, "joins the others"),
        Flow(client=VAULT, server=VAULT, port=CLUSTER_PORT, why="replicates and forwards requests"),
        *flows.probes(VAULT, API_PORT),
        *flows.scrape(VAULT, METRICS_PORT),
        *flows.dns(SNAPSHOT),
        *flows.pod_identity(SNAPSHOT),
        *flows.aws_api(SNAPSHOT, account.region, "s3"),
        *calls(SNAPSHOT, "takes snapshots"),
    )
