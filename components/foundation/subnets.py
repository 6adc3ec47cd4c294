"""The address plan of a VPC: which block each subnet gets, by arithmetic alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

# Room for every zone letter AWS uses (us-east-1 goes to f), so that adding a zone never moves a subnet.
_ZONE_BITS: Final = 3
# The smallest subnet AWS allows; EKS wants six free addresses in it and recommends sixteen.
# https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
_CONTROL_PLANE_PREFIX: Final = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class ZonePlan:
    """The four subnets of one availability zone.

    Attributes:
        zone: The zone's name, ``eu-central-1a``.
        letter: Its last letter, by which its subnets are named and placed.
        public: Load balancers and NAT gateways.
        node: Nodes and internal load balancers: half of the zone's share.
        pod: Pods, from the range that is not routed outside the VPC.
        control_plane: The network interfaces of the EKS control plane.

    """

    zone: str
    letter: str
    public: IPv4Network
    node: IPv4Network
    pod: IPv4Network
    control_plane: IPv4Network


def plan(cidr: IPv4Network, pod_cidr: IPv4Network, zones: Sequence[str]) -> tuple[ZonePlan, ...]:
    """Divide a VPC's block and its pod block among zones.

    A zone's place follows from its letter alone: neither the order of `zones` nor adding or removing one of them moves
    the subnets of another.

    Args:
        cidr: The VPC's block, /16 to /20.
        pod_cidr: The pods' block, /16 to /18.
        zones: Names of availability zones that end in a letter from a to h.

    """
    shares = list(cidr.subnets(prefixlen_diff=_ZONE_BITS))
    pod_shares = list(pod_cidr.subnets(prefixlen_diff=_ZONE_BITS))
    return tuple(_zone(zone, shares[_slot(zone)], pod_shares[_slot(zone)]) for zone in zones)


def _slot(zone: str) -> int:
    return ord(zone[-1]) - ord("a")


def _zone(zone: str, share: IPv4Network, pod: IPv4Network) -> ZonePlan:
    node, rest = share.subnets()
    public, *_, last = rest.subnets(prefixlen_diff=2)
    *_, control_plane = last.subnets(new_prefix=_CONTROL_PLANE_PREFIX)
    return ZonePlan(zone=zone, letter=zone[-1], public=public, node=node, pod=pod, control_plane=control_plane)
