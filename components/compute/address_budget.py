"""How many addresses nodes and their pods take in each zone when all groups are at their largest and being updated."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Network
from math import ceil
from typing import Final

from components.compute import node_plan
from components.compute.instance_types import InstanceType
from components.compute.network_plugin import Routing
from components.compute.node_plan import PlannedGroup
from components.compute.node_roles import ROLES
from components.compute.node_settings import NodesSettings
from components.foundation import subnets
from components.foundation.network_settings import NetworkSettings

# AWS keeps the first four addresses of a subnet and the last one.
# https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
_KEPT_BY_AWS: Final = 5
# A delegated prefix is a /28. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html
_PREFIX: Final = 16
# Cilium keeps so many addresses ready, so that the next pod need not wait.
# https://docs.cilium.io/en/stable/network/concepts/ipam/eni/ (spec.ipam.pre-allocate)
_READY: Final = 8
# Of each node's addresses Cilium takes three for itself: its own host interface, its health check and its gateway.
# https://docs.cilium.io/en/stable/network/concepts/networking/ipam/
_CILIUMS_OWN: Final = 3
# A machine's first interface lies in a node subnet, and Cilium gives pods no addresses of it.
_FIRST_INTERFACE: Final = 1
# What Cilium takes of the overlay's block for each node; the chart's own default.
_OVERLAY_PREFIX: Final = 24
# Kubernetes' recommendation, by vCPUs.
# https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html
_SMALL_VCPUS: Final = 30
_MOST_PODS_SMALL: Final = 110
_MOST_PODS_LARGE: Final = 250
# What an update starts before it takes anything away, and the most it takes at a time.
# https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
_SURGE_FOR_EACH_ZONE: Final = 2
_MOST_AT_A_TIME: Final = 100
# Three internal load balancers, for each of which AWS wants eight free addresses in a subnet, and eight for endpoints
# and attachments. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
_OTHERS_IN_NODE_SUBNETS: Final = 3 * 8 + 8
# The largest block a VPC can have. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
_LARGEST_BLOCK: Final = 16

BLOCKS: Final = {"node": "cidr", "pod": "pod_cidr"}
"""From a tier of subnets to the setting whose block they are of."""


def max_pods(kind: InstanceType, routing: Routing) -> int:
    """Return the most pods a node of a type has addresses for, within Kubernetes' recommendation."""
    most = _MOST_PODS_SMALL if kind.vcpus < _SMALL_VCPUS else _MOST_PODS_LARGE
    if routing is Routing.OVERLAY:
        # Each node has a block of its own, which is larger.
        return most
    return min(_room(kind) * _PREFIX - _CILIUMS_OWN, most)


def prefixes(kind: InstanceType, pods: int) -> int:
    """Return the /28s that a node of a type reserves when it is full of pods."""
    return min(ceil((pods + _CILIUMS_OWN + _READY) / _PREFIX), _room(kind))


def pod_subnet_addresses(kind: InstanceType, pods: int) -> int:
    """Return the addresses a full node takes in its pod subnet: its prefixes, and one for each interface with them."""
    held = prefixes(kind, pods)
    return held * _PREFIX + ceil(held / _slots(kind))


def surge(max_size: int, *, zones: int, max_unavailable_percent: int) -> int:
    """Return the nodes that an update of a full group adds to it."""
    at_a_time = min(ceil(max_size * max_unavailable_percent / 100), _MOST_AT_A_TIME)
    return max(_SURGE_FOR_EACH_ZONE * zones, at_a_time)


def nodes_in_a_zone(group: PlannedGroup) -> int:
    """Return the most nodes of a group in one of its zones, spread evenly, while the full group is updated."""
    spread = len(group.zones)
    percent = group.settings.max_unavailable_percent
    return ceil((group.max_size + surge(group.max_size, zones=spread, max_unavailable_percent=percent)) / spread)


def usable(subnet: IPv4Network) -> int:
    """Return the addresses of a subnet that AWS gives to anyone."""
    return subnet.num_addresses - _KEPT_BY_AWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a subnet would have to hold at most.

    Attributes:
        tier: ``node`` or ``pod``.
        subnet: Its block.
        zone: The zone it is of.
        needed: The addresses it would have to hold.
        by_role: How many of them each role takes.

    """

    tier: str
    subnet: IPv4Network
    zone: str
    needed: int
    by_role: Mapping[str, int]

    @property
    def fits(self) -> bool:
        """Whether there is room for it."""
        return self.needed <= usable(self.subnet)

    @property
    def told(self) -> dict[str, str | int]:
        """The figures, as the stack exports them."""
        return {
            "tier": self.tier,
            "zone": self.zone,
            "subnet": str(self.subnet),
            "usable": usable(self.subnet),
            "needed": self.needed,
        }

    @property
    def why(self) -> str:
        """The figures, as part of a sentence."""
        shares = ", ".join(f"{role} {count}" for role, count in self.by_role.items())
        return (
            f"the {self.tier} subnet {self.subnet} of {self.zone} has {usable(self.subnet)} usable addresses and would "
            f"have to hold {self.needed} ({shares})"
        )


def overflows(network: NetworkSettings, nodes: NodesSettings, routing: Routing) -> list[Demand]:
    """Return for each tier the subnet that lacks most addresses while all groups, at max_size, are updated at once."""
    found: dict[str, Demand] = {}
    for demand in demands(network, nodes, routing):
        if not demand.fits and demand.needed > (found[demand.tier].needed if demand.tier in found else 0):
            found[demand.tier] = demand
    return list(found.values())


def demands(network: NetworkSettings, nodes: NodesSettings, routing: Routing) -> Iterator[Demand]:
    """Yield for each subnet what it would have to hold while all groups, at max_size, are updated at once."""
    groups = node_plan.plan(nodes, network.zones)
    for zone in subnets.plan(network.cidr, network.pod_cidr, network.zones):
        here = [group for group in groups if zone.zone in group.zones]
        for tier, subnet, shares in (
            ("node", zone.node, {"others": _OTHERS_IN_NODE_SUBNETS, **_shares(here, lambda _: 1)}),
            ("pod", zone.pod, _shares(here, _in_its_pod_subnet) if routing is Routing.ENI else {}),
        ):
            yield Demand(tier=tier, subnet=subnet, zone=zone.zone, needed=sum(shares.values()), by_role=shares)


def fitting_max_size(network: NetworkSettings, nodes: NodesSettings, routing: Routing, role: str) -> int | None:
    """Return the largest max_size of a role with which everything fits; None if its smallest is too large."""
    group = nodes.groups()[role]

    def fits(size: int) -> bool:
        smaller = nodes.model_copy(update={role: group.model_copy(update={"max_size": size})})
        return not overflows(network, smaller, routing)

    # A zonal role has a node in each zone: settings/model.py.
    low, high = max(group.min_size, len(network.zones) if ROLES[role].zonal else 1), group.max_size
    if not fits(low):
        return None
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def fitting_blocks(network: NetworkSettings, nodes: NodesSettings, routing: Routing) -> dict[str, IPv4Network]:
    """Return the blocks, by setting, that must be larger for everything to fit, each as small as it can be.

    Nothing if everything fits, and if not even the largest blocks would do.
    """
    larger: dict[str, IPv4Network] = {}
    for tier, setting in BLOCKS.items():
        for block in _growing(getattr(network, setting)):
            grown = network.model_copy(update={setting: block})
            if tier not in {overflow.tier for overflow in overflows(grown, nodes, routing)}:
                break
        else:
            return {}
        if block != getattr(network, setting):
            larger[setting] = block
    return larger


def overlay_nodes(block: IPv4Network) -> int:
    """Return the nodes that an overlay's block has a share for."""
    return 1 << (_OVERLAY_PREFIX - block.prefixlen)


def most_nodes(nodes: NodesSettings, zones: Sequence[str]) -> int:
    """Return the nodes there are when all groups, at max_size, are updated at once."""
    return sum(nodes_in_a_zone(group) * len(group.zones) for group in node_plan.plan(nodes, zones))


def _growing(block: IPv4Network) -> Iterator[IPv4Network]:
    for prefix in range(block.prefixlen, _LARGEST_BLOCK - 1, -1):
        yield block.supernet(new_prefix=prefix)


def _shares(groups: Sequence[PlannedGroup], each: Callable[[PlannedGroup], int]) -> dict[str, int]:
    """Return by role what its nodes take in one zone, given what each of them takes."""
    shares: dict[str, int] = {}
    for group in groups:
        shares[group.role] = shares.get(group.role, 0) + nodes_in_a_zone(group) * each(group)
    return shares


def _in_its_pod_subnet(group: PlannedGroup) -> int:
    pods = node_plan.max_pods(group, partial(max_pods, routing=Routing.ENI)) or 0
    return max(pod_subnet_addresses(kind, pods) for kind in group.settings.kinds)


def _room(kind: InstanceType) -> int:
    """Return the prefixes that the interfaces of pods carry."""
    return (kind.network_interfaces - _FIRST_INTERFACE) * _slots(kind)


def _slots(kind: InstanceType) -> int:
    """Return the addresses or prefixes an interface carries beside its own address."""
    return kind.addresses_per_interface - 1
