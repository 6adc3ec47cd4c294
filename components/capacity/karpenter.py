"""Karpenter: launches the node that waiting pods need, and replaces nodes that are empty, dear, old or taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components.capacity import interruptions, karpenter_permissions, node_pools
from components.capacity.capacity_settings import CapacitySettings, KarpenterSettings
from components.capacity.node_pools import Ground
from components.compute.ami import AmiFamily
from components.compute.cluster import ClusterOutputs
from components.compute.node_groups import NodesOutputs
from components.compute.node_plan import PodBudget
from components.compute.node_roles import Taint
from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionOutputs
from components.foundation.network import NetworkOutputs
from components.kit import chart, custom_object, identity, placement
from components.kit.layer import Layer
from components.kit.maintenance import MaintenanceWindow

_CHART: Final = "karpenter"
_DEFINITIONS: Final = "karpenter-crd"
_SERVICE_ACCOUNT: Final = "karpenter"


@dataclass(frozen=True, slots=True, kw_only=True)
class KarpenterOutputs:
    """Who it is to AWS, and the queue it listens to."""

    role_arn: pulumi.Output[str]
    interruption_queue: pulumi.Output[str]


class Karpenter(Layer, kind="platform:capacity:Karpenter"):
    """The other of the two ways to have as many nodes as pods need."""

    def __init__(
        self,
        name: str,
        settings: CapacitySettings,
        *,
        cluster_name: str,
        ami_family: AmiFamily,
        startup_taints: Sequence[Taint],
        pod_budget: PodBudget,
        isolated: bool,
        account: AccountSettings,
        network: NetworkOutputs,
        keys: EncryptionOutputs,
        cluster: ClusterOutputs,
        nodes: NodesOutputs,
        window: MaintenanceWindow | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        # The nodes' own role: the cluster lets it in already, for the node groups.
        profile = aws.iam.InstanceProfile(f"{name}-node", role=nodes.role_name, opts=self.child())
        queue = interruptions.queue(self, account)
        role = identity.pod_role(
            self,
            "controller",
            account=account,
            service_account=chart.service_account(_CHART, cluster.name, _SERVICE_ACCOUNT),
            permissions=identity.Permissions(
                statements=karpenter_permissions.statements(
                    account, cluster_name, queue_arn=queue.arn, node_role_arn=nodes.role_arn
                )
            ),
        )
        definitions = chart.install(self, _DEFINITIONS, {})
        controller = chart.install(
            self,
            _CHART,
            values(cluster_name=cluster_name, queue=queue.name, isolated=isolated),
            depends_on=[definitions, *role.complete],
        )
        ground = Ground(
            ami_family=ami_family,
            instance_profile=profile.name,
            subnet_ids=[subnet for _, subnet in sorted(network.node_subnet_ids.items())],
            security_group_id=cluster.security_group_id,
            volumes_key_arn=keys.volumes_key_arn,
            tags=account.tags,
            startup_taints=startup_taints,
            pod_budget=pod_budget,
            gpu_time_slices=settings.gpu.time_slices,
            window=window,
        )
        pools = settings.karpenter or KarpenterSettings()
        for kind, pool in pools.pools().items():
            # Both are finalised by the controller: destroyed before it, each is gone only when its nodes are.
            node_class = custom_object.create(
                self, f"{kind}-class", node_pools.node_class(kind, pool, ground), depends_on=[controller, profile]
            )
            custom_object.create(
                self, f"{kind}-pool", node_pools.node_pool(kind, pool, pools, ground), depends_on=[node_class]
            )
        self.outputs = self.publish(KarpenterOutputs(role_arn=role.arn, interruption_queue=queue.name))


def values(*, cluster_name: str, queue: pulumi.Input[str], isolated: bool) -> Mapping[str, Any]:
    """Return what differs from the chart's defaults.

    Those have two replicas on nodes that are not Karpenter's own, in zones and on nodes apart, and a disruption budget.
    """
    return {
        "nodeSelector": {**placement.GENERAL_NODES},
        "serviceAccount": {"name": _SERVICE_ACCOUNT},
        "settings": {
            "clusterName": cluster_name,
            "interruptionQueue": queue,
            "eksControlPlane": True,
            # Without a way out prices cannot be asked for; those that Karpenter was built with must do.
            **({"isolatedVPC": True} if isolated else {}),
        },
        # The chart's own suggestion is 1 CPU and 1 GiB, for clusters far larger.
        "controller": {"resources": placement.resources("250m", "512Mi", memory_limit="1Gi")},
    }
