"""What is decided about a machine: encrypted disks, hidden metadata, no login, fast network cards where wanted."""

import base64
from typing import Any

import pytest

from tests.components.nodes import ALL, FABRIC, GPU, TEMPLATE, built, templates

_ROLES = ["nodes-general", "nodes-gpu", "nodes-spot", "nodes-storage-a", "nodes-storage-b"]


def test_every_group_has_its_template() -> None:
    assert sorted(templates()) == _ROLES


@pytest.mark.parametrize("name", _ROLES)
def test_a_machines_metadata_is_out_of_reach_for_its_pods(name: str) -> None:
    options = templates()[name]["metadataOptions"]

    assert (options["httpTokens"], options["httpPutResponseHopLimit"]) == ("required", 1)


@pytest.mark.parametrize(
    ("family", "disks"),
    [("bottlerocket", [("/dev/xvda", 4), ("/dev/xvdb", 100)]), ("al2023", [("/dev/xvda", 100)])],
)
def test_every_disk_is_encrypted_gp3(family: str, disks: list[tuple[str, int]]) -> None:
    mappings = templates(ami_family=family)["nodes-general"]["blockDeviceMappings"]

    assert [(mapping["deviceName"], mapping["ebs"]["volumeSize"]) for mapping in mappings] == disks
    for mapping in mappings:
        assert mapping["ebs"]["volumeType"] == "gp3"
        assert (mapping["ebs"]["encrypted"], mapping["ebs"]["kmsKeyId"]) == ("true", "arn:key/volumes")


def test_no_node_can_be_logged_in_to_over_ssh() -> None:
    recording = built(gpu=FABRIC)

    for made in recording.resources:
        assert not {"keyName", "remoteAccess", "adminPassword"} & set(made.inputs), made.name


def test_eks_keeps_its_own_image() -> None:
    """With an image of ours EKS would add nothing to the user data, and no node would join."""
    assert all("imageId" not in template for template in templates().values())


def test_a_budget_of_addresses_reaches_every_node() -> None:
    for made in built(pods=17).of(TEMPLATE):
        assert "max-pods = 17\n" in base64.b64decode(made.inputs["userData"]).decode()


@pytest.mark.parametrize("role", ["general", "spot", "gpu"])
def test_only_storage_nodes_touch_their_local_disks(role: str) -> None:
    every = templates()

    assert "ephemeral-storage" not in base64.b64decode(every[f"nodes-{role}"]["userData"]).decode()
    assert "ephemeral-storage" in base64.b64decode(every["nodes-storage-a"]["userData"]).decode()


def test_without_adapters_the_network_cards_stay_eks_own() -> None:
    for template in templates().values():
        assert not {"networkInterfaces", "placement", "capacityReservationSpecification"} & set(template)


def test_every_network_card_of_a_fabric_node_has_its_adapter() -> None:
    adapters = templates(gpu=FABRIC)["nodes-gpu"]["networkInterfaces"]

    assert [
        (adapter["networkCardIndex"], adapter["deviceIndex"], adapter["interfaceType"]) for adapter in adapters
    ] == [(0, 0, "efa"), *((card, 1, "efa-only") for card in range(1, 32))]
    for adapter in adapters:
        assert adapter["securityGroups"] == ["sg-1", "<nodes-gpu-efa.id>"]
        assert "subnetId" not in adapter


def test_fabric_nodes_stand_close_together_and_talk_freely_among_themselves() -> None:
    recording = built(gpu=FABRIC)

    placement = recording.one("aws:ec2/placementGroup:PlacementGroup", "nodes-gpu-efa")
    template = recording.one(TEMPLATE, "nodes-gpu")
    assert placement.inputs["strategy"] == "cluster"
    assert template.inputs["placement"] == {"groupName": "<nodes-gpu-efa.name>"}
    for direction, type_ in (("in", "securityGroupIngressRule"), ("out", "securityGroupEgressRule")):
        rule = recording.one(f"aws:vpc/{type_}:{type_[0].upper()}{type_[1:]}", f"nodes-gpu-efa-{direction}").inputs
        assert rule["securityGroupId"] == rule["referencedSecurityGroupId"] == "<nodes-gpu-efa.id>"
        assert rule["ipProtocol"] == "-1"
    assert recording.one("aws:ec2/securityGroup:SecurityGroup", "nodes-gpu-efa").inputs["vpcId"] == "vpc-1"


@pytest.mark.parametrize(
    ("reservation", "target"),
    [
        ({"id": "cr-0123456789abcdef0"}, {"capacityReservationId": "cr-0123456789abcdef0"}),
        (
            {"resource_group_arn": "arn:aws:resource-groups:eu-central-1:111122223333:group/gpu"},
            {
                "capacityReservationResourceGroupArn": "arn:aws:resource-groups:eu-central-1:111122223333:group/gpu",
            },
        ),
    ],
    ids=["by id", "by group"],
)
def test_gpu_nodes_come_from_what_was_reserved(reservation: dict[str, Any], target: dict[str, Any]) -> None:
    gpu = {**GPU, "zone": "eu-central-1a", "capacity_reservation": reservation}
    every = templates(gpu=gpu)

    assert every["nodes-gpu"]["capacityReservationSpecification"] == {"capacityReservationTarget": target}
    assert [name for name, made in every.items() if "capacityReservationSpecification" in made] == ["nodes-gpu"]


@pytest.mark.parametrize("role", ALL)
def test_what_a_machine_makes_is_tagged_with_its_role(role: str) -> None:
    name = "nodes-storage-b" if role == "storage" else f"nodes-{role}"

    for specification in templates()[name]["tagSpecifications"]:
        assert specification["tags"].items() >= {"Name": name, "node-role": role}.items()


@pytest.mark.parametrize("name", _ROLES)
def test_the_interfaces_a_machine_starts_with_can_be_told_from_those_of_pods(name: str) -> None:
    tags = {each["resourceType"]: set(each["tags"]) for each in templates()[name]["tagSpecifications"]}

    assert [kind for kind, keys in tags.items() if "platform/network-interface" in keys] == ["network-interface"]
