"""The only wiring: makes each layer once and passes its outputs on."""

from functools import partial
from typing import Any

import pulumi

from components.capacity.storage_classes import StorageClasses
from components.compute import addons, address_budget, kubeconfig, network_plugin
from components.compute.addons import Addons
from components.compute.cluster import Cluster, private_clients
from components.compute.network_plugin import NetworkPlugin
from components.compute.node_groups import Nodes
from components.foundation import account
from components.foundation.encryption import Encryption
from components.foundation.flow_logs import FlowLogs
from components.foundation.network import Network
from components.resilience.destroy_guard import DestroyGuard
from components.security.namespaces import Namespaces
from settings import PlatformSettings


class Platform:
    """One environment's platform, from the network up.

    Attributes:
        outputs: What the stack exports, by name; names are a contract with scripts and other stacks.

    """

    def __init__(self, settings: PlatformSettings) -> None:
        aws_provider = account.provider("aws", settings.account)
        in_aws = pulumi.ResourceOptions(providers=[aws_provider])

        network = Network(
            "network",
            settings.network,
            account=settings.account,
            callers=("nodes", "workloads", *addons.BEFORE_NODES, *addons.AFTER_NODES),
            retain_data=settings.retain_data,
            opts=in_aws,
        )
        encryption = Encryption(
            "encryption", settings.encryption, account=settings.account, retain_data=settings.retain_data, opts=in_aws
        )
        flow_logs = FlowLogs(
            "flow-logs",
            settings.flow_logs,
            account=settings.account,
            network=network.outputs,
            keys=encryption.outputs,
            retain_data=settings.retain_data,
            opts=in_aws,
        )
        cluster = Cluster(
            "cluster",
            settings.cluster,
            account=settings.account,
            network=network.outputs,
            keys=encryption.outputs,
            clients=private_clients(settings.cluster, settings.network),
            retain_data=settings.retain_data,
            opts=in_aws,
        )
        first_addons = Addons(
            "node-addons",
            addons.BEFORE_NODES,
            minor=settings.cluster.version,
            account=settings.account,
            keys=encryption.outputs,
            cluster=cluster.outputs,
            opts=in_aws,
        )
        plugin = network_plugin.among(addons.BEFORE_NODES)
        nodes = Nodes(
            "nodes",
            settings.nodes,
            zones=settings.network.zones,
            network_plugin=plugin,
            # Cilium gives a node prefixes, the VPC CNI single addresses.
            pod_budget=partial(address_budget.max_pods, delegation=plugin is NetworkPlugin.CILIUM),
            account=settings.account,
            network=network.outputs,
            keys=encryption.outputs,
            cluster=cluster.outputs,
            # A node joins only over a way out that works, and must be gone before that way is.
            opts=pulumi.ResourceOptions(providers=[aws_provider], depends_on=[network, first_addons]),
        )
        last_addons = Addons(
            "pod-addons",
            addons.AFTER_NODES,
            minor=settings.cluster.version,
            account=settings.account,
            keys=encryption.outputs,
            cluster=cluster.outputs,
            opts=pulumi.ResourceOptions(providers=[aws_provider], depends_on=[nodes]),
        )

        # The whole layer, not only its outputs: the deployer is let in by an access entry nothing else refers to.
        api = kubeconfig.provider(
            "cluster-api",
            cluster.outputs,
            settings.account.region,
            opts=pulumi.ResourceOptions(depends_on=[cluster]),
        )
        in_cluster = pulumi.ResourceOptions(providers=[api])
        namespaces = Namespaces("namespaces", opts=in_cluster)
        storage = StorageClasses("storage", settings.storage, keys=encryption.outputs, opts=in_cluster)

        DestroyGuard(
            "destroy-guard",
            retain_data=settings.retain_data,
            guards=[network, encryption, flow_logs, cluster, first_addons, nodes, last_addons, namespaces, storage],
        )

        self.outputs: dict[str, Any] = {
            "vpc_id": network.outputs.vpc_id,
            "public_subnet_ids": network.outputs.public_subnet_ids,
            "node_subnet_ids": network.outputs.node_subnet_ids,
            "pod_subnet_ids": network.outputs.pod_subnet_ids,
            "flow_logs_bucket": flow_logs.outputs.bucket_name,
            "cluster_name": cluster.outputs.name,
            "cluster_arn": cluster.outputs.arn,
            "cluster_endpoint": cluster.outputs.endpoint,
            "cluster_version": cluster.outputs.version,
            "cluster_security_group_id": cluster.outputs.security_group_id,
            "oidc_issuer": cluster.outputs.oidc_issuer,
            "node_role_arn": nodes.outputs.role_arn,
            "kubeconfig": kubeconfig.render(cluster.outputs, settings.account.region),
            "update_kubeconfig_command": pulumi.Output.concat(
                "aws eks update-kubeconfig --region ", settings.account.region, " --name ", cluster.outputs.name
            ),
        }
