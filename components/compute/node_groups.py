"""The nodes: groups of machines of one role each, described as data and made by one builder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components.compute import launch_templates, node_plan
from components.compute.ami import ami_type
from components.compute.cluster import ClusterOutputs
from components.compute.network_plugin import STARTUP_TAINTS, NetworkPlugin
from components.compute.node_plan import PlannedGroup, PodBudget
from components.compute.node_settings import NodesSettings
from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionOutputs
from components.foundation.network import NetworkOutputs
from components.kit import iam
from components.kit.layer import Layer

_NODE_POLICIES: Final = {
    "worker": "AmazonEKSWorkerNodePolicy",
    "images": "AmazonEC2ContainerRegistryPullOnly",
    "cni": "AmazonEKS_CNI_Policy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NodesOutputs:
    """What the layers above need of the nodes.

    Auto Scaling groups are named by node group: ``general``, ``general-g2``, ``storage-a``.
    """

    role_arn: pulumi.Output[str]
    role_name: pulumi.Output[str]
    autoscaling_group_names: pulumi.Output[dict[str, str]]


class Nodes(Layer, kind="platform:compute:Nodes"):
    """Managed node groups, as the settings plan them over the zones."""

    def __init__(
        self,
        name: str,
        settings: NodesSettings,
        *,
        zones: Sequence[str],
        network_plugin: NetworkPlugin,
        account: AccountSettings,
        network: NetworkOutputs,
        keys: EncryptionOutputs,
        cluster: ClusterOutputs,
        pod_budget: PodBudget | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        role = aws.iam.Role(
            f"{name}-node",
            assume_role_policy=iam.service_trust("ec2.amazonaws.com"),
            permissions_boundary=account.permissions_boundary_arn,
            opts=self.child(),
        )
        permissions = [
            aws.iam.RolePolicyAttachment(
                f"{name}-node-{purpose}",
                role=role.name,
                policy_arn=f"arn:{account.partition}:iam::aws:policy/{policy}",
                opts=self.child(),
            )
            for purpose, policy in _NODE_POLICIES.items()
        ]
        made = {}
        for group in node_plan.plan(settings, zones):
            fabric = launch_templates.fabric(
                self,
                f"{name}-{group.name}",
                group,
                vpc_id=network.vpc_id,
                cluster_group_id=cluster.security_group_id,
            )
            template = launch_templates.launch_template(
                self,
                f"{name}-{group.name}",
                group,
                key=keys.volumes_key_arn,
                max_pods=node_plan.max_pods(group, pod_budget),
                fabric=fabric,
            )
            made[group.name] = aws.eks.NodeGroup(
                f"{name}-{group.name}",
                cluster_name=cluster.name,
                node_role_arn=role.arn,
                subnet_ids=[network.node_subnet_ids[zone] for zone in group.zones],
                version=cluster.version,
                launch_template=template,
                **_arguments(group, network_plugin),
                opts=self.child(
                    depends_on=permissions,
                    # The autoscaler owns the number of nodes between the bounds.
                    ignore_changes=["scalingConfig.desiredSize"],
                ),
            )
        self.outputs = self.publish(
            NodesOutputs(
                role_arn=role.arn,
                role_name=role.name,
                autoscaling_group_names=pulumi.Output.all(
                    **{name: group.resources[0].autoscaling_groups[0].name for name, group in made.items()}
                ),
            )
        )


def _arguments(group: PlannedGroup, plugin: NetworkPlugin) -> dict[str, Any]:
    """Return what follows from the plan and the network plug-in alone."""
    return {
        "ami_type": ami_type(group.ami_family, group.settings.architecture, gpu=group.facts.gpu),
        "capacity_type": group.facts.capacity_type,
        "instance_types": list(group.settings.instance_types),
        "labels": {"node-role": group.role, "node-generation": str(group.settings.generation)},
        "taints": [
            aws.eks.NodeGroupTaintArgs(key=taint.key, value=taint.value, effect=taint.effect)
            for taint in (*group.taints, *STARTUP_TAINTS[plugin])
        ],
        "scaling_config": aws.eks.NodeGroupScalingConfigArgs(
            min_size=group.min_size, max_size=group.max_size, desired_size=group.min_size
        ),
        "update_config": aws.eks.NodeGroupUpdateConfigArgs(
            max_unavailable_percentage=group.settings.max_unavailable_percent
        ),
        "node_repair_config": aws.eks.NodeGroupNodeRepairConfigArgs(enabled=group.settings.repair),
    }
