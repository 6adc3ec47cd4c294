"""Rules of ways in and out: what must be connected before something that needs the connection is made."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.aws.facts import Facts
from rehearsal.aws.rules.values import known, texts
from rehearsal.providers.standin import Failure, RefusedError

_ANYWHERE: Final = "0.0.0.0/0"
_GATEWAY_SERVICES: Final = ("s3", "dynamodb")
# What a node needs to join a cluster from a network without a way out.
_NODE_SERVICES: Final = ("ec2", "ecr.api", "ecr.dkr", "s3")
_SUBNET: Final = "aws:ec2/subnet:Subnet"


def zone(inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """A subnet lies in a zone of the provider's region, which the program names.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html
    """
    zones = facts.ask("ec2", "DescribeAvailabilityZones", {})["AvailabilityZones"]
    for name, field in (("availabilityZone", "ZoneName"), ("availabilityZoneId", "ZoneId")):
        wanted = known(inputs, name)
        there = [item[field] for item in zones]
        if isinstance(wanted, str) and wanted not in there:
            yield Failure(
                name,
                f"ec2 CreateSubnet refused: InvalidParameterValue: Value ({wanted}) for parameter {name} is invalid. "
                f"Subnets can currently only be created in the following availability zones: {', '.join(there)}",
            )
    if inputs.get("availabilityZone") is None and inputs.get("availabilityZoneId") is None:
        yield Failure("availabilityZone", "which zone AWS would choose cannot be rehearsed; name availabilityZone")


def internet_gateway(inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """A public NAT gateway needs an internet gateway on its network first.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
    """
    if known(inputs, "connectivityType") == "private":
        return
    for place, subnet in texts(inputs, "subnetId"):
        network = _network(subnet, facts)
        attached = [{"Name": "attachment.vpc-id", "Values": [network]}]
        if network and not facts.ask("ec2", "DescribeInternetGateways", {"Filters": attached})["InternetGateways"]:
            yield Failure(
                place,
                f"ec2 CreateNatGateway: the gateway would fail with Gateway.NotAttached: Network {network} has no "
                f"Internet gateway attached; the NAT gateway must depend on the internet gateway",
            )


def endpoint_service(inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """An endpoint's service is one of the region, and of the endpoint's kind.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
    """
    name = known(inputs, "serviceName")
    if not isinstance(name, str) or not name.startswith("com.amazonaws.") or inputs.get("serviceRegion") is not None:
        return
    region, _, service = name.removeprefix("com.amazonaws.").partition(".")
    if region not in {facts.region, "s3-global"}:
        yield Failure(
            "serviceName",
            f"ec2 CreateVpcEndpoint refused: InvalidServiceName: The Vpc Endpoint Service '{name}' does not exist in "
            f"{facts.region}",
        )
    if inputs.get("vpcEndpointType", "Gateway") == "Gateway" and service not in _GATEWAY_SERVICES:
        yield Failure(
            "vpcEndpointType",
            f"ec2 CreateVpcEndpoint refused: InvalidParameter: Endpoint type (Gateway) does not match available "
            f"service types ([Interface]) of {name}",
        )


def nodes_reach_out(inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """Nodes can reach the services they join the cluster with, when they start.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
    """
    for place, subnet in texts(inputs, "subnetIds"):
        network = _network(subnet, facts)
        if network and not _routed(subnet, network, facts) and not _endpoints(network, facts):
            yield Failure(
                place,
                f"eks CreateNodegroup would fail with NodeCreationFailure after 20 minutes: {subnet} has no route to "
                f"{_ANYWHERE} yet (and no endpoints of {', '.join(_NODE_SERVICES)}), so its nodes could not join; "
                f"the node group must depend on the route",
            )


def _network(subnet: str, facts: Facts) -> str:
    try:
        found = facts.ask("ec2", "DescribeSubnets", {"SubnetIds": [subnet]})["Subnets"]
    except RefusedError:
        return ""  # named by the rule on references
    return str(found[0]["VpcId"])


def _routed(subnet: str, network: str, facts: Facts) -> bool:
    own = [{"Name": "association.subnet-id", "Values": [subnet]}]
    main = [{"Name": "vpc-id", "Values": [network]}, {"Name": "association.main", "Values": ["true"]}]
    tables: list[dict[str, Any]] = []
    for filters in (own, main):
        tables = tables or facts.ask("ec2", "DescribeRouteTables", {"Filters": filters})["RouteTables"]
    routes = [route for table in tables for route in table["Routes"]]
    return any(route.get("DestinationCidrBlock") == _ANYWHERE for route in routes)


def _endpoints(network: str, facts: Facts) -> bool:
    filters = [{"Name": "vpc-id", "Values": [network]}]
    found = facts.ask("ec2", "DescribeVpcEndpoints", {"Filters": filters})["VpcEndpoints"]
    services = {endpoint["ServiceName"] for endpoint in found}
    return all(f"com.amazonaws.{facts.region}.{service}" in services for service in _NODE_SERVICES)


OF_INPUTS: Final = {
    _SUBNET: (zone,),
    "aws:ec2/vpcEndpoint:VpcEndpoint": (endpoint_service,),
}
OF_STATE: Final = {
    "aws:ec2/natGateway:NatGateway": (internet_gateway,),
    "aws:eks/nodeGroup:NodeGroup": (nodes_reach_out,),
}
