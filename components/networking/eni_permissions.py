"""What Cilium's operator may do in AWS: make, fill and remove its own network interfaces, in its own VPC.

https://docs.cilium.io/en/stable/network/concepts/ipam/eni/#required-privileges
"""

from typing import Final

import pulumi

from components.foundation.account import AccountSettings
from components.kit import iam

OWNER_TAG: Final = "io.cilium/cluster-name"
"""The tag of every interface the operator makes; its value is the cluster's name (the chart's `cluster.name`)."""


def statements(account: AccountSettings, *, cluster: str, vpc_id: pulumi.Input[str]) -> list[iam.Statement]:
    """Return the statements of the operator's role.

    Args:
        account: The account and region of the VPC.
        cluster: The cluster's name, by which its interfaces and its machines are told from others'.
        vpc_id: The VPC that holds its subnets and security groups.

    """
    ec2 = f"arn:{account.partition}:ec2:{account.region}:{account.id}"
    vpc = pulumi.Output.concat(f"{ec2}:vpc/", vpc_id)
    return [_look(), *_make(ec2, cluster, vpc), *_use(ec2, cluster)]


def _look() -> iam.Statement:
    return iam.Statement(
        sid="Look",
        actions=[
            "ec2:DescribeInstanceTypes",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeRouteTables",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
        ],
        resources=["*"],
        wildcard_reason="EC2 knows no resources for these actions",
    )


def _make(ec2: str, cluster: str, vpc: pulumi.Output[str]) -> list[iam.Statement]:
    """Let it make interfaces that bear the cluster's name, in the cluster's VPC."""
    return [
        iam.Statement(
            sid="MakeInterfaces",
            actions=["ec2:CreateNetworkInterface"],
            resources=[f"{ec2}:network-interface/*"],
            conditions={"StringEquals": {f"aws:RequestTag/{OWNER_TAG}": [cluster]}},
        ),
        iam.Statement(
            sid="MakeThemInTheVpc",
            actions=["ec2:CreateNetworkInterface"],
            resources=[f"{ec2}:subnet/*", f"{ec2}:security-group/*"],
            conditions={"ArnEquals": {"ec2:Vpc": [vpc]}},
        ),
        iam.Statement(
            sid="TagWhatItMakes",
            actions=["ec2:CreateTags"],
            resources=[f"{ec2}:network-interface/*"],
            conditions={"StringEquals": {"ec2:CreateAction": ["CreateNetworkInterface"]}},
        ),
    ]


def _use(ec2: str, cluster: str) -> list[iam.Statement]:
    """Let it fill, attach and remove interfaces that bear the cluster's name, at the cluster's machines."""
    return [
        iam.Statement(
            sid="FillAttachAndRemoveItsOwn",
            actions=[
                "ec2:AssignPrivateIpAddresses",
                "ec2:AttachNetworkInterface",
                "ec2:DeleteNetworkInterface",
                "ec2:ModifyNetworkInterfaceAttribute",
                "ec2:UnassignPrivateIpAddresses",
            ],
            resources=[f"{ec2}:network-interface/*"],
            conditions={"StringEquals": {f"aws:ResourceTag/{OWNER_TAG}": [cluster]}},
        ),
        iam.Statement(
            sid="AttachToTheClustersMachines",
            actions=["ec2:AttachNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute"],
            resources=[f"{ec2}:instance/*"],
            # The tag by which EKS, and Karpenter too, mark a cluster's machines when they start them.
            conditions={"StringEquals": {f"aws:ResourceTag/kubernetes.io/cluster/{cluster}": ["owned"]}},
        ),
    ]
