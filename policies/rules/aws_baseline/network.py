"""Rules about the network: what the internet can reach."""

import ipaddress
from collections.abc import Iterator
from typing import Any, Final

from policies.rule import Finding, ResourceRule
from policies.values import Properties, Unknown, flag, read, split

_SOURCES: Final = ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6")


def is_everyone(cidr: Any) -> bool:
    """Tell whether a CIDR block holds every address; what is no CIDR block is for AWS to refuse."""
    try:
        return ipaddress.ip_network(cidr, strict=False).prefixlen == 0
    except ValueError:
        return False


def _public_addresses(subnet: Properties) -> Iterator[Finding]:
    public = flag(read(subnet, "mapPublicIpOnLaunch", default=False))
    if isinstance(public, Unknown):
        yield public
    elif public:
        yield (
            "every instance launched here gets a public address; "
            "set mapPublicIpOnLaunch to false and give addresses to the load balancers and NAT gateways that need one"
        )


def _open_ingress(resource: Properties) -> Iterator[Finding]:
    direction = read(resource, "type")
    if isinstance(direction, Unknown):
        yield direction
        return
    if direction == "egress":
        return
    inline, unknown = split(read(resource, "ingress"))
    yield from unknown
    # A rule of its own carries its sources itself, a group carries them in its list.
    for rule in (resource, *inline):
        for name in _SOURCES:
            cidrs, unknown = split(read(rule, name))
            yield from unknown
            for cidr in filter(is_everyone, cidrs):
                yield (
                    f"the whole internet ({cidr}) may connect to {_ports(rule)}; "
                    "name the CIDR block or the security group that needs it"
                )


def _ports(rule: Properties) -> str:
    first, last = read(rule, "fromPort"), read(rule, "toPort")
    # Protocol -1, all traffic, comes with no ports or with 0 to 0.
    if not isinstance(first, int | float) or not isinstance(last, int | float) or first == last == 0:
        return "any port"
    return f"port {first:.0f}" if first == last else f"ports {first:.0f} to {last:.0f}"


RULES: Final = (
    ResourceRule(
        name="public-subnets",
        why="A public address makes one wrong security group rule enough to expose an instance.",
        types=("aws:ec2/subnet:Subnet",),
        check=_public_addresses,
        references=("AWS Security Hub: EC2.15",),
        level="advisory",
    ),
    ResourceRule(
        name="security-group-open",
        why="What anyone can connect to is found and tried within minutes.",
        types=(
            "aws:ec2/securityGroup:SecurityGroup",
            "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
            "aws:ec2/securityGroupRule:SecurityGroupRule",
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        ),
        check=_open_ingress,
        references=("AWS Security Hub: EC2.2, EC2.18, EC2.19",),
    ),
)
