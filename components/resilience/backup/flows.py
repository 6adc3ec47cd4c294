"""Who talks to Velero, and with whom its pods talk."""

from typing import Final

from components.foundation.account import AccountSettings
from components.kit import flows
from components.kit.flows import Flow, Fqdn, Port, Workload
from components.resilience.backup.settings import CHART, NAMESPACE, SourceSettings

METRICS_PORT: Final = 8085
_METRICS: Final = Port(name="http-monitoring", number=METRICS_PORT)

PART: Final = "platform/part"
"""The label of pods that Velero itself makes, which have none of the chart's."""

SERVER: Final = Workload(namespace=NAMESPACE, name="velero-server", labels={"name": CHART}, ports=(_METRICS,))
NODE_AGENT: Final = Workload(
    namespace=NAMESPACE, name="velero-node-agent", labels={"name": "node-agent"}, ports=(_METRICS,)
)
DATA_MOVER: Final = Workload(namespace=NAMESPACE, name="velero-data-mover", labels={PART: "data-mover"})
"""The pods that carry a volume's data to the bucket, and back."""
MAINTENANCE: Final = Workload(namespace=NAMESPACE, name="velero-maintenance", labels={PART: "maintenance"})
"""The jobs that free what expired in the bucket."""
DEFINITIONS: Final = Workload(namespace=NAMESPACE, name="velero-definitions", labels={PART: "definitions"})
"""The job that brings the definitions to the chart's version."""
ENROLMENT: Final = Workload(
    namespace=NAMESPACE, name="backup-enrolment", labels={"app.kubernetes.io/name": "backup-enrolment"}
)
"""The job that has a Schedule cover the namespaces that chose its class."""
DRILL: Final = Workload(namespace=NAMESPACE, name="backup-drill", labels={"app.kubernetes.io/name": "backup-drill"})
"""The job that tries a restore."""
RESULTS: Final = Workload(
    namespace=NAMESPACE,
    name="backup-results",
    labels={"app.kubernetes.io/name": "backup-results"},
    ports=(_METRICS,),
)
"""What shows Prometheus the results of drills."""


def connections(account: AccountSettings, source: SourceSettings | None) -> tuple[Flow, ...]:
    """Return the connections that backups and their drills need.

    Velero calls S3 alone: snapshots are the CSI driver's, keys are used by S3, and Pod Identity's agent is on the node.
    """
    regions = {account.region, *([source.region] if source else [])}
    to_the_bucket = (SERVER, NODE_AGENT, DATA_MOVER, MAINTENANCE)
    on_the_api = (*to_the_bucket, DEFINITIONS, ENROLMENT, DRILL)
    return (
        *(flow for pod in on_the_api for flow in (*flows.dns(pod), *flows.kube_api(pod))),
        *(flow for pod in to_the_bucket for flow in flows.pod_identity(pod)),
        *(flow for pod in to_the_bucket for region in sorted(regions) for flow in _s3(pod, region)),
        *(flow for pod in (SERVER, RESULTS) for flow in flows.probes(pod, METRICS_PORT)),
        *(flow for pod in (SERVER, NODE_AGENT, RESULTS) for flow in flows.scrape(pod, METRICS_PORT)),
    )


def _s3(client: Workload, region: str) -> tuple[Flow, ...]:
    """Let a workload call S3 by both of its names.

    The repositories' client, minio-go, calls `s3.dualstack.<region>` whatever endpoint it is given of AWS's, and Velero
    has no setting for it. https://github.com/minio/minio-go/blob/v7.0.97/api.go,
    https://github.com/vmware-tanzu/velero/blob/v1.18.1/pkg/repository/udmrepo/kopialib/backend/s3.go
    """
    dual = (f"s3.dualstack.{region}.amazonaws.com", f"*.s3.dualstack.{region}.amazonaws.com")
    return (
        *flows.aws_api(client, region, "s3"),
        *(Flow(client=client, server=Fqdn(name), port=443, why="calls AWS") for name in dual),
    )
