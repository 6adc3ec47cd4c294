"""Gateways, endpoints, addresses and load balancers cost by the hour, and by what goes through them."""

from typing import Any, Final

import pytest

from tests.cost.making import HOURS, entry, estimated, lines

_SERVICE: Final = "kubernetes:core/v1:Service"
_GATEWAY: Final = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
_SCHEME: Final = "service.beta.kubernetes.io/aws-load-balancer-scheme"
_PUBLIC: Final = {_SCHEME: "internet-facing"}
_ZONES: Final = 2


def _typical(*entries: dict[str, Any], region: str = "us-east-1") -> dict[str, float]:
    return {what: usd[1] for what, usd in lines(estimated(*entries, region=region)).items()}


@pytest.mark.parametrize(("region", "hourly"), [("us-east-1", 0.045), ("eu-central-1", 0.052), ("eu-west-1", 0.048)])
def test_a_nat_gateway_costs_by_the_hour_and_by_what_goes_through(region: str, hourly: float) -> None:
    found = _typical(entry("aws:ec2/natGateway:NatGateway"), region=region)

    assert found == {"hours": round(HOURS * hourly, 2), "traffic": round(200 * hourly, 2)}


def test_a_public_address_costs_by_the_hour() -> None:
    assert _typical(entry("aws:ec2/eip:Eip")) == {"public address": 3.65}


def test_an_interface_endpoint_costs_in_each_zone_and_a_gateway_nothing() -> None:
    kind = "aws:ec2/vpcEndpoint:VpcEndpoint"
    # What a plan does not know yet of a list is what stands in it, not how long it is.
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

    assert _typical(entry(kind, vpcEndpointType="Interface", subnetIds=["a", unknown, "c"])) == {
        "hours": round(3 * HOURS * 0.01, 2),
        "traffic": 0.2,
    }
    assert _typical(entry(kind, vpcEndpointType="Gateway")) == {}
    assert _typical(entry(kind)) == {}


def test_an_attachment_to_a_transit_gateway_costs_by_the_hour() -> None:
    assert _typical(entry("aws:ec2transitgateway/vpcAttachment:VpcAttachment")) == {"hours": 36.5, "traffic": 2.0}


def test_a_vpc_costs_what_goes_between_its_zones() -> None:
    assert _typical(entry("aws:ec2/vpc:Vpc")) == {"traffic between zones": 10.0}


_BALANCER: Final = {"load balancer": round(HOURS * 0.0225, 2), "capacity units": round(HOURS * 0.006, 2)}
_OUTSIDE: Final = {"public addresses": round(HOURS * _ZONES * 0.005, 2), "traffic out": 9.0}


@pytest.mark.parametrize(
    ("made", "found"),
    [
        (entry(_SERVICE, spec={"type": "ClusterIP"}), {}),
        (entry(_SERVICE, spec={}), {}),
        (entry(_SERVICE, spec={"type": "LoadBalancer"}), _BALANCER),
        (entry(_SERVICE, spec={"type": "LoadBalancer"}, metadata={"annotations": _PUBLIC}), _BALANCER | _OUTSIDE),
        (entry(_GATEWAY, spec={}), _BALANCER),
        (entry(_GATEWAY, spec={"infrastructure": {"annotations": _PUBLIC}}), _BALANCER | _OUTSIDE),
        (
            entry("kubernetes:elbv2.k8s.aws/v1beta1:IngressClassParams", spec={"scheme": "internal"}),
            _BALANCER | {"capacity units": round(HOURS * 0.008, 2)},
        ),
        (
            entry(
                "kubernetes:helm.sh/v3:Release",
                chart="ingress-nginx",
                values={"controller": {"service": {"annotations": _PUBLIC}}},
            ),
            _BALANCER | _OUTSIDE,
        ),
    ],
    ids=["no balancer", "nothing said", "internal", "public", "gateway", "public gateway", "alb", "nginx"],
)
def test_a_load_balancer_costs_and_a_public_one_its_addresses_and_what_goes_out(
    made: dict[str, Any], found: dict[str, float]
) -> None:
    assert _typical(made) == found
