"""OpenCost: what nodes, volumes and containers cost an hour, as metrics by AWS's prices."""

from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.kit import chart, flows, iam, identity, placement
from components.kit.flows import Flow, Fqdn, Port, Workload
from components.kit.layer import Layer
from components.kit.settings import Settings

CHART: Final = "opencost"
_NAMESPACE: Final = chart.pinned()[CHART].namespace
_PORT: Final = 9003
_HTTPS: Final = 443
# Of its image: https://github.com/opencost/opencost/blob/v1.120.1/Dockerfile
_USER: Final = 1001
# AWS's list of all prices of EC2 in a region, which is served from one region and by name.
# https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-the-aws-price-list-bulk-api.html
_PRICES: Final = {"aws": "pricing.us-east-1.amazonaws.com", "aws-cn": "pricing.cn-north-1.amazonaws.com.cn"}

OPENCOST: Final = Workload(
    namespace=_NAMESPACE,
    name=CHART,
    labels={"app.kubernetes.io/name": CHART, "app.kubernetes.io/instance": CHART},
    ports=(Port(name="http", number=_PORT),),
)


class OpenCostSettings(Settings):
    """What nodes, volumes and containers cost, as metrics."""

    enabled: bool = False
    """Whether OpenCost runs. It needs the monitoring, and a way out to AWS's list of prices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where OpenCost asks what containers use.

    Attributes:
        url: Of Prometheus' API.
        server: Who answers there.
        port: On which it does.
        of_many: Whether it answers for several clusters, told apart by the label `cluster`.

    """

    url: str
    server: Workload
    port: int
    of_many: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCostOutputs:
    """What whoever reads costs waits for."""

    release_id: pulumi.Output[str]


class OpenCost(Layer, kind="platform:capacity:OpenCost"):
    """The exporter of costs, with the right to read what Spot nodes cost and no other."""

    def __init__(
        self,
        name: str,
        *,
        cluster_name: str,
        source: Source,
        account: AccountSettings,
        cluster: ClusterOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        role = identity.pod_role(
            self,
            "prices",
            account=account,
            service_account=chart.service_account(CHART, cluster.name),
            permissions=identity.Permissions(statements=permissions(account)),
        )
        # Longer than it may take to start: what is rolled back earlier never starts.
        release = chart.install(self, CHART, values(cluster_name, source), depends_on=role.complete, minutes=15)
        self.outputs = self.publish(OpenCostOutputs(release_id=release.id))


def permissions(account: AccountSettings) -> list[iam.Statement]:
    """Let it read the prices of Spot nodes, in the region alone; those of all others are public.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    """
    return [
        iam.Statement(
            sid="ReadSpotPrices",
            actions=["ec2:DescribeSpotPriceHistory"],
            resources=["*"],
            wildcard_reason="the action knows no resource",
            conditions={"StringEquals": {"aws:RequestedRegion": [account.region]}},
        )
    ]


def connections(source: Source, account: AccountSettings) -> tuple[Flow, ...]:
    """Return the connections of OpenCost: what it prices, by which prices, and who reads the result."""
    prices = _PRICES.get(account.partition, _PRICES["aws"])
    return (
        *flows.dns(OPENCOST),
        *flows.kube_api(OPENCOST),
        *flows.pod_identity(OPENCOST),
        *flows.aws_api(OPENCOST, account.region, "ec2"),
        Flow(client=OPENCOST, server=Fqdn(prices), port=_HTTPS, why="reads AWS's list of prices"),
        Flow(client=OPENCOST, server=source.server, port=source.port, why="asks what containers use"),
        *flows.probes(OPENCOST, _PORT),
        *flows.scrape(OPENCOST, _PORT),
    )


def values(cluster_name: str, source: Source) -> dict[str, Any]:
    """Return what differs from the chart's own values."""
    return {
        "podSecurityContext": {
            **placement.RESTRICTED_POD,
            **dict.fromkeys(("runAsUser", "runAsGroup", "fsGroup"), _USER),
        },
        "opencost": {
            "exporter": _exporter(cluster_name, source),
            "metrics": {
                # It would repeat what kube-state-metrics tells, and every sum over both would count twice.
                "kubeStateMetrics": {"emitKsmV1Metrics": False, "emitKsmV1MetricsOnly": True},
            },
            "prometheus": {"internal": {"enabled": False}, "external": {"enabled": True, "url": source.url}},
            # Neither asks who is calling; what they show is in Grafana, behind a login.
            "ui": {"enabled": False},
            "mcp": {"enabled": False},
            "nodeSelector": {**placement.GENERAL_NODES},
        },
        "extraVolumes": [{"name": "scratch", "emptyDir": {"sizeLimit": "64Mi"}}],
    }


def _exporter(cluster_name: str, source: Source) -> dict[str, Any]:
    one_of_many = {"CURRENT_CLUSTER_ID_FILTER_ENABLED": "true", "PROM_CLUSTER_ID_LABEL": "cluster"}
    return {
        "defaultClusterId": cluster_name,
        "extraEnv": one_of_many if source.of_many else {},
        "securityContext": {**placement.RESTRICTED_CONTAINER},
        # An estimate. The list of prices is read as a stream, and what is kept of it is small.
        "resources": placement.resources("50m", "256Mi", memory_limit="1Gi"),
        # It answers when it has read the list, some hundred MB: ten minutes instead of two and a half.
        "startupProbe": {"failureThreshold": 120},
        # It writes what it was told of clouds beside its configuration.
        "extraVolumeMounts": [
            {"name": "scratch", "mountPath": "/var/configs", "subPath": "configs"},
            {"name": "scratch", "mountPath": "/tmp", "subPath": "tmp"},  # noqa: S108 - a path of the container's own
        ],
    }
