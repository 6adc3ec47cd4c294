"""What Karpenter may do in AWS: launch and end instances that carry its cluster's tags, and read what to choose from.

As its own documentation divides it, less what a given instance profile makes needless:
https://karpenter.sh/docs/reference/cloudformation/
"""

from collections.abc import Sequence
from typing import Final

import pulumi

from components.foundation.account import AccountSettings
from components.kit import iam

# What comes into being, with its tags, when an instance is launched.
_LAUNCHED: Final = ("fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request")
# What a launch merely uses; images and snapshots are nobody's in their ARN.
_USED: Final = ("security-group", "subnet", "capacity-reservation", "placement-group")
_PUBLIC: Final = ("image", "snapshot")

_POOL: Final = "karpenter.sh/nodepool"


def statements(
    account: AccountSettings, cluster_name: str, *, queue_arn: pulumi.Output[str], node_role_arn: pulumi.Output[str]
) -> list[iam.Statement]:
    """Return all of it."""
    return [
        *lifecycle(account, cluster_name),
        iam.Statement(
            sid="GiveNodesTheirRole",
            actions=["iam:PassRole"],
            resources=[node_role_arn],
            conditions={"StringEquals": {"iam:PassedToService": ["ec2.amazonaws.com"]}},
        ),
        iam.Statement(
            sid="HearInterruptions",
            actions=["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
            resources=[queue_arn],
        ),
        *discovery(account, cluster_name),
    ]


def lifecycle(account: AccountSettings, cluster_name: str) -> list[iam.Statement]:
    """Let it make only what carries the tags of the cluster and of a pool, and end only that."""
    owned = {
        "StringEquals": {f"aws:ResourceTag/kubernetes.io/cluster/{cluster_name}": ["owned"]},
        "StringLike": {f"aws:ResourceTag/{_POOL}": ["*"]},
    }
    return [
        iam.Statement(
            sid="LaunchWithWhatIsThere",
            actions=["ec2:RunInstances", "ec2:CreateFleet"],
            resources=[*_ec2(account, _PUBLIC, owner=""), *_ec2(account, _USED, owner=account.id)],
        ),
        iam.Statement(
            sid="LaunchFromOwnTemplates",
            actions=["ec2:RunInstances", "ec2:CreateFleet"],
            resources=_ec2(account, ["launch-template"], owner=account.id),
            conditions=owned,
        ),
        *_tagged(account, cluster_name),
        iam.Statement(
            sid="NameOwnInstances",
            actions=["ec2:CreateTags"],
            resources=_ec2(account, ["instance"], owner=account.id),
            conditions={
                **owned,
                "StringEqualsIfExists": {"aws:RequestTag/eks:eks-cluster-name": [cluster_name]},
                "ForAllValues:StringEquals": {
                    "aws:TagKeys": ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"]
                },
            },
        ),
        iam.Statement(
            sid="EndOwn",
            actions=["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"],
            resources=_ec2(account, ["instance", "launch-template"], owner=account.id),
            conditions=owned,
        ),
    ]


def _tagged(account: AccountSettings, cluster_name: str) -> list[iam.Statement]:
    """Let it make things that are given the tags as they are made."""
    owning = {
        f"aws:RequestTag/kubernetes.io/cluster/{cluster_name}": ["owned"],
        "aws:RequestTag/eks:eks-cluster-name": [cluster_name],
    }
    pooling = {f"aws:RequestTag/{_POOL}": ["*"]}
    makers = ["RunInstances", "CreateFleet", "CreateLaunchTemplate"]
    return [
        iam.Statement(
            sid="LaunchTagged",
            actions=[f"ec2:{maker}" for maker in makers],
            resources=_ec2(account, _LAUNCHED, owner=account.id),
            conditions={"StringEquals": owning, "StringLike": pooling},
        ),
        iam.Statement(
            sid="TagWhatIsLaunched",
            actions=["ec2:CreateTags"],
            resources=_ec2(account, _LAUNCHED, owner=account.id),
            conditions={"StringEquals": {**owning, "ec2:CreateAction": makers}, "StringLike": pooling},
        ),
    ]


def discovery(account: AccountSettings, cluster_name: str) -> list[iam.Statement]:
    """Let it read what there is to choose from."""
    return [
        iam.Statement(
            sid="ReadRegion",
            actions=[
                "ec2:DescribeCapacityReservations",
                "ec2:DescribeImages",
                "ec2:DescribeInstances",
                "ec2:DescribeInstanceStatus",
                "ec2:DescribeInstanceTypeOfferings",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeLaunchTemplates",
                "ec2:DescribePlacementGroups",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSpotPriceHistory",
                "ec2:DescribeSubnets",
            ],
            resources=["*"],
            conditions={"StringEquals": {"aws:RequestedRegion": [account.region]}},
            wildcard_reason="EC2's descriptions cannot be narrowed to a resource, only to the region",
        ),
        iam.Statement(
            sid="ReadPrices",
            actions=["pricing:GetProducts"],
            resources=["*"],
            wildcard_reason="the price list has no resources",
        ),
        *_own_affairs(account, cluster_name),
    ]


def _own_affairs(account: AccountSettings, cluster_name: str) -> list[iam.Statement]:
    """Let it read images, instance profiles and its cluster."""
    arn = f"arn:{account.partition}"
    return [
        iam.Statement(
            sid="ReadImages",
            actions=["ssm:GetParameter"],
            resources=[f"{arn}:ssm:{account.region}::parameter/aws/service/*"],
        ),
        iam.Statement(
            sid="ReadInstanceProfiles",
            actions=["iam:GetInstanceProfile"],
            resources=[f"{arn}:iam::{account.id}:instance-profile/*"],
        ),
        iam.Statement(
            sid="ListInstanceProfiles",
            actions=["iam:ListInstanceProfiles"],
            resources=["*"],
            wildcard_reason="it looks for profiles of its own that are left over, and a list has no resource",
        ),
        iam.Statement(
            sid="ReadOwnCluster",
            actions=["eks:DescribeCluster"],
            resources=[f"{arn}:eks:{account.region}:{account.id}:cluster/{cluster_name}"],
        ),
    ]


def _ec2(account: AccountSettings, kinds: Sequence[str], *, owner: str) -> list[str]:
    return [f"arn:{account.partition}:ec2:{account.region}:{owner}:{kind}/*" for kind in kinds]
