"""Rules of EKS clusters."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.aws.facts import Facts
from rehearsal.aws.rules.values import known, texts
from rehearsal.providers.standin import Failure, RefusedError

_CLUSTER: Final = "aws:eks/cluster:Cluster"
_ZONES: Final = 2
_SERVICE_RANGE: Final = "kubernetesNetworkConfig.serviceIpv4Cidr"
_PRIVATE: Final = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
_WIDEST: Final = 12
_NARROWEST: Final = 24


def zones(inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """A cluster's subnets lie in at least two availability zones.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html#network-requirements-subnets
    """
    described = _subnets(inputs, facts)
    found = sorted({subnet["AvailabilityZone"] for subnet in described})
    if described and len(found) < _ZONES:
        yield Failure(
            "vpcConfig.subnetIds",
            f"eks CreateCluster refused: InvalidParameterException: Subnets specified must be in at least two "
            f"different AZs, these are in {', '.join(found) or 'none'}",
        )


def one_vpc(inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """A cluster's subnets belong to one VPC.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_VpcConfigRequest.html
    """
    networks = sorted({subnet["VpcId"] for subnet in _subnets(inputs, facts)})
    if len(networks) > 1:
        yield Failure(
            "vpcConfig.subnetIds",
            f"eks CreateCluster: a cluster's subnets belong to one VPC, these to {', '.join(networks)}",
        )


def endpoint_reachable(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A cluster's endpoint is public, private or both.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
    """
    # AWS's defaults: public, not private.
    if known(inputs, "vpcConfig.endpointPublicAccess") is False and not inputs["vpcConfig"].get(
        "endpointPrivateAccess"
    ):
        yield Failure(
            "vpcConfig.endpointPrivateAccess",
            "eks CreateCluster refused: InvalidParameterException: Private and public endpoint access cannot be false",
        )


def service_range(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """The range of a cluster's Kubernetes services is private and between a /24 and a /12.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
    """
    block = known(inputs, _SERVICE_RANGE)
    if not isinstance(block, str):
        return
    try:
        network = ipaddress.IPv4Network(block)
    except ValueError as error:
        yield Failure(_SERVICE_RANGE, f"eks CreateCluster refused: InvalidParameterException: {error}")
        return
    if not any(network.subnet_of(private) for private in _PRIVATE) or not _WIDEST <= network.prefixlen <= _NARROWEST:
        yield Failure(
            _SERVICE_RANGE,
            f"eks CreateCluster refused: InvalidParameterException: {block} must be within "
            f"{', '.join(map(str, _PRIVATE))} and between /{_NARROWEST} and /{_WIDEST}",
        )


def service_range_apart(inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """The range of a cluster's Kubernetes services overlaps none of its network.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
    """
    block = known(inputs, _SERVICE_RANGE)
    networks = {subnet["VpcId"] for subnet in _subnets(inputs, facts)}
    if not isinstance(block, str) or not networks:
        return
    for network in facts.ask("ec2", "DescribeVpcs", {"VpcIds": sorted(networks)})["Vpcs"]:
        for association in network["CidrBlockAssociationSet"]:
            if ipaddress.IPv4Network(block).overlaps(ipaddress.IPv4Network(association["CidrBlock"])):
                yield Failure(
                    _SERVICE_RANGE,
                    f"eks CreateCluster refused: InvalidParameterException: {block} overlaps "
                    f"{association['CidrBlock']} of {network['VpcId']}",
                )


def _subnets(inputs: Mapping[str, Any], facts: Facts) -> list[dict[str, Any]]:
    subnets = [subnet for _, subnet in texts(inputs, "vpcConfig.subnetIds")]
    try:
        found: list[dict[str, Any]] = facts.ask("ec2", "DescribeSubnets", {"SubnetIds": subnets})["Subnets"]
    except RefusedError:
        return []  # named by the rule on references
    return found if subnets else []


OF_INPUTS: Final = {_CLUSTER: (endpoint_reachable, service_range)}
OF_STATE: Final = {_CLUSTER: (zones, one_vpc, service_range_apart)}
