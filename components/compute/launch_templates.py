"""What EKS lets us decide about a node's machine: disks, metadata, start, network cards and where it stands."""

import base64
from collections.abc import Mapping
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components.compute import ami
from components.compute.network_plugin import OWN_INTERFACE
from components.compute.node_plan import PlannedGroup
from components.kit.layer import Layer

_TAGGED: Final[Mapping[str, Mapping[str, str]]] = {
    "instance": {},
    "volume": {},
    "network-interface": dict([OWN_INTERFACE]),
}


def launch_template(
    layer: Layer,
    name: str,
    group: PlannedGroup,
    *,
    key: pulumi.Output[str],
    told: str,
    fabric: dict[str, Any],
) -> aws.eks.NodeGroupLaunchTemplateArgs:
    """Make a group's template and return the reference to it. The AMI stays EKS's, and nobody can log in over SSH.

    `told` is the user data, which the node reads at its start.
    """
    template = aws.ec2.LaunchTemplate(
        name,
        block_device_mappings=[
            aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                device_name=device,
                ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                    volume_type="gp3",
                    volume_size=size,
                    encrypted="true",
                    kms_key_id=key,
                    delete_on_termination="true",
                ),
            )
            for device, size in ami.disks(group.ami_family, group.settings.disk_gib)
        ],
        metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
            http_endpoint="enabled",
            http_tokens="required",
            # One hop: a pod that is not on the host's network cannot become the node.
            http_put_response_hop_limit=1,
            instance_metadata_tags="disabled",
        ),
        user_data=base64.b64encode(told.encode()).decode(),
        tag_specifications=[
            aws.ec2.LaunchTemplateTagSpecificationArgs(
                resource_type=kind, tags={"Name": name, "node-role": group.role, **tags}
            )
            for kind, tags in _TAGGED.items()
        ],
        capacity_reservation_specification=_reserved(group),
        update_default_version=True,
        **fabric,
        opts=layer.child(),
    )
    return aws.eks.NodeGroupLaunchTemplateArgs(id=template.id, version=template.latest_version.apply(str))


def fabric(
    layer: Layer, name: str, group: PlannedGroup, *, vpc_id: pulumi.Output[str], cluster_group_id: pulumi.Output[str]
) -> dict[str, Any]:
    """Make what nodes with Elastic Fabric Adapters need and return it as a template's arguments; nothing for others."""
    if not (group.accelerated and group.accelerated.efa):
        return {}
    # Adapters bypass the network's usual rules: both directions must allow the group itself, a wide CIDR block does
    # not do. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html#efa-start-security
    security_group = aws.ec2.SecurityGroup(
        f"{name}-efa",
        vpc_id=vpc_id,
        description="Elastic Fabric Adapters of one node group among themselves",
        tags={"Name": f"{name}-efa"},
        opts=layer.child(),
    )
    for direction, rule in (
        ("in", aws.vpc.SecurityGroupIngressRule),
        ("out", aws.vpc.SecurityGroupEgressRule),
    ):
        rule(
            f"{name}-efa-{direction}",
            security_group_id=security_group.id,
            referenced_security_group_id=security_group.id,
            ip_protocol="-1",
            opts=layer.child(),
        )
    placement = aws.ec2.PlacementGroup(f"{name}-efa", strategy="cluster", opts=layer.child())
    groups = [cluster_group_id, security_group.id]
    return {
        "network_interfaces": [_adapter(card, groups) for card in range(group.settings.kinds[0].efa_interfaces)],
        "placement": aws.ec2.LaunchTemplatePlacementArgs(group_name=placement.name),
    }


def _adapter(card: int, groups: list[pulumi.Output[str]]) -> aws.ec2.LaunchTemplateNetworkInterfaceArgs:
    """Return the adapter of one network card: the first also carries the node's addresses, the others carry none.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html
    """
    return aws.ec2.LaunchTemplateNetworkInterfaceArgs(
        network_card_index=card,
        device_index=min(card, 1),
        interface_type="efa-only" if card else "efa",
        delete_on_termination="true",
        security_groups=groups,
    )


def _reserved(group: PlannedGroup) -> aws.ec2.LaunchTemplateCapacityReservationSpecificationArgs | None:
    reservation = group.accelerated.capacity_reservation if group.accelerated else None
    if reservation is None:
        return None
    return aws.ec2.LaunchTemplateCapacityReservationSpecificationArgs(
        capacity_reservation_target=aws.ec2.LaunchTemplateCapacityReservationSpecificationCapacityReservationTargetArgs(
            capacity_reservation_id=reservation.id,
            capacity_reservation_resource_group_arn=reservation.resource_group_arn,
        )
    )
