"""The way to other networks: from every subnet that someone there may call."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.foundation.network import Network
from components.foundation.network_settings import NetworkSettings
from components.foundation.transit import TransitGatewaySettings
from tests.components import examples
from tests.components.recording import Recording, build

_GATEWAY = "tgw-0123456789abcdef0"
_ZONES = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]


def _settings(cidrs: list[str], **values: Any) -> NetworkSettings:
    gateway = {"id": _GATEWAY, "cidrs": cidrs}
    return examples.parsed(
        NetworkSettings, **{"cidr": "10.20.0.0/16", "zones": _ZONES, "transit_gateway": gateway, **values}
    )


def _built() -> Recording:
    settings = _settings(["10.0.0.0/12", "192.168.0.0/16"])
    return build(lambda: Network("network", settings, account=examples.account(), callers=(), retain_data=True))


def test_the_vpc_is_attached_in_every_zone() -> None:
    attachment = _built().one("aws:ec2transitgateway/vpcAttachment:VpcAttachment", "network-transit").inputs

    assert attachment["transitGatewayId"] == _GATEWAY
    assert attachment["vpcId"] == "<network-vpc.id>"
    assert attachment["subnetIds"] == [f"<network-node-{letter}.id>" for letter in "abc"]


def test_nodes_pods_and_the_api_server_answer_the_other_networks() -> None:
    routes = [made for made in _built().of("aws:ec2/route:Route") if made.inputs.get("transitGatewayId")]

    assert {(made.inputs["routeTableId"], made.inputs["destinationCidrBlock"]) for made in routes} == {
        (f"<network-{table}.id>", block)
        for table in ("private-a", "private-b", "private-c", "control-plane")
        for block in ("10.0.0.0/12", "192.168.0.0/16")
    }
    assert {made.inputs["transitGatewayId"] for made in routes} == {_GATEWAY}
    assert all("network-transit" in made.dependencies for made in routes)


def test_there_is_no_attachment_unless_asked_for() -> None:
    settings = examples.parsed(NetworkSettings, cidr="10.20.0.0/16", zones=_ZONES)
    recording = build(lambda: Network("network", settings, account=examples.account(), callers=(), retain_data=True))

    assert recording.of("aws:ec2transitgateway/vpcAttachment:VpcAttachment") == []


@pytest.mark.parametrize(
    ("cidrs", "values", "reason"),
    [
        (["10.20.4.0/24"], {}, "10.20.4.0/24 cannot be reached .* inside the VPC's 10.20.0.0/16"),
        (["100.64.0.0/16"], {}, "inside the VPC's 100.64.0.0/16"),
        (["0.0.0.0/0"], {}, "set nat to none"),
        (["10.0.0.0/12", "10.1.0.0/16"], {}, "10.0.0.0/12 and 10.1.0.0/16 share addresses"),
        ([], {}, "at least 1"),
    ],
    ids=str,
)
def test_ways_that_lead_nowhere_are_refused(cidrs: list[str], values: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        _settings(cidrs, **values)


def test_everything_may_go_through_the_gateway_where_there_is_no_nat() -> None:
    assert _settings(["0.0.0.0/0"], nat="none").transit_gateway is not None


def test_a_gateway_has_an_id_of_aws() -> None:
    with pytest.raises(ValidationError, match="pattern"):
        examples.parsed(TransitGatewaySettings, id="vgw-1", cidrs=["10.0.0.0/12"])
