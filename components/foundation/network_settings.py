"""What a stack decides about its network, and which choices are refused."""

from enum import StrEnum
from ipaddress import IPv4Network
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from components.foundation.transit import TransitGatewaySettings
from components.kit import addresses
from components.kit.settings import Settings

_EVERYWHERE: Final = IPv4Network("0.0.0.0/0")


class NatMode(StrEnum):
    """How private subnets reach the internet."""

    NONE = "none"
    SINGLE = "single"
    PER_ZONE = "per_zone"


class IpFamily(StrEnum):
    """Which addresses pods and Services have."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"


class PublicAccessBlock(StrEnum):
    """What AWS keeps from passing internet gateways, in the whole account and region."""

    NONE = "none"
    INGRESS = "ingress"
    BIDIRECTIONAL = "bidirectional"


class NetworkSettings(Settings):
    """The VPC: its address blocks, its zones and its ways out."""

    cidr: Annotated[
        IPv4Network, AfterValidator(addresses.private), addresses.sized(16, 20), Field(examples=["10.20.0.0/16"])
    ]
    """The VPC's address block, /16 to /20, in a private range. No two connected networks may share addresses."""

    ipam_pool_id: (
        Annotated[str, Field(pattern=r"^ipam-pool-[0-9a-f]{8,17}$", examples=["ipam-pool-0123456789abcdef0"])] | None
    ) = None
    """The IPAM pool that `cidr` is allocated from. AWS then refuses a block that is outside the pool or taken."""

    # A VPC may add this space and nothing routes it further, so every cluster may use the same block.
    # https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    pod_cidr: Annotated[IPv4Network, addresses.sized(16, 18), AfterValidator(addresses.shared)] = IPv4Network(
        "100.64.0.0/16"
    )
    """The pods' address block, /16 to /18, inside 100.64.0.0/10. It is not routed outside the VPC."""

    ip_family: IpFamily = IpFamily.IPV4
    """Which addresses pods and Services have. `ipv6` is refused: nothing here could serve it yet."""

    zones: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d[a-h]$")], ...],
        Field(min_length=3, max_length=6, examples=[["eu-central-1a", "eu-central-1b", "eu-central-1c"]]),
    ]
    """The availability zones, at least three. They are named, not looked up, so that a plan depends on git alone."""

    nat: NatMode = NatMode.PER_ZONE
    """The way out for private subnets: `per_zone` a NAT gateway each, `single` one for all (its zone is everyone's
    risk), `none` (AWS is reached through interface endpoints only)."""

    transit_gateway: TransitGatewaySettings | None = None
    """The transit gateway that connects the VPC with other networks; none when left out."""

    block_public_access: PublicAccessBlock = PublicAccessBlock.NONE
    """What may not pass any internet gateway of the account and region, of other VPCs too: `ingress` (connections from
    the internet), `bidirectional` (all; needs `nat: none`) or `none`. One stack of an account and region may set it."""

    @field_validator("ip_family")
    @classmethod
    def _pods_have_ipv4(cls, family: IpFamily) -> IpFamily:
        if family is IpFamily.IPV6:
            raise ValueError(
                "ipv6 cannot work here: the VPC has no IPv6 block, and Cilium's ENI mode, for which pod subnets are "
                "made, assigns IPv4 only; did you mean ipv4? (EKS fixes the family for a cluster's life.)"
            )
        return family

    @field_validator("zones")
    @classmethod
    def _zones_are_distinct(cls, zones: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(zones)) < len(zones):
            raise ValueError("each zone may be named only once")
        return zones

    @model_validator(mode="after")
    def _other_networks_are_elsewhere(self) -> Self:
        for block in self.transit_gateway.cidrs if self.transit_gateway else ():
            for own in (self.cidr, self.pod_cidr):
                if block.subnet_of(own):
                    raise ValueError(
                        f"{block} cannot be reached through the transit gateway: it is inside the VPC's {own}"
                    )
            if block == _EVERYWHERE and self.nat is not NatMode.NONE:
                raise ValueError(
                    f"{block} would lead to a NAT gateway and to the transit gateway: set nat to none, or name the "
                    "networks behind the transit gateway"
                )
        return self

    @model_validator(mode="after")
    def _nat_gateways_are_not_blocked(self) -> Self:
        if self.block_public_access is PublicAccessBlock.BIDIRECTIONAL and self.nat is not NatMode.NONE:
            raise ValueError(
                f"block_public_access bidirectional stops NAT gateways, and nat is {self.nat}: set nat to none, or "
                "block_public_access to ingress"
            )
        return self
