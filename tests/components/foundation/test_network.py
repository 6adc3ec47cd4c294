"""The network: what is in each tier, and how each tier gets out."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.foundation.network import Network
from components.foundation.network_settings import NetworkSettings
from tests.components.examples import account, parsed
from tests.components.recording import Recording, build

_ZONES = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]


def _settings(**values: Any) -> NetworkSettings:
    return parsed(NetworkSettings, **{"cidr": "10.20.0.0/16", "zones": _ZONES, **values})


def _built(**values: Any) -> Recording:
    return _network(_settings(**values), retain_data=True)


def _network(settings: NetworkSettings, *, retain_data: bool) -> Recording:
    callers = ("nodes", "workloads", "cilium", "eks-pod-identity-agent")
    return build(lambda: Network("network", settings, account=account(), callers=callers, retain_data=retain_data))


def _routes(recording: Recording) -> dict[str, dict[str, Any]]:
    return {route.name: route.inputs for route in recording.of("aws:ec2/route:Route")}


def test_each_zone_has_a_subnet_of_each_tier() -> None:
    subnets = _built().of("aws:ec2/subnet:Subnet")

    placed = sorted((subnet.inputs["tags"]["platform/tier"], subnet.inputs["availabilityZone"]) for subnet in subnets)

    assert placed == [(tier, zone) for tier in ("control-plane", "node", "pod", "public") for zone in _ZONES]


def test_no_subnet_gives_its_instances_public_addresses() -> None:
    assert [made.name for made in _built().of("aws:ec2/subnet:Subnet") if made.inputs.get("mapPublicIpOnLaunch")] == []


def test_balancers_and_cilium_find_their_subnets_by_tag() -> None:
    recording = _built()

    tags = {
        tier: recording.one("aws:ec2/subnet:Subnet", f"network-{tier}-a").inputs["tags"]
        for tier in ("public", "node", "pod", "control-plane")
    }

    assert tags["public"]["kubernetes.io/role/elb"] == "1"
    assert tags["node"]["kubernetes.io/role/internal-elb"] == "1"
    assert tags["pod"]["cilium.io/pod-subnet"] == "true"
    assert [tier for tier in tags if "kubernetes.io/role/elb" in tags[tier]] == ["public"]
    assert [tier for tier in tags if "cilium.io/pod-subnet" in tags[tier]] == ["pod"]


def test_pod_subnets_wait_for_the_block_they_lie_in() -> None:
    pod = _built().one("aws:ec2/subnet:Subnet", "network-pod-b")

    assert "network-pods" in pod.dependencies


def test_every_subnet_has_exactly_one_route_table() -> None:
    recording = _built()

    associated = sorted(
        made.inputs["subnetId"] for made in recording.of("aws:ec2/routeTableAssociation:RouteTableAssociation")
    )

    assert associated == sorted(f"<{subnet.name}.id>" for subnet in recording.of("aws:ec2/subnet:Subnet"))


@pytest.mark.parametrize(
    ("mode", "gateways", "ways"),
    [
        (
            "per_zone",
            ["network-nat-a", "network-nat-b", "network-nat-c"],
            ["network-nat-a", "network-nat-b", "network-nat-c"],
        ),
        ("single", ["network-nat-a"], ["network-nat-a"] * 3),
        ("none", [], []),
    ],
)
def test_private_subnets_get_out_as_the_mode_says(mode: str, gateways: list[str], ways: list[str]) -> None:
    recording = _built(nat=mode)

    assert sorted(made.name for made in recording.of("aws:ec2/natGateway:NatGateway")) == gateways
    taken = [inputs["natGatewayId"] for name, inputs in sorted(_routes(recording).items()) if "natGatewayId" in inputs]
    assert taken == [f"<{way}.id>" for way in ways]


def test_a_nat_gateway_lies_in_a_public_subnet_and_waits_for_the_way_out() -> None:
    gateway = _built().one("aws:ec2/natGateway:NatGateway", "network-nat-b")

    assert gateway.inputs["subnetId"] == "<network-public-b.id>"
    assert gateway.inputs["allocationId"] == "<network-nat-b.allocationId>"
    assert "network-public-internet" in gateway.dependencies


def test_the_control_planes_subnets_have_no_way_out() -> None:
    recording = _built()
    table = recording.one("aws:ec2/routeTableAssociation:RouteTableAssociation", "network-control-plane-a").inputs[
        "routeTableId"
    ]

    assert table == "<network-control-plane.id>"
    assert [name for name, inputs in _routes(recording).items() if inputs["routeTableId"] == table] == []


def test_s3_is_reached_from_every_private_table_without_nat() -> None:
    endpoint = _built().one("aws:ec2/vpcEndpoint:VpcEndpoint", "network-s3").inputs

    assert endpoint["serviceName"] == "com.amazonaws.eu-central-1.s3"
    assert endpoint["routeTableIds"] == [f"<network-private-{letter}.id>" for letter in "abc"]


def test_a_network_without_nat_reaches_what_nodes_need_through_endpoints() -> None:
    endpoints = _built(nat="none").of("aws:ec2/vpcEndpoint:VpcEndpoint")

    services = {made.inputs["serviceName"].removeprefix("com.amazonaws.eu-central-1.") for made in endpoints}
    assert {"ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sts", "s3"} <= services
    assert len(_built().of("aws:ec2/vpcEndpoint:VpcEndpoint")) == 1


def test_interface_endpoints_stand_in_for_the_public_names_of_their_services() -> None:
    endpoints = _built(nat="none").of("aws:ec2/vpcEndpoint:VpcEndpoint")
    interfaces = [made.inputs for made in endpoints if made.inputs["vpcEndpointType"] == "Interface"]

    assert {made["privateDnsEnabled"] for made in interfaces} == {True}
    assert {tuple(made["securityGroupIds"]) for made in interfaces} == {("<network-endpoints.id>",)}
    assert {tuple(made["subnetIds"]) for made in interfaces} == {tuple(f"<network-node-{zone}.id>" for zone in "abc")}


def test_interface_endpoints_answer_https_from_inside_the_vpc_only() -> None:
    rules = _built(nat="none").of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")

    assert sorted((rule.inputs["cidrIpv4"], rule.inputs["fromPort"], rule.inputs["toPort"]) for rule in rules) == [
        ("10.20.0.0/16", 443, 443),
        ("100.64.0.0/16", 443, 443),
    ]


def test_the_default_security_group_lets_nothing_in_or_out() -> None:
    group = _built().one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "network-default").inputs

    assert group["vpcId"] == "<network-vpc.id>"
    assert (group["ingress"], group["egress"]) == ([], [])


def test_a_pool_gives_the_very_block_that_the_plan_names() -> None:
    vpc = _built(ipam_pool_id="ipam-pool-0123456789abcdef0").one("aws:ec2/vpc:Vpc", "network-vpc").inputs

    assert (vpc["ipv4IpamPoolId"], vpc["cidrBlock"]) == ("ipam-pool-0123456789abcdef0", "10.20.0.0/16")
    assert "ipv4IpamPoolId" not in _built().one("aws:ec2/vpc:Vpc", "network-vpc").inputs


@pytest.mark.parametrize(
    ("values", "modes"),
    [
        ({}, []),
        ({"block_public_access": "ingress"}, ["block-ingress"]),
        ({"block_public_access": "bidirectional", "nat": "none"}, ["block-bidirectional"]),
    ],
    ids=str,
)
def test_the_internet_is_blocked_for_the_account_only_where_that_is_asked_for(
    values: dict[str, Any], modes: list[str]
) -> None:
    blocks = _built(**values).of("aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions")

    assert [made.inputs["internetGatewayBlockMode"] for made in blocks] == modes


@pytest.mark.parametrize("nat", ["per_zone", "single"])
def test_every_node_and_pod_subnet_reaches_the_internet_hop_by_hop(nat: str) -> None:
    """From a subnet's table to a NAT gateway, from that gateway's subnet's table to the internet gateway."""
    recording = _built(nat=nat)
    tables = {
        made.inputs["subnetId"]: made.inputs["routeTableId"]
        for made in recording.of("aws:ec2/routeTableAssociation:RouteTableAssociation")
    }
    ways = {inputs["routeTableId"]: inputs for inputs in _routes(recording).values()}
    lies_in = {f"<{made.name}.id>": made.inputs["subnetId"] for made in recording.of("aws:ec2/natGateway:NatGateway")}

    for tier in ("node", "pod"):
        for letter in "abc":
            way = ways[tables[f"<network-{tier}-{letter}.id>"]]
            onward = ways[tables[lies_in[way["natGatewayId"]]]]
            assert (way["destinationCidrBlock"], onward["destinationCidrBlock"]) == ("0.0.0.0/0", "0.0.0.0/0")
            assert onward["gatewayId"] == "<network-internet.id>"


@pytest.mark.parametrize("retain", [True, False])
def test_the_vpc_is_protected_where_data_is_retained(retain: bool) -> None:  # noqa: FBT001 - the row's value
    recording = _network(_settings(), retain_data=retain)

    assert recording.one("aws:ec2/vpc:Vpc", "network-vpc").protect is retain


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"cidr": "10.0.0.0/33"}, "not a valid netmask"),
        ({"cidr": "10.0.0.1/16"}, "host bits set"),
        ({"cidr": "10.0.0.0/8"}, "/16 to /20"),
        ({"cidr": "10.0.0.0/24"}, "/16 to /20"),
        ({"cidr": "8.8.0.0/16"}, "private range"),
        ({"pod_cidr": "10.99.0.0/16"}, "inside 100.64.0.0/10"),
        ({"pod_cidr": "100.64.0.0/10"}, "/16 to /18"),
        ({"zones": _ZONES[:2]}, "at least 3"),
        ({"zones": [*_ZONES[:2], _ZONES[0]]}, "only once"),
        ({"zones": [*_ZONES[:2], "eu-central-1x"]}, "pattern"),
        ({"nat": "triple"}, "per_zone"),
        ({"ip_family": "ipv6"}, "ipv6 cannot work here: .* IPv4 only"),
        ({"ipam_pool_id": "pool-1"}, "pattern"),
        ({"block_public_access": "bidirectional"}, "nat is per_zone"),
    ],
    ids=str,
)
def test_impossible_networks_are_refused(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        _settings(**values)
