"""How many addresses nodes and their pods take in each zone when all groups are at their largest and being updated."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from math import ceil
from typing import Final

from components.compute import node_plan
from components.compute.instance_types import InstanceType
from components.compute.network_plugin import NetworkPlugin
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
# Both network plug-ins hold one interface or prefix more than pods need, so that the next pod need not wait.
# https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html (WARM_PREFIX_TARGET, WARM_ENI_TARGET)
_SPARE: Final = 1
# The network plug-in and kube-proxy live on the host's network and take none of a node's pod addresses.
# https://github.com/awslabs/amazon-eks-ami/blob/main/templates/shared/runtime/eni-max-pods.txt
_ON_THE_HOSTS_NETWORK: Final = 2
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


def max_pods(kind: InstanceType, *, delegation: bool) -> int:
    """Return the most pods a node of a type has addresses for, within Kubernetes' recommendation.

    Args:
        kind: The node's instance type.
        delegation: Whether its interfaces carry prefixes instead of single addresses.

    """
    slots = kind.network_interfaces * _slots(kind)
    most = _MOST_PODS_SMALL if kind.vcpus < _SMALL_VCPUS else _MOST_PODS_LARGE
    return min(slots * (_PREFIX if delegation else 1) + _ON_THE_HOSTS_NETWORK, most)


def prefixes(kind: InstanceType) -> int:
    """Return the /28s that a full node of a type reserves, the spare one included."""
    pods = max_pods(kind, delegation=True) - _ON_THE_HOSTS_NETWORK
    return min(ceil(pods / _PREFIX) + _SPARE, kind.network_interfaces * _slots(kind))


def pod_subnet_addresses(kind: InstanceType) -> int:
    """Return the addresses a full node takes in its pod subnet: its prefixes, and one for each interface with them."""
    held = prefixes(kind)
    return held * _PREFIX + ceil(held / _slots(kind))


def node_subnet_addresses(kind: InstanceType, plugin: NetworkPlugin) -> int:
    """Return the addresses a full node takes in its node subnet: its own; with the VPC CNI, those of its pods too."""
    if plugin is NetworkPlugin.CILIUM:
        return 1
    pods = max_pods(kind, delegation=False) - _ON_THE_HOSTS_NETWORK
    interfaces = min(ceil(pods / _slots(kind)) + _SPARE, kind.network_interfaces)
    return interfaces * kind.addresses_per_interface


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
class Overflow:
    """A subnet that is too small.

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
    def why(self) -> str:
        """The figures, as part of a sentence."""
        shares = ", ".join(f"{role} {count}" for role, count in self.by_role.items())
        return (
            f"the {self.tier} subnet {self.subnet} of {self.zone} has {usable(self.subnet)} usable addresses and would "
            f"have to hold {self.needed} ({shares})"
        )


def overflows(network: NetworkSettings, nodes: NodesSettings, plugin: NetworkPlugin) -> list[Overflow]:
    """Return for each tier the subnet that lacks most addresses while all groups, at max_size, are updated at once.

    Pod subnets are judged as Cilium will fill them, whatever the plug-in: their block cannot grow later.
    """
    groups = node_plan.plan(nodes, network.zones)
    found: dict[str, Overflow] = {}
    for zone in subnets.plan(network.cidr, network.pod_cidr, network.zones):
        here = [group for group in groups if zone.zone in group.zones]
        for tier, subnet, shares in (
            ("node", zone.node, {"others": _OTHERS_IN_NODE_SUBNETS, **_shares(here, plugin)}),
            ("pod", zone.pod, _shares(here, None)),
        ):
            needed = sum(shares.values())
            if needed > max(usable(subnet), found[tier].needed if tier in found else 0):
                found[tier] = Overflow(tier=tier, subnet=subnet, zone=zone.zone, needed=needed, by_role=shares)
    return list(found.values())


def fitting_max_size(network: NetworkSettings, nodes: NodesSettings, plugin: NetworkPlugin, role: str) -> int | None:
    """Return the largest max_size of a role with which everything fits; None if its smallest is too large."""
    group = nodes.groups()[role]

    def fits(size: int) -> bool:
        smaller = nodes.model_copy(update={role: group.model_copy(update={"max_size": size})})
        return not overflows(network, smaller, plugin)

    # A zonal role has a node in each zone: settings/model.py.
    low, high = max(group.min_size, len(network.zones) if ROLES[role].zonal else 1), group.max_size
    if not fits(low):
        return None
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def fitting_blocks(network: NetworkSettings, nodes: NodesSettings, plugin: NetworkPlugin) -> dict[str, IPv4Network]:
    """Return the blocks, by setting, that must be larger for everything to fit, each as small as it can be.

    Nothing if everything fits, and if not even the largest blocks would do.
    """
    larger: dict[str, IPv4Network] = {}
    for tier, setting in BLOCKS.items():
        for block in _growing(getattr(network, setting)):
            grown = network.model_copy(update={setting: block})
            if tier not in {overflow.tier for overflow in overflows(grown, nodes, plugin)}:
                break
        else:
            return {}
        if block != getattr(network, setting):
            larger[setting] = block
    return larger


def _growing(block: IPv4Network) -> Iterator[IPv4Network]:
    for prefix in range(block.prefixlen, _LARGEST_BLOCK - 1, -1):
        yield block.supernet(new_prefix=prefix)


def _shares(groups: Sequence[PlannedGroup], plugin: NetworkPlugin | None) -> dict[str, int]:
    """Return by role what its nodes take in one zone: of the node subnet with a plug-in, without of the pod subnet."""
    shares: dict[str, int] = {}
    for group in groups:
        each = max(
            pod_subnet_addresses(kind) if plugin is None else node_subnet_addresses(kind, plugin)
            for kind in group.settings.kinds
        )
        shares[group.role] = shares.get(group.role, 0) + nodes_in_a_zone(group) * each
    return shares


def _slots(kind: InstanceType) -> int:
    """Return the addresses or prefixes an interface carries beside its own address."""
    return kind.addresses_per_interface - 1
