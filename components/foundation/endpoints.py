"""VPC endpoints: the private ways to AWS's own services."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from typing import Final

import pulumi_aws as aws

from components.kit.layer import Layer

# What nodes and the controllers on them call before they can do anything else, for a VPC without a way out.
# https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
_INTERFACES: Final = (
    "autoscaling",
    "ec2",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "eks-auth",
    "elasticloadbalancing",
    "kms",
    "logs",
    "sts",
)


def gateway(layer: Layer, vpc: aws.ec2.Vpc, *, region: str, tables: Sequence[aws.ec2.RouteTable]) -> None:
    """Reach S3, where ECR keeps image layers, without passing (and paying) a NAT gateway."""
    aws.ec2.VpcEndpoint(
        f"{layer.pulumi_resource_name}-s3",
        vpc_id=vpc.id,
        service_name=f"com.amazonaws.{region}.s3",
        vpc_endpoint_type="Gateway",
        route_table_ids=[table.id for table in tables],
        opts=layer.child(),
    )


def interfaces(
    layer: Layer,
    vpc: aws.ec2.Vpc,
    *,
    region: str,
    subnets: Sequence[aws.ec2.Subnet],
    clients: Mapping[str, IPv4Network],
) -> None:
    """Reach the services a cluster cannot start without from a VPC that has no way out.

    Args:
        layer: The layer the endpoints belong to.
        vpc: Where they are made.
        region: Whose services they reach.
        subnets: Where their network interfaces live, one subnet for each zone.
        clients: The VPC's address blocks that may call them, by who lives there.

    """
    name = layer.pulumi_resource_name
    group = aws.ec2.SecurityGroup(
        f"{name}-endpoints",
        description="Interface endpoints: HTTPS from inside the VPC",
        vpc_id=vpc.id,
        tags={"Name": f"{name}-endpoints"},
        opts=layer.child(),
    )
    for who, block in clients.items():
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-endpoints-{who}",
            security_group_id=group.id,
            description=f"HTTPS from {who}",
            cidr_ipv4=str(block),
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            opts=layer.child(),
        )
    for service in _INTERFACES:
        aws.ec2.VpcEndpoint(
            f"{name}-{service.replace('.', '-')}",
            vpc_id=vpc.id,
            service_name=f"com.amazonaws.{region}.{service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=[subnet.id for subnet in subnets],
            security_group_ids=[group.id],
            opts=layer.child(),
        )
