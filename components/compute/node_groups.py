"""The nodes: groups of machines of one role each, described as data and made by one builder."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final, Self

import pulumi
import pulumi_aws as aws
from pydantic import Field, field_validator, model_validator

from components.compute.cluster import ClusterOutputs
from components.compute.instance_types import InstanceType, KnownInstanceType, table
from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionOutputs
from components.foundation.network import NetworkOutputs
from components.kit import iam
from components.kit.layer import Layer
from components.kit.settings import Settings

_NODE_POLICIES: Final = {
    "worker": "AmazonEKSWorkerNodePolicy",
    "images": "AmazonEC2ContainerRegistryPullOnly",
    "cni": "AmazonEKS_CNI_Policy",
}


# A third of a group at a time: an update ends in three rounds and two thirds keep serving.
_UNAVAILABLE_PERCENT: Final = 33
# The system volume of Bottlerocket's own AMIs; images and pods live on the second one.
_BOTTLEROCKET_SYSTEM_GIB: Final = 4


class AmiFamily(StrEnum):
    """The operating systems a node can run."""

    BOTTLEROCKET = "bottlerocket"
    AL2023 = "al2023"


class NodeGroupSettings(Settings):
    """The machines of one role."""

    instance_types: Annotated[
        tuple[KnownInstanceType, ...], Field(min_length=1, max_length=20, examples=[["m7i.xlarge"]])
    ]
    """Instance types the group may use, in order of preference; all of one architecture."""

    min_size: Annotated[int, Field(ge=0, le=450)]
    """Fewest nodes. (A managed node group holds at most 450.)"""

    max_size: Annotated[int, Field(ge=1, le=450)]
    """Most nodes the autoscaler may ask for."""

    disk_gib: Annotated[int, Field(ge=20, le=16384)] = 100
    """Size of each node's disk for images and ephemeral storage, in GiB."""

    @field_validator("instance_types")
    @classmethod
    def _types_share_an_architecture(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        architectures = {name: table()[name].architecture for name in names}
        if len(set(architectures.values())) > 1:
            listed = ", ".join(f"{name} is {architecture}" for name, architecture in architectures.items())
            raise ValueError(f"one group runs one AMI, so its types must share an architecture: {listed}")
        return names

    @model_validator(mode="after")
    def _sizes_are_in_order(self) -> Self:
        if self.min_size > self.max_size:
            raise ValueError(f"min_size {self.min_size} is greater than max_size {self.max_size}")
        return self

    @property
    def architecture(self) -> str:
        """The architecture all types share: ``x86_64`` or ``arm64``."""
        return table()[self.instance_types[0]].architecture


class NodesSettings(Settings):
    """The node groups. A role that is left out has no nodes; general must be there for the platform itself."""

    ami_family: AmiFamily = AmiFamily.BOTTLEROCKET
    """The operating system of every node."""

    general: NodeGroupSettings
    """On-demand nodes for everything that does not ask for others."""

    spot: NodeGroupSettings | None = None
    """Spot nodes, which AWS may take back with two minutes' notice; only for pods that tolerate it."""

    gpu: NodeGroupSettings | None = None
    """Nodes with NVIDIA devices, only for pods that ask for one."""

    storage: NodeGroupSettings | None = None
    """Nodes with local NVMe disks, only for pods that ask for high I/O."""

    @field_validator("general", "spot", "storage")
    @classmethod
    def _only_the_gpu_group_has_devices(cls, group: NodeGroupSettings | None) -> NodeGroupSettings | None:
        _refuse(group, lambda kind: kind.gpus > 0, "has NVIDIA devices, whose drivers only the gpu group's AMI carries")
        return group

    @field_validator("gpu")
    @classmethod
    def _the_gpu_group_has_devices(cls, group: NodeGroupSettings | None) -> NodeGroupSettings | None:
        _refuse(group, lambda kind: kind.gpus == 0, "has no NVIDIA device")
        return group

    @field_validator("storage")
    @classmethod
    def _the_storage_group_has_disks(cls, group: NodeGroupSettings | None) -> NodeGroupSettings | None:
        _refuse(group, lambda kind: kind.nvme_gb == 0, "has no local NVMe disk")
        return group

    def groups(self) -> dict[str, NodeGroupSettings]:
        """Return the groups that are to be made, by role."""
        named = {"general": self.general, "spot": self.spot, "gpu": self.gpu, "storage": self.storage}
        return {role: group for role, group in named.items() if group}


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What sets the nodes of one role apart.

    Attributes:
        capacity_type: ``ON_DEMAND`` or ``SPOT``.
        taint: Key and value of the taint (effect NoSchedule) that keeps other pods away; none for general nodes.
        gpu: Whether the AMI must carry the NVIDIA driver.

    """

    capacity_type: str = "ON_DEMAND"
    taint: tuple[str, str] | None = None
    gpu: bool = False


ROLES: Final = {
    "general": Role(),
    "spot": Role(capacity_type="SPOT", taint=("node-role", "spot")),
    # The key that the NVIDIA device plug-in and every GPU chart tolerate by default.
    "gpu": Role(taint=("nvidia.com/gpu", "present"), gpu=True),
    "storage": Role(taint=("node-role", "storage")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NodesOutputs:
    """What the layers above need of the nodes."""

    role_arn: pulumi.Output[str]
    role_name: pulumi.Output[str]
    autoscaling_group_names: pulumi.Output[dict[str, str]]


class Nodes(Layer, kind="platform:compute:Nodes"):
    """Managed node groups, one for each role the settings name."""

    def __init__(
        self,
        name: str,
        settings: NodesSettings,
        *,
        account: AccountSettings,
        network: NetworkOutputs,
        keys: EncryptionOutputs,
        cluster: ClusterOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._name = name
        role = aws.iam.Role(
            f"{name}-node", assume_role_policy=iam.service_trust("ec2.amazonaws.com"), opts=self.child()
        )
        permissions = [
            aws.iam.RolePolicyAttachment(
                f"{name}-node-{purpose}",
                role=role.name,
                policy_arn=f"arn:{account.partition}:iam::aws:policy/{policy}",
                opts=self.child(),
            )
            for purpose, policy in _NODE_POLICIES.items()
        ]
        made = {
            purpose: aws.eks.NodeGroup(
                f"{name}-{purpose}",
                cluster_name=cluster.name,
                node_role_arn=role.arn,
                subnet_ids=network.node_subnet_ids,
                version=cluster.version,
                launch_template=self._launch_template(purpose, group, settings.ami_family, keys.volumes_key_arn),
                **_arguments(purpose, group, settings.ami_family),
                opts=self.child(
                    depends_on=permissions,
                    # The autoscaler owns the number of nodes between the bounds.
                    ignore_changes=["scalingConfig.desiredSize"],
                ),
            )
            for purpose, group in settings.groups().items()
        }
        self.outputs = self.publish(
            NodesOutputs(
                role_arn=role.arn,
                role_name=role.name,
                autoscaling_group_names=pulumi.Output.all(
                    **{purpose: group.resources[0].autoscaling_groups[0].name for purpose, group in made.items()}
                ),
            )
        )

    def _launch_template(
        self, purpose: str, group: NodeGroupSettings, family: AmiFamily, key: pulumi.Output[str]
    ) -> aws.eks.NodeGroupLaunchTemplateArgs:
        """Make what EKS lets us decide about the machine itself; the AMI and its start-up stay EKS's."""
        template = aws.ec2.LaunchTemplate(
            f"{self._name}-{purpose}",
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
                for device, size in _disks(family, group.disk_gib)
            ],
            metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
                http_endpoint="enabled",
                http_tokens="required",
                # One hop: a pod that is not on the host's network cannot become the node.
                http_put_response_hop_limit=1,
                instance_metadata_tags="disabled",
            ),
            tag_specifications=[
                aws.ec2.LaunchTemplateTagSpecificationArgs(
                    resource_type=kind, tags={"Name": f"{self._name}-{purpose}", "node-role": purpose}
                )
                for kind in ("instance", "volume", "network-interface")
            ],
            update_default_version=True,
            opts=self.child(),
        )
        return aws.eks.NodeGroupLaunchTemplateArgs(id=template.id, version=template.latest_version.apply(str))


def _arguments(purpose: str, group: NodeGroupSettings, family: AmiFamily) -> dict[str, Any]:
    """Return what follows from a group's role and settings alone."""
    role = ROLES[purpose]
    return {
        "ami_type": ami_type(family, group.architecture, gpu=role.gpu),
        "capacity_type": role.capacity_type,
        "instance_types": list(group.instance_types),
        "labels": {"node-role": purpose},
        "taints": [
            aws.eks.NodeGroupTaintArgs(key=key, value=value, effect="NO_SCHEDULE")
            for key, value in ([role.taint] if role.taint else [])
        ],
        "scaling_config": aws.eks.NodeGroupScalingConfigArgs(
            min_size=group.min_size, max_size=group.max_size, desired_size=group.min_size
        ),
        "update_config": aws.eks.NodeGroupUpdateConfigArgs(max_unavailable_percentage=_UNAVAILABLE_PERCENT),
    }


def ami_type(family: AmiFamily, architecture: str, *, gpu: bool) -> str:
    """Return EKS's name for an AMI.

    https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
    """
    chip = {"x86_64": "x86_64", "arm64": "ARM_64"}[architecture]
    if family is AmiFamily.BOTTLEROCKET:
        return f"BOTTLEROCKET_{chip}_NVIDIA" if gpu else f"BOTTLEROCKET_{chip}"
    return f"AL2023_{chip}_{'NVIDIA' if gpu else 'STANDARD'}"


def _disks(family: AmiFamily, size: int) -> list[tuple[str, int]]:
    """Return device names and sizes in GiB: Bottlerocket keeps its system apart from images and pods."""
    if family is AmiFamily.BOTTLEROCKET:
        return [("/dev/xvda", _BOTTLEROCKET_SYSTEM_GIB), ("/dev/xvdb", size)]
    return [("/dev/xvda", size)]


def _refuse(group: NodeGroupSettings | None, unfit: Callable[[InstanceType], bool], why: str) -> None:
    for name in group.instance_types if group else ():
        if unfit(table()[name]):
            raise ValueError(f"{name} {why}")
