"""What the platform stands on: the network, the control plane and its nodes, ready for pods."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import pulumi

from components.compute import addons, address_budget, kubeconfig
from components.compute.addons import Addons
from components.compute.cluster import Cluster, private_clients
from components.compute.node_groups import Nodes
from components.foundation import account
from components.foundation.encryption import Encryption
from components.foundation.flow_logs import FlowLogs
from components.foundation.network import Network
from components.networking.cilium import Cilium
from components.networking.gateway_api import GatewayApi
from components.observability.prometheus.monitoring_crds import MonitoringCrds
from settings import PlatformSettings

if TYPE_CHECKING:
    from components.kit.layer import Layer


class Ground:
    """Every layer up to the first pods, as its attributes.

    Attributes:
        providers: AWS's and the cluster's.
        pod_budget: For how many pods a node of an instance type has addresses.
        for_pods: What gives pods names, and with it nodes, their network and a way out, and the kinds by which they are
            watched.
        layers: The layers, in the order in which they are made.

    """

    def __init__(self, settings: PlatformSettings) -> None:
        aws = account.provider("aws", settings.account)
        in_aws = pulumi.ResourceOptions(providers=[aws])

        self.network = Network(
            "network",
            settings.network,
            account=settings.account,
            callers=_callers(settings),
            retain_data=settings.retain_data,
            opts=in_aws,
        )
        self.encryption = Encryption(
            "encryption", settings.encryption, account=settings.account, retain_data=settings.retain_data, opts=in_aws
        )
        self.flow_logs = FlowLogs(
            "flow-logs",
            settings.flow_logs,
            account=settings.account,
            network=self.network.outputs,
            keys=self.encryption.outputs,
            retain_data=settings.retain_data,
            opts=in_aws,
        )
        self.cluster = Cluster(
            "cluster",
            settings.cluster,
            account=settings.account,
            network=self.network.outputs,
            keys=self.encryption.outputs,
            clients=private_clients(settings.cluster, settings.network),
            retain_data=settings.retain_data,
            opts=in_aws,
        )
        # The whole layer, not only its outputs: the deployer is let in by an access entry nothing else refers to.
        api = kubeconfig.provider(
            "cluster-api",
            self.cluster.outputs,
            settings.account.region,
            opts=pulumi.ResourceOptions(depends_on=[self.cluster]),
        )
        # Cilium's operator looks for the definitions when it starts, and without them serves no gateway.
        self.gateway_api = GatewayApi(
            "gateway-api", retain_data=settings.retain_data, opts=pulumi.ResourceOptions(providers=[api])
        )
        self.cilium = Cilium(
            "cilium",
            settings.cilium,
            account=settings.account,
            plan=settings.network,
            network=self.network.outputs,
            cluster_name=settings.cluster.name,
            cluster=self.cluster.outputs,
            opts=pulumi.ResourceOptions(providers=[aws, api], depends_on=[self.gateway_api]),
        )
        eks_addons = partial(
            Addons,
            minor=settings.cluster.version,
            account=settings.account,
            keys=self.encryption.outputs,
            cluster=self.cluster.outputs,
        )
        self.first_addons = eks_addons("node-addons", addons.BEFORE_NODES, opts=in_aws)
        self.pod_budget = partial(address_budget.max_pods, routing=settings.cilium.routing)
        self.nodes = Nodes(
            "nodes",
            settings.nodes,
            zones=settings.network.zones,
            pod_budget=self.pod_budget,
            gpu_time_slices=settings.capacity.gpu.time_slices,
            account=settings.account,
            network=self.network.outputs,
            keys=self.encryption.outputs,
            cluster=self.cluster.outputs,
            # A node joins over a way out and turns Ready by Cilium; it must be gone before either is.
            opts=pulumi.ResourceOptions(providers=[aws], depends_on=[self.network, self.first_addons, self.cilium]),
        )
        after_nodes = pulumi.ResourceOptions(providers=[aws], depends_on=[self.nodes])
        # It waits for pods to be healthy: from here on Cilium serves, and its operator has made its CRDs.
        self.last_addons = eks_addons("pod-addons", addons.AFTER_NODES, opts=after_nodes)
        self.storage_addons = eks_addons("storage-addons", addons.STORAGE, opts=after_nodes)
        # Nothing but the API server is needed for them, and many a chart brings a monitor of its own.
        monitoring = (
            [
                MonitoringCrds(
                    "monitoring-crds", retain_data=settings.retain_data, opts=pulumi.ResourceOptions(providers=[api])
                )
            ]
            if settings.observability.enabled
            else []
        )
        self.for_pods: Sequence[Layer] = (self.last_addons, *monitoring)
        self.providers: Sequence[pulumi.ProviderResource] = (aws, api)
        self.layers: Sequence[Layer] = (
            self.network,
            self.encryption,
            self.flow_logs,
            self.cluster,
            self.gateway_api,
            self.cilium,
            self.first_addons,
            self.nodes,
            self.last_addons,
            self.storage_addons,
            *monitoring,
        )

    def after(self, *layers: "Layer") -> pulumi.ResourceOptions:
        """Return the options of a layer in the cluster that waits for others."""
        return pulumi.ResourceOptions(providers=[*self.providers], depends_on=[*layers])


def _callers(settings: PlatformSettings) -> Sequence[str]:
    """Return who calls AWS from inside the VPC."""
    return (
        "nodes",
        "workloads",
        "cilium",
        *addons.BEFORE_NODES,
        *addons.AFTER_NODES,
        *addons.STORAGE,
        settings.capacity.autoscaler.replace("_", "-"),
        "aws-load-balancer-controller",
        "cert-manager",
        "external-dns",
        *(("falcosidekick",) if settings.detection.falco.enabled and settings.detection.falco.routes.in_aws else ()),
        *(("trivy-operator",) if settings.detection.trivy.enabled else ()),
        *(("opencost",) if settings.cost.opencost.enabled else ()),
        *(("external-secrets",) if settings.secrets.stores.aws else ()),
        *(("vault",) if settings.vault.enabled else ()),
        *(("kyverno",) if settings.admission.signatures else ()),
        *((settings.backup.engine.value,) if settings.backup.enabled else ()),
    )
