"""The way to other networks: an attachment to a transit gateway, and the routes that lead there."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from itertools import combinations
from typing import Annotated

import pulumi_aws as aws
from pydantic import Field, field_validator

from components.kit.layer import Layer
from components.kit.settings import Settings


class TransitGatewaySettings(Settings):
    """The transit gateway that connects the VPC with other networks."""

    id: Annotated[str, Field(pattern=r"^tgw-[0-9a-f]{8,17}$", examples=["tgw-0123456789abcdef0"])]
    """The gateway. It must exist, be shared with the account, and route the VPC's block back to it."""

    cidrs: Annotated[tuple[IPv4Network, ...], Field(min_length=1, max_length=20, examples=[["10.0.0.0/12"]])]
    """The address blocks that are reached through it. (A route table holds 50 routes unless AWS raises that.)"""

    @field_validator("cidrs")
    @classmethod
    def _blocks_are_apart(cls, blocks: tuple[IPv4Network, ...]) -> tuple[IPv4Network, ...]:
        for one, other in combinations(blocks, 2):
            if one.overlaps(other):
                raise ValueError(f"{one} and {other} share addresses; name the larger block only")
        return blocks


def attach(
    layer: Layer,
    vpc: aws.ec2.Vpc,
    settings: TransitGatewaySettings,
    *,
    subnets: Sequence[aws.ec2.Subnet],
    tables: Mapping[str, aws.ec2.RouteTable],
) -> None:
    """Attach the VPC to a transit gateway and lead its blocks there.

    Args:
        layer: The layer the attachment belongs to.
        vpc: What is attached.
        settings: The gateway, and what lies behind it.
        subnets: One for each zone; zones without one have no way to the gateway.
        tables: The route tables that get the routes, by their role in the layer.

    """
    name = layer.pulumi_resource_name
    attachment = aws.ec2transitgateway.VpcAttachment(
        f"{name}-transit",
        transit_gateway_id=settings.id,
        vpc_id=vpc.id,
        subnet_ids=[subnet.id for subnet in subnets],
        tags={"Name": f"{name}-transit"},
        opts=layer.child(),
    )
    for role, table in tables.items():
        for block in settings.cidrs:
            aws.ec2.Route(
                # The destination is what a route is: another one is another route.
                f"{name}-{role}-transit-{str(block).replace('/', '-')}",
                route_table_id=table.id,
                destination_cidr_block=str(block),
                transit_gateway_id=settings.id,
                # AWS refuses a route to a gateway that the VPC is not attached to.
                opts=layer.child(depends_on=[attachment]),
            )
