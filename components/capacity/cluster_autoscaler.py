"""The Cluster Autoscaler: adds nodes to the managed node groups while pods wait for one, and takes idle ones away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.compute.cluster import ClusterOutputs
from components.compute.node_roles import Taint
from components.foundation.account import AccountSettings
from components.kit import chart, iam, identity, placement, versions
from components.kit.layer import Layer

_CHART: Final = "cluster-autoscaler"
_SERVICE_ACCOUNT: Final = "cluster-autoscaler"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterAutoscalerOutputs:
    """Who it is to AWS."""

    role_arn: pulumi.Output[str]


class ClusterAutoscaler(Layer, kind="platform:capacity:ClusterAutoscaler"):
    """One of the two ways to have as many nodes as pods need."""

    def __init__(
        self,
        name: str,
        *,
        cluster_name: str,
        minor: str,
        startup_taints: Sequence[Taint],
        account: AccountSettings,
        cluster: ClusterOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        role = identity.pod_role(
            self,
            "controller",
            account=account,
            service_account=chart.service_account(_CHART, cluster.name, _SERVICE_ACCOUNT),
            permissions=identity.Permissions(statements=permissions(account, cluster_name)),
        )
        chart.install(
            self,
            _CHART,
            values(cluster_name=cluster_name, region=account.region, minor=minor, startup_taints=startup_taints),
            depends_on=role.complete,
        )
        self.outputs = self.publish(ClusterAutoscalerOutputs(role_arn=role.arn))


def permissions(account: AccountSettings, cluster_name: str) -> list[iam.Statement]:
    """Let it read what it plans with, and change the groups of its own cluster.

    EKS tags the Auto Scaling groups of managed node groups with the cluster's name for this purpose:
    https://docs.aws.amazon.com/eks/latest/best-practices/cas.html. What it calls, without what only launch
    configurations and groups defined by requirements need, which there are none of:
    https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md
    """
    arns = f"arn:{account.partition}:{{service}}:{account.region}:{account.id}:{{resource}}".format
    return [
        iam.Statement(
            sid="ReadGroupsAndTypes",
            actions=[
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeScalingActivities",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeLaunchTemplateVersions",
            ],
            resources=["*"],
            wildcard_reason="none of these can be narrowed to a resource",
        ),
        iam.Statement(
            sid="ReadLabelsAndTaints",
            actions=["eks:DescribeNodegroup"],
            resources=[arns(service="eks", resource=f"nodegroup/{cluster_name}/*/*")],
        ),
        iam.Statement(
            sid="ScaleOwnGroups",
            actions=["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
            resources=[arns(service="autoscaling", resource="autoScalingGroup:*:autoScalingGroupName/*")],
            conditions={"StringEquals": {f"aws:ResourceTag/k8s.io/cluster-autoscaler/{cluster_name}": ["owned"]}},
        ),
    ]


def values(*, cluster_name: str, region: str, minor: str, startup_taints: Sequence[Taint]) -> dict[str, Any]:
    """Return what differs from the chart's defaults."""
    return {
        "fullnameOverride": _CHART,
        "autoDiscovery": {"clusterName": cluster_name},
        "awsRegion": region,
        # It simulates the scheduler of its own minor; with another it plans nodes that pods then do not fit on.
        "image": {"tag": versions.pinned().image(_CHART, minor)},
        "replicaCount": placement.REPLICAS,
        "rbac": {"serviceAccount": {"name": _SERVICE_ACCOUNT}},
        "nodeSelector": {**placement.GENERAL_NODES},
        "topologySpreadConstraints": placement.apart_for_sure(placement.recommended(instance=_CHART)),
        # 600 MiB is what upstream's own example sets; a cluster of this size takes about half.
        "resources": placement.resources("100m", "300Mi", memory_limit="600Mi"),
        "securityContext": {**placement.RESTRICTED_POD},
        "containerSecurityContext": {**placement.RESTRICTED_CONTAINER},
        "extraArgs": {
            # The groups of one role in several zones are alike but for the zone: keep them the same size.
            "balance-similar-node-groups": "true",
            "expander": "least-waste",
            # What the pods of a node keep in an emptyDir they lose at every eviction. One that must not be evicted
            # says so: cluster-autoscaler.kubernetes.io/safe-to-evict: "false".
            "skip-nodes-with-local-storage": "false",
            # Disruption budgets protect the system's pods; without this the first of them would pin its node.
            "skip-nodes-with-system-pods": "false",
            "cordon-node-before-terminating": "true",
            # Everything after the underscore is dropped by the chart, which has one entry for each flag.
            **{f"startup-taint_{taint.key}": taint.key for taint in startup_taints},
        },
    }
