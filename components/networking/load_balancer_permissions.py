"""What the AWS Load Balancer Controller may do in AWS, as data: to what it made for its own cluster, and to no more.

The actions are those its project lists for v3.5, without those of the features that are turned off here (WAF, Shield,
Cognito, discovery of certificates, Outposts) and of its own Gateways:
https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/docs/install/iam_policy.json
Where that policy asks only that a load balancer belongs to some cluster, this one asks for the cluster's name.
"""

from typing import Final

import pulumi

from components.foundation.account import AccountSettings
from components.kit import iam

_CLUSTER: Final = "elbv2.k8s.aws/cluster"

_LOOK: Final = (
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeAddresses",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInstances",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeTags",
    "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeVpcs",
    "elasticloadbalancing:DescribeCapacityReservation",
    "elasticloadbalancing:DescribeListenerAttributes",
    "elasticloadbalancing:DescribeListenerCertificates",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeSSLPolicies",
    "elasticloadbalancing:DescribeTags",
    "elasticloadbalancing:DescribeTargetGroupAttributes",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "elasticloadbalancing:DescribeTrustStores",
)
_CHANGE_OWN: Final = (
    "elasticloadbalancing:DeleteLoadBalancer",
    "elasticloadbalancing:ModifyCapacityReservation",
    "elasticloadbalancing:ModifyLoadBalancerAttributes",
    "elasticloadbalancing:SetIpAddressType",
    "elasticloadbalancing:SetSecurityGroups",
    "elasticloadbalancing:SetSubnets",
)
_CHANGE_OWN_TARGETS: Final = (
    "elasticloadbalancing:DeleteTargetGroup",
    "elasticloadbalancing:DeregisterTargets",
    "elasticloadbalancing:ModifyTargetGroup",
    "elasticloadbalancing:ModifyTargetGroupAttributes",
    "elasticloadbalancing:RegisterTargets",
)
_CHANGE_LISTENERS: Final = (
    "elasticloadbalancing:AddListenerCertificates",
    "elasticloadbalancing:CreateRule",
    "elasticloadbalancing:DeleteListener",
    "elasticloadbalancing:ModifyListener",
    "elasticloadbalancing:ModifyListenerAttributes",
    "elasticloadbalancing:RemoveListenerCertificates",
)
_CHANGE_RULES: Final = (
    "elasticloadbalancing:DeleteRule",
    "elasticloadbalancing:ModifyRule",
    "elasticloadbalancing:SetRulePriorities",
)


def statements(
    account: AccountSettings, cluster: pulumi.Input[str], vpc_id: pulumi.Input[str]
) -> tuple[iam.Statement, ...]:
    """Return the statements of the controller's policy."""
    return (*_looking(account), *_security_groups(account, cluster, vpc_id), *_load_balancers(account, cluster))


def _looking(account: AccountSettings) -> tuple[iam.Statement, ...]:
    service = "elasticloadbalancing.amazonaws.com"
    return (
        iam.Statement(
            sid="Look", actions=_LOOK, resources=["*"], wildcard_reason="AWS knows no narrower resource to look at"
        ),
        iam.Statement(
            sid="LookAtGroupsOfTheVpc",
            actions=["ec2:GetSecurityGroupsForVpc"],
            resources=[f"arn:{account.partition}:ec2:{account.region}:{account.id}:vpc/*"],
        ),
        iam.Statement(
            sid="FirstLoadBalancerOfTheAccount",
            actions=["iam:CreateServiceLinkedRole"],
            resources=[f"arn:{account.partition}:iam::{account.id}:role/aws-service-role/{service}/*"],
            conditions={"StringEquals": {"iam:AWSServiceName": [service]}},
        ),
    )


def _security_groups(
    account: AccountSettings, cluster: pulumi.Input[str], vpc_id: pulumi.Input[str]
) -> tuple[iam.Statement, ...]:
    ec2 = f"arn:{account.partition}:ec2:{account.region}:{account.id}"
    groups = [f"{ec2}:security-group/*"]
    rules = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"]
    asked = {"StringEquals": {f"aws:RequestTag/{_CLUSTER}": [cluster]}}
    own = {"StringEquals": {f"aws:ResourceTag/{_CLUSTER}": [cluster]}}
    return (
        iam.Statement(
            sid="MakeGroupsInTheVpc",
            actions=["ec2:CreateSecurityGroup"],
            resources=[pulumi.Output.concat(ec2, ":vpc/", vpc_id)],
        ),
        iam.Statement(
            sid="MakeGroupsOfTheCluster", actions=["ec2:CreateSecurityGroup"], resources=groups, conditions=asked
        ),
        iam.Statement(
            sid="TagGroupsWhenMade",
            actions=["ec2:CreateTags"],
            resources=groups,
            conditions={"StringEquals": {**asked["StringEquals"], "ec2:CreateAction": ["CreateSecurityGroup"]}},
        ),
        iam.Statement(
            sid="TagOwnGroups",
            actions=["ec2:CreateTags", "ec2:DeleteTags"],
            resources=groups,
            conditions={**own, "Null": {f"aws:RequestTag/{_CLUSTER}": ["true"]}},
        ),
        iam.Statement(
            sid="ChangeOwnGroups", actions=[*rules, "ec2:DeleteSecurityGroup"], resources=groups, conditions=own
        ),
        iam.Statement(
            sid="LetLoadBalancersReachNodes",
            actions=rules,
            resources=groups,
            # EKS puts this tag on the group it makes for the cluster, which the nodes are in.
            # https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
            conditions={"StringEquals": {"aws:ResourceTag/aws:eks:cluster-name": [cluster]}},
        ),
    )


def _load_balancers(account: AccountSettings, cluster: pulumi.Input[str]) -> tuple[iam.Statement, ...]:
    elb = f"arn:{account.partition}:elasticloadbalancing:{account.region}:{account.id}"
    balancers = [f"{elb}:loadbalancer/app/*/*", f"{elb}:loadbalancer/net/*/*"]
    targets = [f"{elb}:targetgroup/*/*"]
    listeners = [f"{elb}:listener/app/*/*/*", f"{elb}:listener/net/*/*/*"]
    rules = [f"{elb}:listener-rule/app/*/*/*/*", f"{elb}:listener-rule/net/*/*/*/*"]
    asked = {"StringEquals": {f"aws:RequestTag/{_CLUSTER}": [cluster]}}
    own = {"StringEquals": {f"aws:ResourceTag/{_CLUSTER}": [cluster]}}
    tag = ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"]
    made = ["CreateLoadBalancer", "CreateTargetGroup"]
    return (
        iam.Statement(
            sid="Make",
            actions=[f"elasticloadbalancing:{action}" for action in made],
            resources=[*balancers, *targets],
            conditions=asked,
        ),
        iam.Statement(
            sid="TagWhenMade",
            actions=["elasticloadbalancing:AddTags"],
            resources=[*balancers, *targets],
            conditions={"StringEquals": {**asked["StringEquals"], "elasticloadbalancing:CreateAction": made}},
        ),
        iam.Statement(
            sid="TagOwn",
            actions=tag,
            resources=[*balancers, *targets],
            conditions={**own, "Null": {f"aws:RequestTag/{_CLUSTER}": ["true"]}},
        ),
        iam.Statement(sid="TagListeners", actions=tag, resources=[*listeners, *rules]),
        iam.Statement(
            sid="ChangeOwn",
            actions=[*_CHANGE_OWN, "elasticloadbalancing:CreateListener"],
            resources=balancers,
            conditions=own,
        ),
        iam.Statement(sid="ChangeOwnTargets", actions=_CHANGE_OWN_TARGETS, resources=targets, conditions=own),
        # As upstream: a listener and its rules have no tag that an older version of the controller would have set.
        iam.Statement(sid="ChangeListeners", actions=_CHANGE_LISTENERS, resources=listeners),
        iam.Statement(sid="ChangeRules", actions=_CHANGE_RULES, resources=rules),
    )
