"""The network a cluster lives in: one VPC over several zones, with a tier of subnets for each kind of address."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.foundation import endpoints, subnets, transit
from components.foundation.account import AccountSettings
from components.foundation.network_settings import NatMode, NetworkSettings, PublicAccessBlock
from components.kit.layer import Layer

POD_SUBNET: Final = ("cilium.io/pod-subnet", "true")
"""The tag of the pod subnets, by which Cilium finds them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkOutputs:
    """What the layers above need of the network; of each tier one subnet in each zone, by the zone's name.

    Not one list for a tier: what lives in one zone would then depend on the subnets of all, and a zone that is added
    would make its plan unknown.
    """

    vpc_id: pulumi.Output[str]
    public_subnet_ids: Mapping[str, pulumi.Output[str]]
    node_subnet_ids: Mapping[str, pulumi.Output[str]]
    pod_subnet_ids: Mapping[str, pulumi.Output[str]]
    control_plane_subnet_ids: Mapping[str, pulumi.Output[str]]


class Network(Layer, kind="platform:foundation:Network"):
    """A VPC whose subnets say by their tier what may live in them."""

    def __init__(
        self,
        name: str,
        settings: NetworkSettings,
        *,
        account: AccountSettings,
        callers: Iterable[str],
        retain_data: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._name = name
        self._plan = subnets.plan(settings.cidr, settings.pod_cidr, settings.zones)
        self._vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            # Named even where a pool gives it, so that the plan knows every address.
            cidr_block=str(settings.cidr),
            ipv4_ipam_pool_id=settings.ipam_pool_id,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": name},
            opts=self.child(protect=retain_data),
        )
        # AWS lets whatever names no group of its own into this one, where everything may talk to everything.
        aws.ec2.DefaultSecurityGroup(
            f"{name}-default",
            vpc_id=self._vpc.id,
            ingress=[],
            egress=[],
            tags={"Name": f"{name}-default"},
            opts=self.child(),
        )
        if settings.block_public_access is not PublicAccessBlock.NONE:
            aws.ec2.VpcBlockPublicAccessOptions(
                f"{name}-public-access",
                internet_gateway_block_mode=f"block-{settings.block_public_access}",
                opts=self.child(),
            )
        pod_block = aws.ec2.VpcIpv4CidrBlockAssociation(
            f"{name}-pods", vpc_id=self._vpc.id, cidr_block=str(settings.pod_cidr), opts=self.child()
        )
        # Both tags are read by the load balancer controller to find where a balancer belongs.
        public = self._tier("public", {"kubernetes.io/role/elb": "1"})
        node = self._tier("node", {"kubernetes.io/role/internal-elb": "1"})
        pod = self._tier("pod", dict([POD_SUBNET]), after=[pod_block])
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

        if settings.transit_gateway:
            ways = {f"private-{zone.letter}": table for zone, table in zip(self._plan, private, strict=True)}
            # Whoever calls the API server from there is answered from the control plane's subnets.
            ways["control-plane"] = isolated
            transit.attach(self, self._vpc, settings.transit_gateway, subnets=list(node.values()), tables=ways)
        endpoints.gateway(self, self._vpc, account=account, tables=private)
        if settings.nat is NatMode.NONE:
            endpoints.interfaces(
                self,
                self._vpc,
                account=account,
                callers=callers,
                subnets=list(node.values()),
                clients={"nodes": settings.cidr, "pods": settings.pod_cidr},
            )

        self.outputs = self.publish(
            NetworkOutputs(
                vpc_id=self._vpc.id,
                public_subnet_ids=self._ids(public),
                node_subnet_ids=self._ids(node),
                pod_subnet_ids=self._ids(pod),
                control_plane_subnet_ids=self._ids(control_plane),
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

    def _ids(self, tier: dict[str, aws.ec2.Subnet]) -> dict[str, pulumi.Output[str]]:
        return {zone.zone: tier[zone.letter].id for zone in self._plan}
