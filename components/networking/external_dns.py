"""Names for what the entries serve: external-dns, which writes to the stack's own zones and to no other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.kit import chart, flows, iam, identity
from components.kit.flows import Flow, Port, Workload
from components.kit.layer import Layer
from components.networking import hosted_zones
from components.networking.entry_settings import EntryMode
from components.networking.hosted_zones import DnsSettings

CHART: Final = "external-dns"

WRITER: Final = Workload(
    namespace=chart.pinned()[CHART].namespace,
    name=CHART,
    labels={"app.kubernetes.io/instance": CHART, "app.kubernetes.io/name": CHART},
    ports=(Port(name="http", number=7979),),
)

# Where routes are read from. A source whose CRDs are missing stops external-dns at its start.
_SOURCES: Final[Mapping[EntryMode, tuple[str, ...]]] = {
    EntryMode.GATEWAY: ("gateway-httproute", "service"),
    EntryMode.ALB: ("ingress", "service"),
    EntryMode.NGINX: ("ingress", "service"),
}
# Records that lead to a load balancer, and the TXT records that say which cluster has made them.
_RECORD_TYPES: Final = ("A", "AAAA", "CNAME", "TXT")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalDnsOutputs:
    """The mark on the records of this cluster."""

    owner: pulumi.Output[str]


class ExternalDns(Layer, kind="platform:networking:ExternalDns"):
    """external-dns, and what it may do in Route 53. There is no use of it without a zone."""

    def __init__(
        self,
        name: str,
        settings: DnsSettings,
        *,
        account: AccountSettings,
        mode: EntryMode,
        cluster: ClusterOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        role = identity.pod_role(
            self,
            CHART,
            account=account,
            service_account=chart.service_account(CHART, cluster.name),
            permissions=identity.Permissions(statements=permissions(account, settings)),
        )
        owner = pulumi.Output.from_input(settings.owner) if settings.owner else cluster.name
        chart.install(self, CHART, values(settings, mode=mode, owner=owner), depends_on=role.complete)
        self.outputs = self.publish(ExternalDnsOutputs(owner=owner))


def permissions(account: AccountSettings, settings: DnsSettings) -> list[iam.Statement]:
    """Let external-dns write the records it makes to the stack's zones.

    https://kubernetes-sigs.github.io/external-dns/latest/docs/tutorials/aws/
    """
    zones = hosted_zones.arns(account, settings)
    return [
        iam.Statement(
            sid="FindTheZones",
            actions=["route53:ListHostedZones"],
            resources=["*"],
            wildcard_reason="a list of zones has no narrower resource",
        ),
        iam.Statement(sid="ReadTheZones", actions=["route53:ListResourceRecordSets"], resources=zones),
        iam.Statement(
            sid="WriteTheZones",
            actions=["route53:ChangeResourceRecordSets"],
            resources=zones,
            conditions={
                "ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": list(_RECORD_TYPES)}
            },
        ),
    ]


def connections(account: AccountSettings) -> tuple[Flow, ...]:
    """Return the connections that external-dns needs."""
    return (
        *flows.dns(WRITER),
        *flows.kube_api(WRITER),
        *flows.pod_identity(WRITER),
        *flows.aws_api(WRITER, account.region, "route53"),
        *flows.probes(WRITER, 7979),
        *flows.scrape(WRITER, 7979),
    )


def values(settings: DnsSettings, *, mode: EntryMode, owner: pulumi.Input[str]) -> dict[str, Any]:
    """Return what differs from the chart's own values.

    Args:
        settings: The zones, and what becomes of records whose route is gone.
        mode: By which means traffic comes in, that is, where routes are read from.
        owner: The mark on the records: of two clusters with the same mark each takes the other's for its own.

    """
    return {
        "provider": {"name": "aws"},
        "sources": list(_SOURCES[mode]),
        "policy": settings.records.replace("_", "-"),
        "txtOwnerId": owner,
        "domainFilters": sorted(settings.zones),
        "managedRecordTypes": [kind for kind in _RECORD_TYPES if kind != "TXT"],
        # Two zones may have the same name, one public and one private: the id tells which.
        "extraArgs": [f"--zone-id-filter={zone}" for zone in sorted(set(settings.zones.values()))],
        # A name follows its route at once, and Route 53 is not asked every minute.
        "triggerLoopOnEvent": True,
        "interval": "5m",
        "logFormat": "json",
        "resources": {"requests": {"cpu": "10m", "memory": "96Mi"}, "limits": {"memory": "96Mi"}},
    }
