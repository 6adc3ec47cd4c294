"""Rules about a VPC as a whole: what it records, what its default lets through, where it is and how it gets out."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from policies.belonging import by_type, parts_of
from policies.expect import expect
from policies.rule import Finding, GraphRule, Parameters, Resource, ResourceRule
from policies.values import Properties, Unknown, read, split

_VPC: Final = "aws:ec2/vpc:Vpc"
_FLOW_LOG: Final = "aws:ec2/flowLog:FlowLog"
_DEFAULT_GROUP: Final = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
_NAT: Final = "aws:ec2/natGateway:NatGateway"
_SUBNET: Final = "aws:ec2/subnet:Subnet"
_PROVIDER: Final = "pulumi:providers:aws"
# The ports of protocols that log in or administer, which Security Hub counts as high risk in EC2.19.
_ADMINISTRATION: Final = frozenset({22, 23, 3389})

_Found = Iterator[tuple[str, Finding]]


class Regions(Parameters):
    """Where things may be."""

    allowed: tuple[str, ...] = ()
    """The regions in which resources may be made; empty for any."""


def _flow_logs(resources: Sequence[Resource]) -> _Found:
    found = by_type(resources)
    for vpc in found.get(_VPC, []):
        logs = list(parts_of(vpc, found.get(_FLOW_LOG, []), "vpcId"))
        if not logs:
            yield vpc.urn, "nobody can tell afterwards who talked to whom; add a FlowLog with the traffic type ALL"
        for log in logs:
            kind = read(log.inputs, "trafficType", default="")
            if isinstance(kind, Unknown):
                yield log.urn, kind
            elif kind != "ALL":
                yield log.urn, f"only some traffic is recorded ({kind or 'none'}); set trafficType to ALL"


def _default_group(resources: Sequence[Resource]) -> _Found:
    found = by_type(resources)
    for vpc in found.get(_VPC, []):
        groups = list(parts_of(vpc, found.get(_DEFAULT_GROUP, []), "vpcId"))
        if not groups:
            yield vpc.urn, "what names no security group may talk to its like; add a DefaultSecurityGroup without rules"
        for group in groups:
            for direction in ("ingress", "egress"):
                rules, unknown = split(read(group.inputs, direction))
                yield from ((group.urn, each) for each in unknown)
                if rules:
                    yield (
                        group.urn,
                        f"what names no security group is let through ({direction}); set {direction} to an empty list",
                    )


def _nat_per_zone(resources: Sequence[Resource]) -> _Found:
    """Compare gateways with the zones of the subnets, of which each zone with nodes has one at least."""
    found = by_type(resources)
    gateways = found.get(_NAT, [])
    zones: set[Any] = set()
    for subnet in found.get(_SUBNET, []):
        zone = read(subnet.inputs, "availabilityZone")
        if isinstance(zone, Unknown):
            yield subnet.urn, zone
        elif zone:
            zones.add(zone)
    if gateways and len(gateways) < len(zones):
        yield (
            gateways[0].urn,
            f"of {len(zones)} zones only {len(gateways)} has a NAT gateway of its own; add one for each zone",
        )


def _administration(rule: Properties) -> Iterator[Finding]:
    first, last = read(rule, "fromPort"), read(rule, "toPort")
    unknown = [each for each in (first, last) if isinstance(each, Unknown)]
    if unknown:
        yield from unknown
    elif isinstance(first, int | float) and isinstance(last, int | float):
        reached = sorted(port for port in _ADMINISTRATION if first <= port <= last and read(rule, "type") != "egress")
        if reached:
            yield (
                f"nodes can be logged in to (port {', '.join(map(str, reached))}); "
                "remove the rule and log in by Session Manager"
            )


def _region(resource: Properties, regions: Regions) -> Iterator[Finding]:
    region = read(resource, "region")
    if not regions.allowed:
        return
    if isinstance(region, Unknown):
        yield region
    elif region is not None and region not in regions.allowed:
        yield f"{region} is no region of this environment; use one of {', '.join(regions.allowed)}"


def _accounts(provider: Properties) -> Iterator[Finding]:
    accounts = read(provider, "allowedAccountIds")
    if isinstance(accounts, Unknown):
        yield accounts
    elif not (json.loads(accounts) if isinstance(accounts, str) else accounts):
        yield "whatever account the shell has credentials for is changed; set allowedAccountIds to the environment's"


RULES: Final = (
    GraphRule(
        name="vpc-flow-logs",
        why="Without flow logs nobody can say afterwards what left the network, or to where.",
        types=(_VPC, _FLOW_LOG),
        check=_flow_logs,
        references=("AWS Security Hub: EC2.6", "hardeneks: check_vpc_flow_logs"),
    ),
    GraphRule(
        name="default-security-group",
        why="The default group is what everything has that was given none, and it lets its members talk to each other.",
        types=(_VPC, _DEFAULT_GROUP),
        check=_default_group,
        references=("AWS Security Hub: EC2.2",),
    ),
    GraphRule(
        name="nat-per-zone",
        why="One NAT gateway for several zones takes all of them off the internet with its own.",
        types=(_NAT, _SUBNET),
        check=_nat_per_zone,
        references=("Amazon VPC User Guide: NAT gateway basics",),
    ),
    ResourceRule(
        name="no-remote-login",
        why="A port that logs people in is a way around the API server, its roles and its audit log.",
        types=(
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            "aws:ec2/securityGroupRule:SecurityGroupRule",
        ),
        check=_administration,
        references=("AWS Security Hub: EC2.13, EC2.14", "CIS Amazon EKS Benchmark 1.8.0: 5.4.3"),
    ),
    ResourceRule(
        name="allowed-regions",
        why="Data in a region that nobody chose is under laws that nobody read.",
        types=(
            _PROVIDER,
            _VPC,
            "aws:s3/bucket:Bucket",
            "aws:kms/key:Key",
            "aws:kms/replicaKey:ReplicaKey",
            "aws:rds/instance:Instance",
            "aws:eks/cluster:Cluster",
        ),
        check=_region,
        parameters=Regions(),
        references=("AWS Control Tower: region deny control",),
    ),
    ResourceRule(
        name="allowed-accounts",
        why="With the wrong credentials in the shell, the right program changes the wrong account.",
        types=(_PROVIDER,),
        check=_accounts,
        references=("Pulumi Registry: aws.Provider, allowedAccountIds",),
    ),
    ResourceRule(
        name="vpc-endpoint-policy",
        why="A gateway endpoint that lets everybody through carries data into anybody's bucket, past every firewall.",
        types=("aws:ec2/vpcEndpoint:VpcEndpoint",),
        check=expect(
            "policy",
            default="",
            fault="the endpoint reaches every account's resources; set policy to what this account needs",
            accept=bool,
        ),
        references=("AWS PrivateLink Guide: endpoint policies",),
    ),
)
