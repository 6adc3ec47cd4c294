"""AWS's default quotas: what an account may have before someone asks for more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.aws.facts import Facts
from rehearsal.aws.rules.values import known
from rehearsal.providers.standin import Failure


@dataclass(frozen=True, slots=True)
class _Quota:
    """How many of a type there may be.

    Attributes:
        most: The default.
        what: What AWS calls it.
        code: AWS's error code.
        per: The input that names what it is counted for; a whole region without one.

    """

    most: int
    what: str
    code: str
    per: str = ""


# Sources: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html,
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-resource-limits.html (addresses),
# https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html,
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_QUOTAS: Final[Mapping[str, tuple[_Quota, ...]]] = {
    "aws:ec2/vpc:Vpc": (_Quota(5, "VPCs per Region", "VpcLimitExceeded"),),
    "aws:ec2/internetGateway:InternetGateway": (
        _Quota(5, "Internet gateways per Region", "InternetGatewayLimitExceeded"),
    ),
    "aws:ec2/eip:Eip": (_Quota(5, "EC2-VPC Elastic IPs", "AddressLimitExceeded"),),
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": (
        _Quota(4, "IPv4 CIDR blocks per VPC besides the first", "CidrLimitExceeded", "vpcId"),
    ),
    "aws:ec2/subnet:Subnet": (_Quota(200, "Subnets per VPC", "SubnetLimitExceeded", "vpcId"),),
    "aws:ec2/routeTable:RouteTable": (_Quota(200, "Route tables per VPC", "RouteTableLimitExceeded", "vpcId"),),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        _Quota(60, "Inbound rules per security group", "RulesPerSecurityGroupLimitExceeded", "securityGroupId"),
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (
        _Quota(60, "Outbound rules per security group", "RulesPerSecurityGroupLimitExceeded", "securityGroupId"),
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (
        _Quota(10, "Managed policies attached to an IAM role", "LimitExceeded", "role"),
    ),
    "aws:eks/nodeGroup:NodeGroup": (
        _Quota(30, "Managed node groups per cluster", "ResourceLimitExceededException", "clusterName"),
    ),
}


def over_quota(token: str, identifier: str, inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """Yield one fault for each quota that one more resource would exceed; one that exists (`identifier`) is no more."""
    for quota in _QUOTAS.get(token, ()):
        counted = [
            entry
            for entry in facts.existing(token)
            if entry.identifier != identifier
            and (not quota.per or entry.inputs.get(quota.per) == known(inputs, quota.per))
            and (entry.inputs.get("region") or facts.home) == facts.region
        ]
        if len(counted) >= quota.most:
            yield Failure(
                quota.per,
                f"{quota.code}: AWS's default quota is {quota.most} {quota.what}; ask for more at Service Quotas, or "
                f"use fewer",
            )
