"""Certificates that renew themselves: cert-manager, and the issuers that sign for the whole cluster."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

import pulumi
import pulumi_kubernetes as kubernetes
from pydantic import Field

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.kit import chart, flows, iam, identity, placement
from components.kit.flows import Flow, Fqdn, Port, Workload
from components.kit.host_network import ROLLING
from components.kit.layer import Layer
from components.kit.settings import Settings
from components.networking import hosted_zones, issuers
from components.networking.entry_settings import PUBLIC, EntryMode, EntrySettings
from components.networking.gateways import namespace_of
from components.networking.hosted_zones import DnsSettings
from components.networking.issuers import Issuer

CHART: Final = "cert-manager"
_NAMESPACE: Final = chart.pinned()[CHART].namespace


def _workload(component: str, *ports: Port) -> Workload:
    labels = {"app.kubernetes.io/instance": CHART, "app.kubernetes.io/component": component}
    return Workload(namespace=_NAMESPACE, name=f"{CHART}-{component}", labels=labels, ports=ports)


# The chart's 10250 is the kubelet's on a node's network, where the webhook may have to listen.
_SECURE: Final = 10260
_METRICS: Final = Port(name="http-metrics", number=9402)
CONTROLLER: Final = _workload("controller", _METRICS, Port(name="http-healthz", number=9403))
WEBHOOK: Final = _workload(
    "webhook", Port(name="https", number=_SECURE), Port(name="healthcheck", number=6080), _METRICS
)
INJECTOR: Final = _workload("cainjector", _METRICS)
STARTUP_CHECK: Final = _workload("startupapicheck")


class CertificatesSettings(Settings):
    """The issuers of certificates."""

    issuer: Issuer = Issuer.LETSENCRYPT_STAGING
    """Who signs for the public entry. Browsers do not trust `letsencrypt_staging`; `letsencrypt_production` signs for
    one domain 50 times a week only."""

    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", examples=["platform@example.com"])] | None = None
    """Whom Let's Encrypt may write to about its account. It sends no warnings of expiry any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatesOutputs:
    """The ClusterIssuers' names, by the setting's word for them."""

    issuers: pulumi.Output[dict[str, str]]


class Certificates(Layer, kind="platform:networking:Certificates"):
    """cert-manager with its CRDs, Let's Encrypt's staging and production where they can be proved to, a private CA."""

    def __init__(
        self,
        name: str,
        settings: CertificatesSettings,
        *,
        account: AccountSettings,
        dns: DnsSettings,
        entry: EntrySettings,
        cluster: ClusterOutputs,
        host_network: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        role = (
            identity.pod_role(
                self,
                CHART,
                account=account,
                service_account=chart.service_account(CHART, cluster.name),
                permissions=identity.Permissions(statements=permissions(account, dns)),
            )
            if dns.zones
            else None
        )
        manager = chart.install(
            self, CHART, values(entry.mode, host_network=host_network), depends_on=role.complete if role else ()
        )

        def custom(kind: str, role: str, spec: dict[str, Any], *after: pulumi.Resource) -> pulumi.Resource:
            namespace = _NAMESPACE if kind == "Certificate" else None
            return kubernetes.apiextensions.CustomResource(
                f"{name}-{role}",
                api_version=issuers.API,
                kind=kind,
                metadata=kubernetes.meta.v1.ObjectMetaArgs(name=role, namespace=namespace),
                spec=spec,
                opts=self.child(depends_on=[manager, *after]),
            )

        private = issuers.private_ca()
        root = custom("ClusterIssuer", issuers.PRIVATE_ROOT, private["root"])
        authority = custom("Certificate", f"{Issuer.PRIVATE}-ca", private["certificate"], root)
        custom("ClusterIssuer", Issuer.PRIVATE.cluster_issuer, private["issuer"], authority)
        made = [Issuer.PRIVATE]
        solver = http_solver(entry)
        for issuer in (each for each in Issuer if each.is_acme and (dns.zones or solver)):
            spec = issuers.acme(
                issuer, email=settings.email, region=account.region, zones=dns.zones, http_solver=solver
            )
            custom("ClusterIssuer", issuer.cluster_issuer, spec)
            made.append(issuer)
        self.outputs = self.publish(
            CertificatesOutputs(
                issuers=pulumi.Output.from_input({str(issuer): issuer.cluster_issuer for issuer in made})
            )
        )


def permissions(account: AccountSettings, dns: DnsSettings) -> list[iam.Statement]:
    """Let cert-manager prove names in the stack's zones, and write nothing else there.

    https://cert-manager.io/docs/configuration/acme/dns01/route53/
    """
    zones = hosted_zones.arns(account, dns)
    return [
        iam.Statement(
            sid="SeeWhetherARecordIsServed",
            actions=["route53:GetChange"],
            resources=[f"arn:{account.partition}:route53:::change/*"],
        ),
        iam.Statement(sid="ReadTheZones", actions=["route53:ListResourceRecordSets"], resources=zones),
        iam.Statement(
            sid="WriteChallengesOnly",
            actions=["route53:ChangeResourceRecordSets"],
            resources=zones,
            # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html
            conditions={
                "ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": ["TXT"]},
                "ForAllValues:StringLike": {
                    "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["_acme-challenge.*"]
                },
            },
        ),
    ]


def connections(account: AccountSettings, entry: EntrySettings) -> tuple[Flow, ...]:
    """Return the connections that cert-manager needs."""
    pods = (CONTROLLER, WEBHOOK, INJECTOR, STARTUP_CHECK)
    outside = [
        Flow(client=CONTROLLER, server=Fqdn(url.split("/")[2]), port=443, why="asks Let's Encrypt for certificates")
        for url in issuers.DIRECTORIES.values()
    ]
    if http_solver(entry):
        # A name outside the stack's zones may lead anywhere until it leads here.
        outside.append(
            Flow(client=CONTROLLER, server=flows.INTERNET, port=80, why="sees whether an HTTP challenge is served")
        )
    return (
        *(flow for pod in pods for flow in (*flows.dns(pod), *flows.kube_api(pod))),
        *(flow for pod in (CONTROLLER, WEBHOOK, INJECTOR) for flow in flows.scrape(pod, _METRICS.number)),
        *flows.pod_identity(CONTROLLER),
        *flows.aws_api(CONTROLLER, account.region, "route53"),
        *flows.probes(CONTROLLER, 9403),
        *flows.probes(WEBHOOK, 6080),
        *flows.webhook(WEBHOOK, _SECURE),
        *outside,
    )


def http_solver(entry: EntrySettings) -> dict[str, Any] | None:
    """Return how a name outside the stack's zones is proved: over the public entry, if there is one for Secrets."""
    # An ALB takes certificates from ACM only: nothing that is signed here could serve there.
    if entry.public is None or entry.mode is EntryMode.ALB:
        return None
    if entry.mode is EntryMode.NGINX:
        return {"ingress": {"ingressClassName": PUBLIC, "serviceType": "ClusterIP"}}
    gateway = {"kind": "Gateway", "name": PUBLIC, "namespace": namespace_of(PUBLIC), "sectionName": "http"}
    return {"gatewayHTTPRoute": {"parentRefs": [gateway], "serviceType": "ClusterIP"}}


def values(mode: EntryMode, *, host_network: bool = False) -> dict[str, Any]:
    """Return what differs from the chart's own values; on its node's network, the webhook is one for each node."""
    # One that waits takes over at once, and a drained node takes no webhook away: without an answer of the webhook no
    # Certificate can be written.
    return {
        "crds": {"enabled": True},
        "global": {
            # The chart's choice is kube-system, in which it would need rights for this alone.
            "leaderElection": {"namespace": _NAMESPACE},
            # Other webhooks' certificates are renewed by it.
            "priorityClassName": "system-cluster-critical",
        },
        **_pair("controller"),
        "resources": placement.resources("10m", "128Mi"),
        # It stops at its start if the Gateway API's CRDs are missing.
        # Of the cluster's own DNS, which the policies let it ask; it would ask each zone's servers in the internet.
        "dns01RecursiveNameserversOnly": True,
        "config": {"gatewayAPI": {"enabled": mode is EntryMode.GATEWAY}},
        # Half the chart's: the API server makes whoever writes wait as long when no webhook answers.
        "webhook": {
            **_pair("webhook"),
            "timeoutSeconds": 15,
            "securePort": _SECURE,
            "resources": placement.resources("10m", "64Mi"),
            **({"hostNetwork": True, "strategy": {**ROLLING}} if host_network else {}),
        },
        "cainjector": {**_pair("cainjector"), "resources": placement.resources("10m", "128Mi")},
        # New nodes take longer to pull its image than the chart's one minute leaves.
        "startupapicheck": {"timeout": "5m", "resources": placement.resources("10m", "32Mi")},
    }


def _pair(component: str) -> dict[str, Any]:
    return {
        "replicaCount": placement.REPLICAS,
        "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
        "topologySpreadConstraints": placement.apart_for_sure(
            placement.recommended(instance=_NAMESPACE, component=component)
        ),
    }
