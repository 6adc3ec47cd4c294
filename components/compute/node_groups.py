"""The nodes: groups of machines of one role each, described as data and made by one builder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components.compute import launch_templates, node_plan, node_templates, user_data
from components.compute.ami import ami_type
from components.compute.cluster import ClusterOutputs
from components.compute.network_plugin import STARTUP
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
        account: AccountSettings,
        network: NetworkOutputs,
        keys: EncryptionOutputs,
        cluster: ClusterOutputs,
        pod_budget: PodBudget | None = None,
        gpu_time_slices: int = 1,
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
                told=user_data.render(
                    group.ami_family,
                    max_pods=node_plan.max_pods(group, pod_budget),
                    local_disks=group.local_disks,
                    gpu_time_slices=gpu_time_slices if group.facts.gpu else 1,
                ),
                fabric=fabric,
            )
            made[group.name] = aws.eks.NodeGroup(
                f"{name}-{group.name}",
                cluster_name=cluster.name,
                node_role_arn=role.arn,
                subnet_ids=[network.node_subnet_ids[zone] for zone in group.zones],
                version=cluster.version,
                launch_template=template,
                tags=node_templates.tags(group, gpu_time_slices),
                **_arguments(group),
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


def _arguments(group: PlannedGroup) -> dict[str, Any]:
    """Return what follows from the plan alone."""
    return {
        "ami_type": ami_type(group.ami_family, group.settings.architecture, gpu=group.facts.gpu),
        "capacity_type": group.facts.capacity_type,
        "instance_types": list(group.settings.instance_types),
        "labels": node_templates.labels(group),
        "taints": [
            aws.eks.NodeGroupTaintArgs(key=taint.key, value=taint.value, effect=taint.effect)
            for taint in (*group.taints, STARTUP)
        ],
        "scaling_config": aws.eks.NodeGroupScalingConfigArgs(
            min_size=group.min_size, max_size=group.max_size, desired_size=group.min_size
        ),
        "update_config": aws.eks.NodeGroupUpdateConfigArgs(
            max_unavailable_percentage=group.settings.max_unavailable_percent
        ),
        "node_repair_config": aws.eks.NodeGroupNodeRepairConfigArgs(enabled=group.settings.repair),
    }
