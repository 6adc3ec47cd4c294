"""The address budget: AWS's figures on known machines, and what must hold for every network and every group."""

from ipaddress import IPv4Network
from math import ceil
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from components.compute import address_budget as budget
from components.compute import node_plan
from components.compute.instance_types import InstanceType, table
from components.compute.network_plugin import NetworkPlugin
from components.compute.node_settings import NodesSettings
from components.foundation import subnets
from components.foundation.network_settings import NetworkSettings
from tests.components.examples import parsed

_ZONES = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
_KINDS = st.sampled_from(sorted(table().values(), key=lambda kind: kind.type))
_PLUGINS = st.sampled_from(NetworkPlugin)
_SIZES = st.integers(1, 450)
_EXAMPLES = settings(max_examples=60, deadline=None)


def _network(cidr: str = "10.20.0.0/16", **values: Any) -> NetworkSettings:
    return parsed(NetworkSettings, **{"cidr": cidr, "zones": _ZONES, **values})


def _nodes(max_size: int, type_: str = "m7i.xlarge", **groups: Any) -> NodesSettings:
    general = {"instance_types": [type_], "min_size": 1, "max_size": max_size}
    return parsed(NodesSettings, general=general, **groups)


_STORAGE = {"instance_types": ["i4i.xlarge"], "min_size": 0, "max_size": 7}
_NETWORKS = st.builds(
    lambda prefix, pods: _network(f"10.20.0.0/{prefix}", pod_cidr=f"100.64.0.0/{pods}"),
    st.integers(16, 20),
    st.integers(16, 18),
)


# AWS's own figures: without delegation of the file eni-max-pods.txt, with it of the calculator max-pods-calculator.sh.
@pytest.mark.parametrize(
    ("type_", "single", "delegated"),
    [
        ("t3.nano", 4, 34),
        ("t3.small", 11, 110),
        ("m5.large", 29, 110),
        ("m7i.xlarge", 58, 110),
        ("m5.4xlarge", 110, 110),  # 234 addresses, and Kubernetes advises no more
        ("m5.8xlarge", 234, 250),
        ("m5.24xlarge", 250, 250),  # 737 addresses
    ],
)
def test_a_node_holds_as_many_pods_as_aws_says(type_: str, single: int, delegated: int) -> None:
    kind = table()[type_]

    assert budget.max_pods(kind, delegation=False) == single
    assert budget.max_pods(kind, delegation=True) == delegated


@pytest.mark.parametrize(
    ("type_", "prefixes", "pod", "vpc_cni"),
    [
        # 108 pods in 7 prefixes and a spare one, all on one interface; without prefixes all four interfaces of 15.
        ("m7i.xlarge", 8, 8 * 16 + 1, 4 * 15),
        # 32 prefixes of 2 interfaces with one beside their own address each: no more than that.
        ("t3.nano", 2, 2 * 16 + 2, 2 * 2),
        # 248 pods in 16 prefixes; in 6 interfaces of 49 and a spare one.
        ("m5.24xlarge", 17, 17 * 16 + 1, 7 * 50),
    ],
)
def test_a_full_node_takes_what_its_plug_in_reserves(type_: str, prefixes: int, pod: int, vpc_cni: int) -> None:
    kind = table()[type_]

    assert budget.prefixes(kind) == prefixes
    assert budget.pod_subnet_addresses(kind) == pod
    assert budget.node_subnet_addresses(kind, NetworkPlugin.VPC_CNI) == vpc_cni
    assert budget.node_subnet_addresses(kind, NetworkPlugin.CILIUM) == 1


@pytest.mark.parametrize(
    ("max_size", "zones", "percent", "added"),
    [(3, 3, 33, 6), (30, 3, 33, 10), (19, 3, 33, 7), (6, 1, 33, 2), (450, 3, 33, 100), (10, 3, 100, 10)],
)
def test_an_update_starts_two_nodes_a_zone_or_what_it_takes_away(
    max_size: int, zones: int, percent: int, added: int
) -> None:
    assert budget.surge(max_size, zones=zones, max_unavailable_percent=percent) == added


def test_the_figures_of_one_zone_are_those_worked_out_by_hand() -> None:
    """12 nodes and 6 of the update over 3 zones are 6; 7 storage nodes are 3, 2 and 2, each with 2 of the update."""
    network, nodes = _network("10.20.0.0/20", pod_cidr="100.64.0.0/18"), _nodes(12, storage=_STORAGE)

    node, *others = budget.overflows(network, nodes, NetworkPlugin.VPC_CNI)

    assert others == []
    assert (node.tier, node.zone, str(node.subnet)) == ("node", "eu-central-1a", "10.20.0.0/24")
    assert node.by_role == {"others": 32, "general": 6 * 60, "storage": 5 * 60}
    assert node.needed == 32 + 660
    assert node.why == (
        "the node subnet 10.20.0.0/24 of eu-central-1a has 251 usable addresses and would have to hold 692 "
        "(others 32, general 360, storage 300)"
    )


@pytest.mark.parametrize(("size", "tiers"), [(78, {"pod"}), (79, {"node", "pod"})], ids=["full", "one node more"])
def test_a_subnet_may_be_filled_to_its_last_address(size: int, tiers: set[str]) -> None:
    """With Cilium, 251 addresses are 32 for others, 184 for 450 and 100 nodes over 3 zones, 35 for 78 and 26."""
    types = ["m7i.large", "m7a.large", "m6i.large", "m6a.large", "m5.large", "m5a.large"]
    nodes = _nodes(450, spot={"instance_types": types, "min_size": 0, "max_size": size})

    found = budget.overflows(_network("10.20.0.0/20"), nodes, NetworkPlugin.CILIUM)

    assert {overflow.tier for overflow in found} == tiers


def test_a_group_that_retires_counts_as_long_as_it_is_there() -> None:
    again = {"instance_types": ["m7i.xlarge"], "min_size": 1, "max_size": 12}
    both = parsed(NodesSettings, general={**again, "generation": 2}, retiring={"general": again})

    (node,) = budget.overflows(_network("10.20.0.0/20"), both, NetworkPlugin.VPC_CNI)

    assert node.by_role["general"] == 2 * 6 * 60


@_EXAMPLES
@given(kind=_KINDS)
def test_every_pod_of_a_full_node_has_an_address(kind: InstanceType) -> None:
    pods = budget.max_pods(kind, delegation=True) - 2

    assert 0 < budget.max_pods(kind, delegation=False) <= budget.max_pods(kind, delegation=True) <= 250
    assert budget.prefixes(kind) * 16 >= pods
    assert budget.prefixes(kind) <= kind.network_interfaces * (kind.addresses_per_interface - 1)
    single = budget.node_subnet_addresses(kind, NetworkPlugin.VPC_CNI)
    assert (
        budget.max_pods(kind, delegation=False) - 2 <= single <= kind.network_interfaces * kind.addresses_per_interface
    )


@_EXAMPLES
@given(size=_SIZES, percent=st.integers(1, 100))
def test_zones_hold_all_nodes_between_them_and_no_zone_two_more_than_its_share(size: int, percent: int) -> None:
    general = {"instance_types": ["m7i.xlarge"], "min_size": 1, "max_size": size, "max_unavailable_percent": percent}
    (group,) = node_plan.plan(parsed(NodesSettings, general=general), _ZONES)

    all_nodes = size + budget.surge(size, zones=3, max_unavailable_percent=percent)

    assert all_nodes <= 3 * budget.nodes_in_a_zone(group) < all_nodes + 3
    assert all_nodes - size >= min(ceil(size * percent / 100), 100)


@_EXAMPLES
@given(network=_NETWORKS, size=_SIZES, kind=_KINDS, plugin=_PLUGINS)
def test_nothing_is_refused_that_fits_and_nothing_passes_that_does_not(
    network: NetworkSettings, size: int, kind: InstanceType, plugin: NetworkPlugin
) -> None:
    assume(kind.gpus == 0)
    nodes = _nodes(size, kind.type)
    (group,) = node_plan.plan(nodes, network.zones)
    count = budget.nodes_in_a_zone(group)
    zone = subnets.plan(network.cidr, network.pod_cidr, network.zones)[0]

    refused = {overflow.tier for overflow in budget.overflows(network, nodes, plugin)}

    node_room, pod_room = zone.node.num_addresses - 5, zone.pod.num_addresses - 5
    assert ("node" in refused) == (32 + count * budget.node_subnet_addresses(kind, plugin) > node_room)
    assert ("pod" in refused) == (count * budget.pod_subnet_addresses(kind) > pod_room)


@_EXAMPLES
@given(network=_NETWORKS, size=_SIZES, plugin=_PLUGINS)
def test_the_size_proposed_is_the_largest_that_fits(network: NetworkSettings, size: int, plugin: NetworkPlugin) -> None:
    nodes = _nodes(size)
    fitting = budget.fitting_max_size(network, nodes, plugin, "general")

    assert fitting is not None
    assert budget.overflows(network, _nodes(fitting), plugin) == []
    if fitting < size:
        assert budget.overflows(network, _nodes(fitting + 1), plugin)


@_EXAMPLES
@given(network=_NETWORKS, size=_SIZES, plugin=_PLUGINS)
def test_the_blocks_proposed_hold_what_the_old_ones_did_and_are_as_small_as_can_be(
    network: NetworkSettings, size: int, plugin: NetworkPlugin
) -> None:
    nodes = _nodes(size)
    blocks = budget.fitting_blocks(network, nodes, plugin)
    refused = {budget.BLOCKS[overflow.tier] for overflow in budget.overflows(network, nodes, plugin)}
    largest = network.model_copy(update={"cidr": IPv4Network("10.20.0.0/16"), "pod_cidr": IPv4Network("100.64.0.0/16")})

    assert bool(blocks) == (bool(refused) and not budget.overflows(largest, nodes, plugin))
    for setting, block in blocks.items():
        half = next(block.subnets())
        assert getattr(network, setting).subnet_of(half)
        assert budget.overflows(network.model_copy(update={**blocks, setting: half}), nodes, plugin)
    if blocks:
        assert set(blocks) == refused
        assert budget.overflows(network.model_copy(update=blocks), nodes, plugin) == []


def test_a_zonal_role_is_never_proposed_smaller_than_one_node_a_zone() -> None:
    storage = {**_STORAGE, "max_size": 60}

    assert (
        budget.fitting_max_size(_network("10.20.0.0/20"), _nodes(1, storage=storage), NetworkPlugin.VPC_CNI, "storage")
        is None
    )
