"""Who talks to Kasten, and with whom its pods talk."""

from typing import Final

from components.foundation.account import AccountSettings
from components.kit import flows
from components.kit.flows import Flow, Port, Workload
from components.resilience.kasten.settings import NAMESPACE

METRICS_PORT: Final = 8000
"""Where each of Kasten's services answers, its metrics among the answers."""
_AGGREGATED: Final = 10250
# Services that share a pod with another: https://github.com/rancher/partner-charts (k10, `k10.colocatedServices`).
_COLOCATED: Final = (8001, 8002, 8003)
_LOGGING: Final = (24224, 24225)
# The server of a repository, to which those that read volumes send: kopia's own port.
# https://kopia.io/docs/reference/command-line/common/server-start/
_REPOSITORY: Final = 51515
_PROMISES_PORT: Final = 8085

LABELS: Final = {"platform/part": "kasten"}
"""What every pod of Kasten carries, those it makes while it works among them: the chart's `global.resourceLabels`."""

KASTEN: Final = Workload(
    namespace=NAMESPACE,
    name="kasten",
    labels=LABELS,
    ports=tuple(Port(number=port) for port in (METRICS_PORT, *_COLOCATED, _AGGREGATED, *_LOGGING, _REPOSITORY)),
)
"""All of Kasten: services that call each other, nobody outside Veeam knows which whom, and pods that carry data."""

PROMISES: Final = Workload(
    namespace=NAMESPACE,
    name="backup-promises",
    labels={"app.kubernetes.io/name": "backup-promises"},
    ports=(Port(name="http-metrics", number=_PROMISES_PORT),),
)
"""What shows Prometheus what each class promises."""


def connections(account: AccountSettings) -> tuple[Flow, ...]:
    """Return the connections that Kasten needs: S3 for the bucket, STS for its role, and among its own pods."""
    return (
        *flows.dns(KASTEN),
        *flows.kube_api(KASTEN),
        *flows.aws_api(KASTEN, account.region, "s3", "sts"),
        *(
            Flow(client=KASTEN, server=KASTEN, port=port.number, why="Kasten's services call each other")
            for port in KASTEN.ports
        ),
        *flows.webhook(KASTEN, _AGGREGATED),
        *flows.probes(KASTEN, METRICS_PORT, *_COLOCATED, _AGGREGATED),
        *flows.scrape(KASTEN, METRICS_PORT),
        *flows.probes(PROMISES, _PROMISES_PORT),
        *flows.scrape(PROMISES, _PROMISES_PORT),
    )
