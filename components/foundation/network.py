"""The network a cluster lives in: one VPC over several zones, with a tier of subnets for each kind of address."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network
from typing import Annotated, Final

import pulumi
import pulumi_aws as aws
from pydantic import AfterValidator, Field, field_validator

from components.foundation import endpoints, subnets
from components.kit import addresses
from components.kit.layer import Layer
from components.kit.settings import Settings

# RFC 6598 space: a VPC may add it and nothing routes it beyond the VPC, so every cluster may use the same pod range.
# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
_POD_SPACE: Final = IPv4Network("100.64.0.0/10")


class NatMode(StrEnum):
    """How private subnets reach the internet."""

    NONE = "none"
    SINGLE = "single"
    PER_ZONE = "per_zone"


class NetworkSettings(Settings):
    """The VPC: its address blocks, its zones and its way out."""

    cidr: Annotated[
        IPv4Network, AfterValidator(addresses.private), addresses.sized(16, 20), Field(examples=["10.20.0.0/16"])
    ]
    """The VPC's address block, /16 to /20, in a private range. No two connected networks may share addresses."""

    pod_cidr: Annotated[IPv4Network, addresses.sized(16, 18)] = IPv4Network("100.64.0.0/16")
    """The pods' address block, /16 to /18, inside 100.64.0.0/10. It is not routed outside the VPC."""

    zones: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d[a-h]$")], ...],
        Field(min_length=3, max_length=6, examples=[["eu-central-1a", "eu-central-1b", "eu-central-1c"]]),
    ]
    """The availability zones, at least three. They are named, not looked up, so that a plan depends on git alone."""

    nat: NatMode = NatMode.PER_ZONE
    """The way out for private subnets: `per_zone` a NAT gateway each, `single` one for all (its zone is everyone's
    risk), `none` (AWS is reached through interface endpoints only)."""

    @field_validator("pod_cidr")
    @classmethod
    def _pods_use_shared_space(cls, block: IPv4Network) -> IPv4Network:
        if not block.subnet_of(_POD_SPACE):
            raise ValueError(f"{block} must lie inside {_POD_SPACE}")
        return block

    @field_validator("zones")
    @classmethod
    def _zones_are_distinct(cls, zones: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(zones)) < len(zones):
            raise ValueError("each zone may be named only once")
        return zones


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkOutputs:
    """What the layers above need of the network; lists are in the order of the zones."""

    vpc_id: pulumi.Output[str]
    public_subnet_ids: pulumi.Output[list[str]]
    node_subnet_ids: pulumi.Output[list[str]]
    pod_subnet_ids: pulumi.Output[list[str]]
    control_plane_subnet_ids: pulumi.Output[list[str]]


class Network(Layer, kind="platform:foundation:Network"):
    """A VPC whose subnets say by their tier what may live in them."""

    def __init__(
        self,
        name: str,
        settings: NetworkSettings,
        *,
        region: str,
        retain_data: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._name = name
        self._plan = subnets.plan(settings.cidr, settings.pod_cidr, settings.zones)
        self._vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=str(settings.cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": name},
            opts=self.child(protect=retain_data),
        )
        pod_block = aws.ec2.VpcIpv4CidrBlockAssociation(
            f"{name}-pods", vpc_id=self._vpc.id, cidr_block=str(settings.pod_cidr), opts=self.child()
        )
        # Both tags are read by the load balancer controller to find where a balancer belongs.
        public = self._tier("public", {"kubernetes.io/role/elb": "1"})
        node = self._tier("node", {"kubernetes.io/role/internal-elb": "1"})
        pod = self._tier("pod", {"cilium.io/pod-subnet": "true"}, after=[pod_block])
        control_plane = self._tier("control-plane", {})

        gateways = self._nat_gateways(settings.nat, public, self._public_routes(public))
        private = [self._private_routes(zone, gateways) for zone in self._plan]
        for zone, table in zip(self._plan, private, strict=True):
            self._associate(f"node-{zone.letter}", node[zone.letter], table)
            self._associate(f"pod-{zone.letter}", pod[zone.letter], table)
        # The control plane's interfaces talk to nodes only: their table has no way out.
        isolated = self._table("control-plane")
        for zone in self._plan:
            self._associate(f"control-plane-{zone.letter}", control_plane[zone.letter], isolated)

        endpoints.gateway(self, self._vpc, region=region, tables=private)
        if settings.nat is NatMode.NONE:
            clients = {"nodes": settings.cidr, "pods": settings.pod_cidr}
            endpoints.interfaces(self, self._vpc, region=region, subnets=list(node.values()), clients=clients)

        self.outputs = self.publish(
            NetworkOutputs(
                vpc_id=self._vpc.id,
                public_subnet_ids=_ids(public),
                node_subnet_ids=_ids(node),
                pod_subnet_ids=_ids(pod),
                control_plane_subnet_ids=_ids(control_plane),
            )
        )

    def _tier(
        self, tier: str, tags: dict[str, str], *, after: Sequence[pulumi.Resource] = ()
    ) -> dict[str, aws.ec2.Subnet]:
        """Make one subnet of a tier in each zone; return them by the zone's letter."""
        return {
            zone.letter: aws.ec2.Subnet(
                f"{self._name}-{tier}-{zone.letter}",
                vpc_id=self._vpc.id,
                availability_zone=zone.zone,
                cidr_block=str(getattr(zone, tier.replace("-", "_"))),
                tags={"Name": f"{self._name}-{tier}-{zone.letter}", "platform/tier": tier, **tags},
                opts=self.child(depends_on=after),
            )
            for zone in self._plan
        }

    def _public_routes(self, public: dict[str, aws.ec2.Subnet]) -> aws.ec2.Route:
        """Give the public subnets their way to the internet; return the route that NAT gateways need to work."""
        internet = aws.ec2.InternetGateway(
            f"{self._name}-internet", vpc_id=self._vpc.id, tags={"Name": self._name}, opts=self.child()
        )
        table = self._table("public")
        for letter, subnet in public.items():
            self._associate(f"public-{letter}", subnet, table)
        return aws.ec2.Route(
            f"{self._name}-public-internet",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=internet.id,
            opts=self.child(),
        )

    def _nat_gateways(
        self, mode: NatMode, public: dict[str, aws.ec2.Subnet], way_out: aws.ec2.Route
    ) -> dict[str, aws.ec2.NatGateway]:
        """Make the NAT gateways of a mode; return for each zone's letter the one its private subnets use."""
        letters = [zone.letter for zone in self._plan]
        hosts = {NatMode.NONE: [], NatMode.SINGLE: letters[:1], NatMode.PER_ZONE: letters}[mode]
        made = {}
        for letter in hosts:
            address = aws.ec2.Eip(
                f"{self._name}-nat-{letter}",
                domain="vpc",
                tags={"Name": f"{self._name}-nat-{letter}"},
                opts=self.child(),
            )
            made[letter] = aws.ec2.NatGateway(
                f"{self._name}-nat-{letter}",
                subnet_id=public[letter].id,
                allocation_id=address.allocation_id,
                tags={"Name": f"{self._name}-nat-{letter}"},
                opts=self.child(depends_on=[way_out]),
            )
        return {letter: made.get(letter, made[hosts[0]]) for letter in letters} if made else {}

    def _private_routes(self, zone: subnets.ZonePlan, gateways: dict[str, aws.ec2.NatGateway]) -> aws.ec2.RouteTable:
        """Make a zone's private route table, with the zone's way out if there is one."""
        table = self._table(f"private-{zone.letter}")
        if gateways:
            aws.ec2.Route(
                f"{self._name}-private-{zone.letter}-nat",
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=gateways[zone.letter].id,
                opts=self.child(),
            )
        return table

    def _table(self, role: str) -> aws.ec2.RouteTable:
        return aws.ec2.RouteTable(
            f"{self._name}-{role}",
            vpc_id=self._vpc.id,
            tags={"Name": f"{self._name}-{role}"},
            opts=self.child(),
        )

    def _associate(self, role: str, subnet: aws.ec2.Subnet, table: aws.ec2.RouteTable) -> None:
        aws.ec2.RouteTableAssociation(
            f"{self._name}-{role}", subnet_id=subnet.id, route_table_id=table.id, opts=self.child()
        )


def _ids(tier: dict[str, aws.ec2.Subnet]) -> pulumi.Output[list[str]]:
    return pulumi.Output.all(*(subnet.id for subnet in tier.values())).apply(list)
