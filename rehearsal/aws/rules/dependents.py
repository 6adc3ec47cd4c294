"""What AWS does not let go: what something else still uses, and what is protected in AWS itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.aws.facts import Facts
from rehearsal.aws.rules.values import texts
from rehearsal.providers.standin import Failure, Resource

_CLUSTER: Final = "aws:eks/cluster:Cluster"
_INTERNET_GATEWAY: Final = "aws:ec2/internetGateway:InternetGateway"


@dataclass(frozen=True, slots=True)
class _Use:
    """Resources of `type` use what their input at `path` names."""

    type: str
    path: str


# Sources: https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html,
# https://docs.aws.amazon.com/vpc/latest/userguide/subnet-deleting.html,
# https://docs.aws.amazon.com/vpc/latest/userguide/deleting-security-groups.html,
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html
_USES: Final[Mapping[str, tuple[_Use, ...]]] = {
    "aws:ec2/vpc:Vpc": (
        _Use(_INTERNET_GATEWAY, "vpcId"),
        _Use("aws:ec2/securityGroup:SecurityGroup", "vpcId"),
        _Use("aws:ec2/vpcEndpoint:VpcEndpoint", "vpcId"),
    ),
    "aws:ec2/subnet:Subnet": (
        _Use("aws:ec2/natGateway:NatGateway", "subnetId"),
        _Use("aws:ec2/vpcEndpoint:VpcEndpoint", "subnetIds"),
        _Use("aws:eks/cluster:Cluster", "vpcConfig.subnetIds"),
        _Use("aws:eks/nodeGroup:NodeGroup", "subnetIds"),
    ),
    "aws:ec2/securityGroup:SecurityGroup": (
        _Use("aws:ec2/vpcEndpoint:VpcEndpoint", "securityGroupIds"),
        _Use("aws:eks/cluster:Cluster", "vpcConfig.securityGroupIds"),
        _Use("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "referencedSecurityGroupId"),
        _Use("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "referencedSecurityGroupId"),
    ),
    "aws:ec2/eip:Eip": (_Use("aws:ec2/natGateway:NatGateway", "allocationId"),),
}


def dependents(resource: Resource, identifier: str, state: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """Yield one fault for everything that still uses a resource about to be deleted."""
    for use in _USES.get(resource.type, ()):
        for entry in facts.existing(use.type):
            places = [place for place, value in texts(entry.inputs, use.path) if value == identifier]
            # A rule inside the group itself goes with it.
            if places and entry.inputs.get("securityGroupId") != identifier:
                yield Failure(
                    "", f"DependencyViolation: {identifier} is used by {entry.type} {entry.identifier} ({places[0]})"
                )
    if resource.type == _CLUSTER:
        yield from _deletion_protection(identifier, facts)
    if resource.type == _INTERNET_GATEWAY:
        yield from _mapped_addresses(state, facts)


def _deletion_protection(identifier: str, facts: Facts) -> Iterator[Failure]:
    """A cluster with deletion protection is not deleted, whatever Pulumi thinks of it.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/deletion-protection.html
    """
    for cluster in facts.existing(_CLUSTER):
        if cluster.identifier == identifier and cluster.inputs.get("deletionProtection"):
            yield Failure(
                "deletionProtection",
                f"eks DeleteCluster refused: InvalidRequestException: deletion protection is on for {identifier}; "
                "turn it off by an update first",
            )


def _mapped_addresses(state: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """An internet gateway stays attached while the network has public addresses.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/delete-igw.html
    """
    filters = [{"Name": "vpc-id", "Values": [state.get("vpcId")]}, {"Name": "state", "Values": ["available"]}]
    gateways = (
        facts.ask("ec2", "DescribeNatGateways", {"Filters": filters})["NatGateways"] if state.get("vpcId") else []
    )
    for gateway in gateways:
        yield Failure(
            "",
            f"ec2 DetachInternetGateway refused: DependencyViolation: Network {state['vpcId']} has some mapped public "
            f"address(es), of {gateway['NatGatewayId']}; the NAT gateway must depend on the internet gateway",
        )
