"""Rules of networks: address ranges, and the texts of security groups."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.aws.facts import Facts
from rehearsal.aws.patterns import matches
from rehearsal.aws.rules.values import known
from rehearsal.providers.standin import Failure

_LARGEST: Final = 16
_SMALLEST: Final = 28
_PRIVATE: Final = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
_RESERVED: Final = ipaddress.IPv4Network("198.19.0.0/16")
_SUBJECTS: Final = (
    *("vpcId", "subnetId", "eniId", "transitGatewayId", "transitGatewayAttachmentId", "regionalNatGatewayId"),
)
_TEXT: Final = r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}"


def vpc_range(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A VPC's range is between a /16 and a /28, and begins where its prefix says.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    """
    yield from _range(inputs, "InvalidVpc.Range")


def association_range(inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """A range added to a VPC overlaps none it has, and does not mix the private ranges.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions
    """
    block = known(inputs, "cidrBlock")
    if not isinstance(block, str):
        return
    added = ipaddress.IPv4Network(block)
    for network in facts.ask("ec2", "DescribeVpcs", {"VpcIds": [inputs["vpcId"]]})["Vpcs"]:
        there = [
            ipaddress.IPv4Network(item["CidrBlock"])
            for item in network["CidrBlockAssociationSet"]
            if item["CidrBlockState"]["State"] == "associated"
        ]
        for other in there:
            if added.overlaps(other):
                yield Failure("cidrBlock", f"ec2 AssociateVpcCidrBlock refused: CidrConflict: {added} overlaps {other}")
        first = next((private for private in _PRIVATE if there[0].subnet_of(private)), None)
        mixed = first and any(added.overlaps(private) for private in _PRIVATE if private != first)
        if mixed or added.overlaps(_RESERVED):
            yield Failure(
                "cidrBlock",
                f"ec2 AssociateVpcCidrBlock refused: InvalidVpc.Range: The CIDR '{added}' is restricted for a VPC "
                f"whose first range is {there[0]}",
            )


def one_internet_gateway(inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """A VPC has one internet gateway at most.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    """
    vpc = known(inputs, "vpcId")
    attached = {"Filters": [{"Name": "attachment.vpc-id", "Values": [str(vpc)]}]}
    for gateway in facts.ask("ec2", "DescribeInternetGateways", attached)["InternetGateways"] if vpc else ():
        if gateway["InternetGatewayId"] == facts.own:
            continue
        yield Failure(
            "vpcId",
            f"ec2 AttachInternetGateway refused: Resource.AlreadyAssociated: Network {vpc} already has an internet "
            f"gateway attached, {gateway['InternetGatewayId']}",
        )


def subnet_range(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A subnet's range is between a /16 and a /28, and begins where its prefix says.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
    """
    yield from _range(inputs, "InvalidSubnet.Range")


def destination(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A route's destination is a range of addresses.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
    """
    for name in ("destinationCidrBlock", "destinationIpv6CidrBlock"):
        yield from _valid(inputs, name, "InvalidParameterValue")


def rule_range(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A rule's source or destination is a range of addresses without host bits.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html
    """
    for name in ("cidrIpv4", "cidrIpv6"):
        yield from _valid(inputs, name, "InvalidParameterValue")


def rule_description(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A security group's and a rule's description has at most 255 of a few characters.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html
    """
    text = known(inputs, "description")
    if isinstance(text, str) and not matches(_TEXT, text):
        yield Failure(
            "description",
            "ec2 refused: InvalidParameterValue: a description has up to 255 characters of a-z, A-Z, 0-9, spaces, and "
            "._-:/()#,@[]+=&;{}!$*",
        )


def one_source(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A rule names exactly one source or destination.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    names = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
    given = [name for name in names if inputs.get(name) is not None]
    if len(given) != 1:
        yield Failure(
            "", f"a security group's rule names exactly one of {', '.join(names)}; given: {', '.join(given) or 'none'}"
        )


def one_subject(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A flow log is of exactly one thing.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html
    """
    given = [name for name in _SUBJECTS if inputs.get(name) is not None]
    if len(given) != 1:
        yield Failure(
            "", f"a flow log is of exactly one of {', '.join(_SUBJECTS)}; given: {', '.join(given) or 'none'}"
        )


def _range(inputs: Mapping[str, Any], code: str) -> Iterator[Failure]:
    faults = list(_valid(inputs, "cidrBlock", code))
    yield from faults
    block = known(inputs, "cidrBlock")
    if block and not faults and not _LARGEST <= ipaddress.ip_network(block).prefixlen <= _SMALLEST:
        yield Failure(
            "cidrBlock", f"ec2 refused: {code}: the CIDR '{block}' is invalid, it must be between /16 and /28"
        )


def _valid(inputs: Mapping[str, Any], name: str, code: str) -> Iterator[Failure]:
    block = known(inputs, name)
    if not isinstance(block, str):
        return
    try:
        ipaddress.ip_network(block)
    except ValueError as error:
        # AWS itself would correct host bits in silence; its provider for Terraform and Pulumi refuses them.
        yield Failure(name, f"ec2 refused: {code}: {error}")


_RULE: Final = (rule_range, rule_description, one_source)

OF_INPUTS: Final = {
    "aws:ec2/vpc:Vpc": (vpc_range,),
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": (vpc_range,),
    "aws:ec2/subnet:Subnet": (subnet_range,),
    "aws:ec2/route:Route": (destination,),
    "aws:ec2/flowLog:FlowLog": (one_subject,),
    "aws:ec2/securityGroup:SecurityGroup": (rule_description,),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _RULE,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _RULE,
}
OF_STATE: Final = {
    "aws:ec2/internetGateway:InternetGateway": (one_internet_gateway,),
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": (association_range,),
}
