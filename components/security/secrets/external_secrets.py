"""Secrets of other stores as Secrets of Kubernetes: the External Secrets Operator, and the stores it may read."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import pulumi
import pulumi_kubernetes as kubernetes

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.kit import chart, custom_object, flows, identity, placement, rights
from components.kit.flows import Flow, Fqdn, Port, Workload
from components.kit.host_network import ROLLING
from components.kit.layer import Layer
from components.security.secrets import stores as secret_stores
from components.security.secrets.settings import StoresSettings
from components.security.secrets.stores import CHART, NAMESPACE, Store
from components.security.vault import flows as vault_flows
from components.security.vault.access import KV

_METRICS: Final = Port(name="metrics", number=8080)
# The chart's own, 10250 and 8080, are others' on a node's network, where the webhook may have to listen.
_WEBHOOK: Final = 10270
_WEBHOOKS_METRICS: Final = Port(name="metrics", number=8090)
CONTROLLER: Final = Workload(
    namespace=NAMESPACE,
    name=CHART,
    labels={"app.kubernetes.io/name": CHART, "app.kubernetes.io/instance": CHART},
    ports=(_METRICS, Port(name="live", number=8082)),
)
WEBHOOK: Final = Workload(
    namespace=NAMESPACE,
    name=f"{CHART}-webhook",
    labels={"app.kubernetes.io/name": f"{CHART}-webhook", "app.kubernetes.io/instance": CHART},
    ports=(_WEBHOOKS_METRICS, Port(name="ready", number=8081), Port(name="webhook", number=_WEBHOOK)),
)
_TOKENS: Final = "store-tokens"  # - of service accounts; it is a Role's name
_GOOGLE: Final = ("sts.googleapis.com", "secretmanager.googleapis.com")
_ENTRA: Final = "login.microsoftonline.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalSecretsOutputs:
    """The ClusterSecretStores' names, each with the namespaces that may use it, and the operator's role in AWS."""

    stores: pulumi.Output[dict[str, list[str]]]
    role_name: pulumi.Output[str] | None


class ExternalSecrets(Layer, kind="platform:security:ExternalSecrets"):
    """The operator with its definitions, and a ClusterSecretStore for each store; there is no use of it without one."""

    def __init__(
        self,
        name: str,
        settings: StoresSettings,
        *,
        account: AccountSettings,
        cluster_name: str,
        cluster: ClusterOutputs,
        issuer: pulumi.Input[str],
        host_network: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        stores = secret_stores.stores(settings, account, cluster_name=cluster_name, kv=KV)
        role = (
            identity.pod_role(
                self,
                CHART,
                account=account,
                service_account=chart.service_account(CHART, cluster.name),
                permissions=identity.Permissions(
                    statements=secret_stores.permissions(settings.aws, account, cluster_name=cluster_name)
                ),
            )
            if settings.aws
            else None
        )
        operator = chart.install(
            self,
            secret_stores.CHART,
            values(issuer, host_network=host_network),
            depends_on=role.complete if role else (),
        )
        accounts = [self._account(store) for store in stores if store.account]
        tokens = self._tokens(stores) if accounts else ()
        for store in stores:
            # Its webhook judges what is deleted too, so it goes after them.
            custom_object.create(self, store.name, store.manifest(), depends_on=[operator, *accounts, *tokens])
        self.outputs = self.publish(
            ExternalSecretsOutputs(
                stores=pulumi.Output.from_input({store.name: [*store.namespaces] for store in stores}),
                role_name=role.role.name if role else None,
            )
        )

    def _account(self, store: Store) -> pulumi.Resource:
        return kubernetes.core.v1.ServiceAccount(
            f"{self.pulumi_resource_name}-{store.account}",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=store.account, namespace=NAMESPACE, annotations={**store.annotations}
            ),
            automount_service_account_token=False,
            opts=self.child(),
        )

    def _tokens(self, stores: tuple[Store, ...]) -> list[pulumi.Resource]:
        """Let the operator have tokens of these accounts; by the chart's own role it has those of any, admins' too."""
        return rights.in_namespace(
            self,
            _TOKENS,
            name=_TOKENS,
            namespace=NAMESPACE,
            rules=[
                kubernetes.rbac.v1.PolicyRuleArgs(
                    api_groups=[""],
                    resources=["serviceaccounts/token"],
                    resource_names=[store.account for store in stores if store.account],
                    verbs=["create"],
                )
            ],
            accounts=[(NAMESPACE, CHART)],
        )


def connections(settings: StoresSettings, account: AccountSettings) -> tuple[Flow, ...]:
    """Return the connections that the operator needs, those to its stores as far as there are any."""
    outside: list[str] = []
    if settings.gcp:
        outside += _GOOGLE
    if settings.azure:
        outside += [_ENTRA, urlsplit(settings.azure.vault_url).netloc]
    return (
        *(flow for pod in (CONTROLLER, WEBHOOK) for flow in (*flows.dns(pod), *flows.kube_api(pod))),
        *flows.probes(CONTROLLER, 8082),
        *flows.scrape(CONTROLLER, _METRICS.number),
        *flows.probes(WEBHOOK, 8081),
        *flows.scrape(WEBHOOK, _WEBHOOKS_METRICS.number),
        *flows.webhook(WEBHOOK, _WEBHOOK),
        *(vault_flows.calls(CONTROLLER, "reads secrets for ExternalSecrets") if settings.vault else ()),
        *(flows.pod_identity(CONTROLLER) if settings.aws else ()),
        *(flows.aws_api(CONTROLLER, account.region, "secretsmanager") if settings.aws else ()),
        *(Flow(client=CONTROLLER, server=Fqdn(name), port=443, why="reads secrets there") for name in outside),
    )


def values(issuer: pulumi.Input[str], *, host_network: bool = False) -> dict[str, Any]:
    """Return what differs from the chart's own values."""
    # One that waits takes over at once, and a drained node takes no webhook away.
    pair = {"replicaCount": 2, "podDisruptionBudget": {"enabled": True}}
    return {
        **pair,
        "leaderElect": True,
        "global": {
            "topologySpreadConstraints": [
                {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway"}
            ]
        },
        # A store of a team's own would ask AWS as the operator, whatever the ClusterSecretStore's conditions say.
        "processSecretStore": False,
        # Nobody writes secrets into other namespaces, or out of the cluster.
        "processClusterExternalSecret": False,
        "processPushSecret": False,
        "processClusterPushSecret": False,
        "processClusterGenerator": False,
        "crds": {
            "createSecretStore": False,
            "createClusterExternalSecret": False,
            "createPushSecret": False,
            "createClusterPushSecret": False,
            "createClusterGenerator": False,
        },
        "rbac": {"serviceAccountTokenCreate": False, "servicebindings": {"create": False}},
        "livenessProbe": {"enabled": True},
        "readinessProbe": {"enabled": True},
        "resources": placement.resources("10m", "128Mi"),
        "webhook": {
            **pair,
            "livenessProbe": {"enabled": True},
            "resources": placement.resources("10m", "64Mi"),
            "port": _WEBHOOK,
            "metrics": {"listen": {"port": _WEBHOOKS_METRICS.number}},
            **({"hostNetwork": True, "strategy": {**ROLLING}} if host_network else {}),
            # The other way, a controller of its own, reads every Secret of the cluster to keep one.
            "certManager": {
                "enabled": True,
                "cert": {"issuerRef": {"kind": "ClusterIssuer", "name": issuer}, "duration": "2160h0m0s"},
            },
        },
        "certController": {"create": False},
    }
