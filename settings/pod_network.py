"""What must hold between the cluster's network, its nodes and the VPC: above all, addresses for everyone."""

from collections.abc import Iterator
from functools import partial
from ipaddress import IPv4Network

from components.compute import address_budget
from components.compute.network_plugin import Routing
from components.compute.node_settings import NodesSettings
from components.foundation.network_settings import NatMode, NetworkSettings
from components.networking.cilium import CiliumSettings
from components.networking.entry_settings import EntryMode, EntrySettings
from settings.relations import Conflict

_EVERYWHERE = IPv4Network("0.0.0.0/0")


def gpu_nodes_stand_in_the_networks_zones(network: NetworkSettings, nodes: NodesSettings) -> Iterator[Conflict]:
    """Yield the zone of the GPU nodes if the network does not reach it."""
    for path, groups in (((), nodes), (("retiring",), nodes.retiring)):
        if groups.gpu and groups.gpu.zone and groups.gpu.zone not in network.zones:
            yield Conflict(
                keys=(("nodes", *path, "gpu", "zone"), ("network", "zones")),
                why=f"is none of the network's zones {', '.join(network.zones)}",
                remedy=network.zones[0],
            )


def nodes_and_pods_have_addresses(
    network: NetworkSettings, nodes: NodesSettings, cilium: CiliumSettings
) -> Iterator[Conflict]:
    """Yield what to change where a zone has too few addresses for all groups at their largest, while updated."""
    if any(gpu_nodes_stand_in_the_networks_zones(network, nodes)):
        return
    overflows = address_budget.overflows(network, nodes, cilium.routing)
    if not overflows:
        return
    figures = "; ".join(overflow.why for overflow in overflows)
    hungriest = max(nodes.groups(), key=lambda role: sum(overflow.by_role[role] for overflow in overflows))
    size = address_budget.fitting_max_size(network, nodes, cilium.routing, hungriest)
    blocks = address_budget.fitting_blocks(network, nodes, cilium.routing)
    if size is None and blocks:
        for setting, block in blocks.items():
            yield Conflict(
                keys=(("network", setting),),
                why=f"is too small for all groups at max_size while they are updated: {figures}",
                remedy=str(block),
            )
        return
    ways = [f"max_size {size}"] if size is not None else []
    if blocks:
        ways.append("before the first up, " + " and ".join(f"{setting} {block}" for setting, block in blocks.items()))
    yield Conflict(
        keys=(("nodes", hungriest, "max_size"), *(("network", address_budget.BLOCKS[each.tier]) for each in overflows)),
        why=f"is too many when all groups are at max_size and updated: {figures}; "
        + ("what fits: " + ", or, ".join(ways) if ways else "no size of it and no block would do"),
        remedy=size,
    )


def every_pod_of_a_node_has_an_address(nodes: NodesSettings, cilium: CiliumSettings) -> Iterator[Conflict]:
    """Yield every max_pods that is more than the group's smallest machine has addresses for."""
    budget = partial(address_budget.max_pods, routing=cilium.routing)
    for path, groups in (((), nodes), (("retiring",), nodes.retiring)):
        for role, group in groups.groups().items():
            smallest = min(group.kinds, key=budget)
            most = budget(smallest)
            if group.max_pods is not None and group.max_pods > most:
                yield Conflict(
                    keys=(("nodes", *path, role, "max_pods"), ("cilium", "routing")),
                    why=f"is too many: a {smallest.type} has addresses for, or is advised to take, {most} at most",
                    remedy=most,
                )


def load_balancers_reach_what_they_send_to(cilium: CiliumSettings, entry: EntrySettings) -> Iterator[Conflict]:
    """Yield the means of entry by which nobody would get to a pod of an overlay."""
    if cilium.routing is Routing.OVERLAY and entry.points and entry.mode is not EntryMode.GATEWAY:
        yield Conflict(
            keys=(("entry", "mode"), ("cilium", "routing")),
            why="cannot work with an overlay: an ALB sends to addresses of pods, which the VPC does not know, and the "
            "API server does not reach ingress-nginx's webhook; a Gateway's load balancer sends to nodes",
            remedy=str(EntryMode.GATEWAY),
        )


def overlay_pods_have_addresses_of_their_own(network: NetworkSettings, cilium: CiliumSettings) -> Iterator[Conflict]:
    """Yield the overlay's block if some of its addresses are somebody else's: a pod could not reach them."""
    if cilium.routing is not Routing.OVERLAY:
        return
    beyond = network.transit_gateway.cidrs if network.transit_gateway else ()
    for block in (network.pod_cidr, *(block for block in beyond if block != _EVERYWHERE)):
        if cilium.overlay_cidr.overlaps(block):
            yield Conflict(
                keys=(("cilium", "overlay_cidr"),),
                why=f"shares addresses with {block}, which no pod could reach: a node takes them for other pods'",
            )


def every_node_has_its_share_of_the_overlay(
    network: NetworkSettings, nodes: NodesSettings, cilium: CiliumSettings
) -> Iterator[Conflict]:
    """Yield the overlay's block if it has fewer shares than there are nodes, all groups at max_size and updated."""
    needed = address_budget.most_nodes(nodes, network.zones)
    room = address_budget.overlay_nodes(cilium.overlay_cidr)
    if cilium.routing is Routing.OVERLAY and needed > room:
        yield Conflict(
            keys=(("cilium", "overlay_cidr"),),
            why=f"has a share for {room} nodes, and all groups at max_size, while they are updated, have {needed}",
        )


def nodes_reach_ciliums_images(network: NetworkSettings, cilium: CiliumSettings) -> Iterator[Conflict]:
    """Yield the missing registry where nodes have no way to the one on the internet."""
    if network.nat is NatMode.NONE and cilium.image_registry is None:
        yield Conflict(
            keys=(("cilium", "image_registry"), ("network", "nat")),
            why="must be named: Cilium's images are on quay.io, which no node reaches without NAT, and without Cilium "
            "none turns Ready",
        )
