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
from components.compute.network_plugin import Routing
from components.compute.node_settings import NodesSettings
from components.foundation import subnets
from components.foundation.network_settings import NetworkSettings
from tests.components.examples import parsed

_ZONES = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
_KINDS = st.sampled_from(sorted(table().values(), key=lambda kind: kind.type))
_ROUTINGS = st.sampled_from(Routing)
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


@pytest.mark.parametrize(
    ("type_", "pods"),
    [
        ("t3.nano", 13),  # one interface beside the first, with one prefix, of which Cilium takes three addresses
        ("t3.small", 93),  # two interfaces of three prefixes
        ("m5.large", 110),  # two interfaces of nine: 285 addresses, and Kubernetes advises no more
        ("m7i.xlarge", 110),
        ("m5.4xlarge", 110),
        ("m5.8xlarge", 250),
        ("m5.24xlarge", 250),
    ],
)
def test_a_node_takes_the_pods_that_all_its_interfaces_but_the_first_have_addresses_for(type_: str, pods: int) -> None:
    assert budget.max_pods(table()[type_], Routing.ENI) == pods


@pytest.mark.parametrize(("type_", "pods"), [("t3.nano", 110), ("m5.8xlarge", 250)])
def test_in_an_overlay_a_machines_interfaces_do_not_matter(type_: str, pods: int) -> None:
    assert budget.max_pods(table()[type_], Routing.OVERLAY) == pods


@pytest.mark.parametrize(
    ("type_", "pods", "prefixes", "addresses"),
    [
        # 110 pods, 3 addresses of Cilium's own and 8 that are kept ready, all on one interface.
        ("m7i.xlarge", 110, 8, 8 * 16 + 1),
        # No more than there is room for.
        ("t3.nano", 13, 1, 16 + 1),
        ("t3.small", 93, 6, 6 * 16 + 2),
        ("m5.24xlarge", 250, 17, 17 * 16 + 1),
        # A node that is told to take fewer.
        ("m7i.xlarge", 40, 4, 4 * 16 + 1),
    ],
)
def test_a_full_node_takes_prefixes_of_its_pod_subnet(type_: str, pods: int, prefixes: int, addresses: int) -> None:
    kind = table()[type_]

    assert budget.prefixes(kind, pods) == prefixes
    assert budget.pod_subnet_addresses(kind, pods) == addresses


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
    network, nodes = _network("10.20.0.0/20", pod_cidr="100.64.0.0/18"), _nodes(36, storage=_STORAGE)

    pod, *others = budget.overflows(network, nodes, Routing.ENI)

    assert others == []
    assert (pod.tier, pod.zone, str(pod.subnet)) == ("pod", "eu-central-1a", "100.64.0.0/21")
    assert pod.by_role == {"general": 16 * 129, "storage": 5 * 129}
    assert pod.why == (
        "the pod subnet 100.64.0.0/21 of eu-central-1a has 2043 usable addresses and would have to hold 2709 "
        "(general 2064, storage 645)"
    )


@pytest.mark.parametrize(("size", "tiers"), [(78, {"pod"}), (79, {"node", "pod"})], ids=["full", "one node more"])
def test_a_subnet_may_be_filled_to_its_last_address(size: int, tiers: set[str]) -> None:
    """251 addresses are 32 for others, 184 for 450 and 100 nodes over 3 zones, 35 for 78 and 26."""
    types = ["m7i.large", "m7a.large", "m6i.large", "m6a.large", "m5.large", "m5a.large"]
    nodes = _nodes(450, spot={"instance_types": types, "min_size": 0, "max_size": size})

    found = budget.overflows(_network("10.20.0.0/20"), nodes, Routing.ENI)

    assert {overflow.tier for overflow in found} == tiers
    assert {overflow.tier for overflow in budget.overflows(_network("10.20.0.0/20"), nodes, Routing.OVERLAY)} == (
        tiers - {"pod"}
    )


def test_a_group_that_retires_counts_as_long_as_it_is_there() -> None:
    again = {"instance_types": ["m7i.xlarge"], "min_size": 1, "max_size": 36}
    both = parsed(NodesSettings, general={**again, "generation": 2}, retiring={"general": again})

    (pod,) = budget.overflows(_network("10.20.0.0/19", pod_cidr="100.64.0.0/18"), both, Routing.ENI)

    assert pod.by_role["general"] == 2 * 16 * 129


def test_nodes_that_take_fewer_pods_take_fewer_addresses() -> None:
    small = {"instance_types": ["m7i.xlarge"], "min_size": 1, "max_size": 60, "max_pods": 40}
    network = _network("10.20.0.0/19", pod_cidr="100.64.0.0/18")

    assert budget.overflows(network, _nodes(60), Routing.ENI)
    assert not budget.overflows(network, parsed(NodesSettings, general=small), Routing.ENI)


@pytest.mark.parametrize(("block", "nodes"), [("100.96.0.0/12", 4096), ("100.96.0.0/16", 256), ("100.96.0.0/20", 16)])
def test_an_overlay_has_a_share_for_so_many_nodes(block: str, nodes: int) -> None:
    assert budget.overlay_nodes(IPv4Network(block)) == nodes


def test_all_nodes_of_all_groups_are_counted_while_they_are_updated() -> None:
    """12 and 6 nodes over three zones, and 7 storage nodes of one zone each with two of the update: 3+2, 2+2, 2+2."""
    assert budget.most_nodes(_nodes(12, storage=_STORAGE), _ZONES) == 18 + 5 + 4 + 4


@_EXAMPLES
@given(kind=_KINDS)
def test_every_pod_of_a_full_node_has_an_address(kind: InstanceType) -> None:
    pods = budget.max_pods(kind, Routing.ENI)

    assert 0 < pods <= budget.max_pods(kind, Routing.OVERLAY) <= 250
    assert budget.prefixes(kind, pods) * 16 >= pods + 3
    assert budget.prefixes(kind, pods) <= (kind.network_interfaces - 1) * (kind.addresses_per_interface - 1)


@_EXAMPLES
@given(size=_SIZES, percent=st.integers(1, 100))
def test_zones_hold_all_nodes_between_them_and_no_zone_two_more_than_its_share(size: int, percent: int) -> None:
    general = {"instance_types": ["m7i.xlarge"], "min_size": 1, "max_size": size, "max_unavailable_percent": percent}
    (group,) = node_plan.plan(parsed(NodesSettings, general=general), _ZONES)

    all_nodes = size + budget.surge(size, zones=3, max_unavailable_percent=percent)

    assert all_nodes <= 3 * budget.nodes_in_a_zone(group) < all_nodes + 3
    assert all_nodes - size >= min(ceil(size * percent / 100), 100)


@_EXAMPLES
@given(network=_NETWORKS, size=_SIZES, kind=_KINDS, routing=_ROUTINGS)
def test_nothing_is_refused_that_fits_and_nothing_passes_that_does_not(
    network: NetworkSettings, size: int, kind: InstanceType, routing: Routing
) -> None:
    assume(kind.gpus == 0)
    nodes = _nodes(size, kind.type)
    (group,) = node_plan.plan(nodes, network.zones)
    count = budget.nodes_in_a_zone(group)
    zone = subnets.plan(network.cidr, network.pod_cidr, network.zones)[0]

    refused = {overflow.tier for overflow in budget.overflows(network, nodes, routing)}

    node_room, pod_room = zone.node.num_addresses - 5, zone.pod.num_addresses - 5
    held = budget.pod_subnet_addresses(kind, budget.max_pods(kind, Routing.ENI))
    assert ("node" in refused) == (32 + count > node_room)
    assert ("pod" in refused) == (routing is Routing.ENI and count * held > pod_room)


@_EXAMPLES
@given(network=_NETWORKS, size=_SIZES, routing=_ROUTINGS)
def test_the_size_proposed_is_the_largest_that_fits(network: NetworkSettings, size: int, routing: Routing) -> None:
    nodes = _nodes(size)
    fitting = budget.fitting_max_size(network, nodes, routing, "general")

    assert fitting is not None
    assert budget.overflows(network, _nodes(fitting), routing) == []
    if fitting < size:
        assert budget.overflows(network, _nodes(fitting + 1), routing)


@_EXAMPLES
@given(network=_NETWORKS, size=_SIZES, routing=_ROUTINGS)
def test_the_blocks_proposed_hold_what_the_old_ones_did_and_are_as_small_as_can_be(
    network: NetworkSettings, size: int, routing: Routing
) -> None:
    nodes = _nodes(size)
    blocks = budget.fitting_blocks(network, nodes, routing)
    refused = {budget.BLOCKS[overflow.tier] for overflow in budget.overflows(network, nodes, routing)}
    largest = network.model_copy(update={"cidr": IPv4Network("10.20.0.0/16"), "pod_cidr": IPv4Network("100.64.0.0/16")})

    assert bool(blocks) == (bool(refused) and not budget.overflows(largest, nodes, routing))
    for setting, block in blocks.items():
        half = next(block.subnets())
        assert getattr(network, setting).subnet_of(half)
        assert budget.overflows(network.model_copy(update={**blocks, setting: half}), nodes, routing)
    if blocks:
        assert set(blocks) == refused
        assert budget.overflows(network.model_copy(update=blocks), nodes, routing) == []


def test_a_zonal_role_is_never_proposed_smaller_than_one_node_a_zone() -> None:
    network = _network("10.20.0.0/20", pod_cidr="100.64.0.0/18")
    nodes = _nodes(40, storage={**_STORAGE, "max_size": 60})

    assert budget.fitting_max_size(network, nodes, Routing.ENI, "storage") is None


def test_what_a_stack_exports_of_a_subnet_are_its_figures() -> None:
    told = [each.told for each in budget.demands(_network(), _nodes(3), Routing.ENI)]

    assert {(each["tier"], each["zone"]) for each in told} == {
        (tier, zone) for tier in ("node", "pod") for zone in _ZONES
    }
    # 10.20.0.0/16 has a /20 of nodes in each zone: all but the five that AWS keeps.
    assert {(each["usable"], each["needed"]) for each in told if each["tier"] == "node"} == {(4091, 32 + 3)}
