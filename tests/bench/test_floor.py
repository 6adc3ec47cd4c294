"""The floor registers what the stack has, flat: as many resources of the same types with the same inputs."""

import importlib

import pytest

from bench import floor
from tests.components.recording import build

_AWS = "urn:pulumi:prod::platform::pulumi:providers:aws::aws"
_LAYER = "urn:pulumi:prod::platform::platform:foundation:Network::network"
_VPC = "urn:pulumi:prod::platform::platform:foundation:Network$aws:ec2/vpc:Vpc::network-vpc"

_DEPLOYMENT = {
    "resources": [
        {"urn": "urn:pulumi:prod::platform::pulumi:pulumi:Stack::platform-prod", "type": "pulumi:pulumi:Stack"},
        {
            "urn": _AWS,
            "type": "pulumi:providers:aws",
            "custom": True,
            "id": "an-id",
            "inputs": {"region": "eu-central-1", "__internal": {}},
        },
        {"urn": _LAYER, "type": "platform:foundation:Network", "custom": False},
        {
            "urn": _VPC,
            "type": "aws:ec2/vpc:Vpc",
            "custom": True,
            "provider": f"{_AWS}::an-id",
            "parent": _LAYER,
            "protect": True,
            "inputs": {"cidrBlock": "10.0.0.0/16"},
        },
    ]
}


@pytest.fixture(autouse=True)
def _sdk_is_loaded() -> None:
    """The floor makes what it makes of the classes that the program has loaded before it."""
    importlib.import_module("pulumi_aws.ec2.vpc")


def test_the_floor_is_as_large_as_the_stack_and_flat() -> None:
    recording = build(floor.program(_DEPLOYMENT))

    vpc = recording.one("aws:ec2/vpc:Vpc", "network-vpc")
    assert vpc.inputs == {"cidrBlock": "10.0.0.0/16"}
    assert (vpc.provider, vpc.protect, vpc.dependencies) == ("aws", False, ())
    assert recording.one("platform:foundation:Network", "network").parent == vpc.parent
    assert recording.one("pulumi:providers:aws", "aws").inputs == {"region": "eu-central-1"}
    assert len(recording.resources) == len(_DEPLOYMENT["resources"])


def test_a_layer_of_the_floor_can_be_there_several_times() -> None:
    recording = build(floor.program(_DEPLOYMENT, layer="platform:foundation:Network", times=3))

    assert {made.name for made in recording.of("aws:ec2/vpc:Vpc")} == {
        "network-vpc",
        "network-vpc-2",
        "network-vpc-3",
    }
    assert len(recording.of("platform:foundation:Network")) == 3
    assert len(recording.of("pulumi:providers:aws")) == 1


def test_what_a_provider_makes_in_a_component_is_left_out_and_what_the_sdk_has_no_class_for_is_made() -> None:
    file = "urn:pulumi:prod::platform::kubernetes:yaml/v2:ConfigFile::file"
    api = "urn:pulumi:prod::platform::pulumi:providers:kubernetes::api"
    custom = {"custom": True, "provider": f"{api}::an-id", "inputs": {"kind": "Kite"}}
    recording = build(
        floor.program(
            {
                "resources": [
                    {"urn": api, "type": "pulumi:providers:kubernetes", "custom": True, "id": "an-id", "inputs": {}},
                    {"urn": file, "type": "kubernetes:yaml/v2:ConfigFile", "custom": False},
                    {"urn": f"{file}$x::inside", "type": "kubernetes:example.com/v1:Kite", "parent": file, **custom},
                    {"urn": f"{api}$x::kite", "type": "kubernetes:example.com/v1:Kite", **custom},
                ]
            }
        )
    )

    assert [made.name for made in recording.of("kubernetes:example.com/v1:Kite")] == ["kite"]
    assert [made.name for made in recording.of("kubernetes:yaml/v2:ConfigFile")] == ["file"]
