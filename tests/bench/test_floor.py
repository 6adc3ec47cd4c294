"""The floor registers what the stack has, flat: as many resources of the same types with the same inputs."""

import pulumi_aws as aws

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


def test_the_floor_is_as_large_as_the_stack_and_flat() -> None:
    recording = build(floor.program(_DEPLOYMENT))

    vpc = recording.one("aws:ec2/vpc:Vpc", "network-vpc")
    assert vpc.inputs == {"cidrBlock": "10.0.0.0/16"}
    assert (vpc.provider, vpc.protect, vpc.dependencies) == ("aws", False, ())
    assert recording.one("platform:foundation:Network", "network").parent == vpc.parent
    assert recording.one("pulumi:providers:aws", "aws").inputs == {"region": "eu-central-1"}
    assert len(recording.resources) == len(_DEPLOYMENT["resources"])
