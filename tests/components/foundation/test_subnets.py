"""The address plan holds for every VPC the settings allow."""

from ipaddress import IPv4Network
from itertools import combinations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from components.foundation.subnets import ZonePlan, plan

_ZONES = [f"eu-central-1{letter}" for letter in "abcdefgh"]


@st.composite
def _vpcs(draw: st.DrawFn) -> IPv4Network:
    prefix = draw(st.integers(16, 20))
    return IPv4Network((int(IPv4Network("10.0.0.0/8")[0]) + draw(st.integers(0, 255)) * 2**16, prefix))


@st.composite
def _pod_blocks(draw: st.DrawFn) -> IPv4Network:
    return IPv4Network(
        (int(IPv4Network("100.64.0.0/10")[0]) + draw(st.integers(0, 63)) * 2**16, draw(st.integers(16, 18)))
    )


_zone_lists = st.lists(st.sampled_from(_ZONES), min_size=1, max_size=8, unique=True)


def _routed(zone: ZonePlan) -> list[IPv4Network]:
    return [zone.public, zone.node, zone.control_plane]


@given(_vpcs(), _pod_blocks(), _zone_lists)
def test_no_two_subnets_overlap(cidr: IPv4Network, pods: IPv4Network, zones: list[str]) -> None:
    blocks = [block for zone in plan(cidr, pods, zones) for block in [*_routed(zone), zone.pod]]
    assert not [pair for pair in combinations(blocks, 2) if pair[0].overlaps(pair[1])]


@given(_vpcs(), _pod_blocks(), _zone_lists)
def test_every_subnet_lies_in_its_vpc_block(cidr: IPv4Network, pods: IPv4Network, zones: list[str]) -> None:
    for zone in plan(cidr, pods, zones):
        assert all(block.subnet_of(cidr) for block in _routed(zone))
        assert zone.pod.subnet_of(pods)


@given(_vpcs(), _pod_blocks(), _zone_lists)
def test_no_subnet_is_smaller_than_aws_allows(cidr: IPv4Network, pods: IPv4Network, zones: list[str]) -> None:
    for zone in plan(cidr, pods, zones):
        assert max(block.prefixlen for block in [*_routed(zone), zone.pod]) <= 28


@given(_vpcs(), _pod_blocks(), _zone_lists, st.randoms())
def test_a_zone_keeps_its_subnets_whatever_the_other_zones_are(
    cidr: IPv4Network, pods: IPv4Network, zones: list[str], random: Random
) -> None:
    alone = {zone: plan(cidr, pods, [zone])[0] for zone in zones}
    shuffled = random.sample(zones, len(zones))
    assert list(plan(cidr, pods, shuffled)) == [alone[zone] for zone in shuffled]


def test_a_zone_of_a_slash_16_gets_these_blocks() -> None:
    (zone,) = plan(IPv4Network("10.20.0.0/16"), IPv4Network("100.64.0.0/16"), ["eu-central-1b"])
    assert zone == ZonePlan(
        zone="eu-central-1b",
        letter="b",
        node=IPv4Network("10.20.32.0/20"),
        public=IPv4Network("10.20.48.0/22"),
        control_plane=IPv4Network("10.20.63.240/28"),
        pod=IPv4Network("100.64.32.0/19"),
    )
