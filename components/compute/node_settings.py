"""What a stack decides about its nodes, and which choices are refused."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Annotated, ClassVar, Final, Self

from pydantic import Field, field_validator, model_validator

from components.compute.ami import AmiFamily, refuse_unknown_gpus
from components.compute.instance_types import InstanceType, KnownInstanceType, table
from components.compute.user_data import LocalDisks
from components.kit.settings import Settings

# What cluster-autoscaler itself allows between nodes it takes for alike (MaxCapacityMemoryDifferenceRatio).
# https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/config/const.go
_MEMORY_TOLERANCE: Final = 0.015
# A Spot pool is a type in a zone; the fewer there are to choose from, the more often all are taken back together.
_LEAST_SPOT_TYPES: Final = 6
_LEAST_SPOT_FAMILIES: Final = 3

Zone = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d[a-h]$", examples=["eu-central-1a"])]
"""The name of an availability zone."""


class NodeGroupSettings(Settings):
    """The machines of one role."""

    gpus: ClassVar[bool] = False

    instance_types: Annotated[
        tuple[KnownInstanceType, ...], Field(min_length=1, max_length=20, examples=[["m7i.xlarge"]])
    ]
    """Instance types the group may use, in order of preference; all of one architecture, with the same number of vCPUs
    and, within 1.5 %, the same memory: an autoscaler takes every node of a group for the first type."""

    min_size: Annotated[int, Field(ge=0, le=450)]
    """Fewest nodes, over all zones. (A managed node group holds at most 450.)"""

    max_size: Annotated[int, Field(ge=1, le=450)]
    """Most nodes the autoscaler may ask for, over all zones."""

    disk_gib: Annotated[int, Field(ge=20, le=16384)] = 100
    """Size of each node's disk for images and ephemeral storage, in GiB."""

    max_unavailable_percent: Annotated[int, Field(ge=1, le=100)] = 33
    """How much of the group an update may take away at a time, in percent. With 33, an update ends in three rounds and
    two thirds keep serving."""

    repair: bool = True
    """Whether EKS replaces or restarts nodes that stay unhealthy."""

    max_pods: Annotated[int, Field(ge=10, le=250)] | None = None
    """Most pods on a node. Left out: as many as it has addresses for, at most 110, or 250 from 30 vCPUs."""

    generation: Annotated[int, Field(ge=1, le=99)] = 1
    """Raised by one, it makes a new group beside the old one, whose block moves to `retiring`."""

    @field_validator("instance_types")
    @classmethod
    def _types_are_alike(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        kinds = [table()[name] for name in names]
        if len({kind.architecture for kind in kinds}) > 1:
            listed = ", ".join(f"{kind.type} is {kind.architecture}" for kind in kinds)
            raise ValueError(f"one group runs one AMI, so its types must share an architecture: {listed}")
        if any(not _alike(one, other) for one, other in pairwise(kinds)):
            listed = "; ".join(f"{kind.type} has {_capacity(kind)}" for kind in kinds)
            raise ValueError(
                f"an autoscaler takes all nodes of a group for its first type, so all must be of one size: {listed}"
            )
        return names

    @model_validator(mode="after")
    def _sizes_are_in_order(self) -> Self:
        if self.min_size > self.max_size:
            raise ValueError(f"min_size {self.min_size} is greater than max_size {self.max_size}")
        return self

    @model_validator(mode="after")
    def _devices_are_in_the_gpu_group(self) -> Self:
        if self.gpus:
            self._refuse(lambda kind: kind.gpus == 0, "has no NVIDIA device")
        else:
            self._refuse(
                lambda kind: kind.gpus > 0, "has NVIDIA devices, whose drivers only the gpu group's AMI carries"
            )
        return self

    @property
    def kinds(self) -> list[InstanceType]:
        """What the table says of the types, in order of preference."""
        return [table()[name] for name in self.instance_types]

    @property
    def architecture(self) -> str:
        """The architecture all types share: ``x86_64`` or ``arm64``."""
        return self.kinds[0].architecture

    def _refuse(self, unfit: Callable[[InstanceType], bool], why: str) -> None:
        for kind in self.kinds:
            if unfit(kind):
                raise ValueError(f"{kind.type} {why}")


class SpotGroupSettings(NodeGroupSettings):
    """The machines of the role spot."""

    @model_validator(mode="after")
    def _aws_has_a_choice(self) -> Self:
        self._refuse(lambda kind: not kind.spot, "is not sold as Spot")
        types, families = set(self.instance_types), {kind.family for kind in self.kinds}
        if len(types) < _LEAST_SPOT_TYPES or len(families) < _LEAST_SPOT_FAMILIES:
            raise ValueError(
                f"Spot needs {_LEAST_SPOT_TYPES} types or more of {_LEAST_SPOT_FAMILIES} families or more, lest all be "
                f"taken back at once; there are {len(types)} of {len(families)} ({', '.join(sorted(families))}), each "
                f"with {self.kinds[0].resources}"
            )
        return self


class CapacityReservation(Settings):
    """Capacity that was reserved with AWS beforehand; exactly one of the two names it."""

    id: Annotated[str, Field(pattern=r"^cr-[0-9a-f]{8,17}$", examples=["cr-0123456789abcdef0"])] | None = None
    """The id of an On-Demand Capacity Reservation."""

    resource_group_arn: (
        Annotated[
            str,
            Field(
                pattern=r"^arn:aws[a-z-]*:resource-groups:[a-z0-9-]+:\d{12}:group/[\w.-]+$",
                examples=["arn:aws:resource-groups:eu-central-1:111122223333:group/gpu"],
            ),
        ]
        | None
    ) = None
    """The ARN of a resource group of Capacity Reservations."""

    @model_validator(mode="after")
    def _one_names_it(self) -> Self:
        if (self.id is None) == (self.resource_group_arn is None):
            raise ValueError("name the reservation by id or by resource_group_arn: one of them")
        return self


class GpuGroupSettings(NodeGroupSettings):
    """The machines of the role gpu."""

    gpus: ClassVar[bool] = True

    zone: Zone | None = None
    """The one zone to use; all zones when left out."""

    efa: bool = False
    """Whether nodes get Elastic Fabric Adapters and stand close together, for jobs over several nodes; needs `zone`."""

    capacity_reservation: CapacityReservation | None = None
    """The reservation that nodes must come from; one named by its id needs `zone`, the reservation's own."""

    @model_validator(mode="after")
    def _adapters_fit(self) -> Self:
        if not self.efa:
            return self
        self._refuse(lambda kind: kind.efa_interfaces == 0, "has no Elastic Fabric Adapter on its first network card")
        if len({kind.efa_interfaces for kind in self.kinds}) > 1:
            listed = ", ".join(f"{kind.type} has {kind.efa_interfaces}" for kind in self.kinds)
            raise ValueError(f"with efa all types must have the same number of Elastic Fabric Adapters: {listed}")
        if self.zone is None:
            raise ValueError("efa needs zone: a cluster placement group lies in one zone")
        return self

    @model_validator(mode="after")
    def _a_reservation_has_a_zone(self) -> Self:
        if self.capacity_reservation and self.capacity_reservation.id and self.zone is None:
            raise ValueError(f"{self.capacity_reservation.id} is a reservation in one zone: name it as zone")
        return self


class StorageGroupSettings(NodeGroupSettings):
    """The machines of the role storage; each zone has its own group, and the sizes are shared out over the zones."""

    local_disks: LocalDisks = LocalDisks.RAID0
    """What becomes of local NVMe disks: `raid0` makes one array of them under images, logs and the pods' ephemeral
    storage; `mount` (al2023 only) mounts each at /mnt/k8s-disks for local volumes. They are lost with the node."""

    @model_validator(mode="after")
    def _there_are_disks(self) -> Self:
        self._refuse(lambda kind: kind.nvme_gb == 0, "has no local NVMe disk")
        return self


class NodeGroups(Settings):
    """Node groups by role."""

    general: NodeGroupSettings | None = None
    """On-demand nodes for everything that does not ask for others."""

    spot: SpotGroupSettings | None = None
    """Spot nodes, which AWS may take back with two minutes' notice; only for pods that tolerate it."""

    gpu: GpuGroupSettings | None = None
    """Nodes with NVIDIA devices, only for pods that ask for one."""

    storage: StorageGroupSettings | None = None
    """Nodes with local NVMe disks, only for pods that ask for high I/O."""

    def groups(self) -> dict[str, NodeGroupSettings]:
        """Return the groups that are named, by role."""
        named = {"general": self.general, "spot": self.spot, "gpu": self.gpu, "storage": self.storage}
        return {role: group for role, group in named.items() if group}


class RetiringGroups(NodeGroups):
    """The generation before, by role, while its pods move to the new one."""

    ami_family: AmiFamily | None = None
    """The operating system of the retiring nodes, if it is another."""


class NodesSettings(NodeGroups):
    """The node groups. A role that is left out has no nodes; general must be there for the platform itself."""

    ami_family: AmiFamily = AmiFamily.BOTTLEROCKET
    """The operating system of every node."""

    auto_mode: bool = False
    """Whether EKS runs the nodes itself (EKS Auto Mode). `true` is refused: such nodes take no network plug-in but
    AWS's."""

    general: NodeGroupSettings
    """On-demand nodes for everything that does not ask for others."""

    retiring: RetiringGroups = RetiringGroups()
    """Groups of the generation before: no new pod goes there. Remove a group from here once its nodes are drained."""

    @field_validator("auto_mode")
    @classmethod
    def _nodes_take_cilium(cls, auto_mode: bool) -> bool:  # noqa: FBT001 - the value of the field
        if auto_mode:
            raise ValueError(
                "cannot work here: the nodes of EKS Auto Mode come with AWS's own network plug-in, in their image, and "
                "take no other; Cilium needs node groups"
            )
        return auto_mode

    @model_validator(mode="after")
    def _images_fit(self) -> Self:
        for family, groups in self._by_image():
            if groups.gpu:
                refuse_unknown_gpus(family, groups.gpu.kinds)
            if groups.storage and groups.storage.local_disks is LocalDisks.MOUNT and family is not AmiFamily.AL2023:
                raise ValueError("storage.local_disks: bottlerocket makes one array of all local disks; write raid0")
        return self

    @model_validator(mode="after")
    def _generations_differ(self) -> Self:
        for role, old in self.retiring.groups().items():
            new = self.groups().get(role)
            if new and new.generation == old.generation:
                raise ValueError(
                    f"{role}: generation {old.generation} is both in use and retiring; "
                    f"make the one in use generation {old.generation + 1}"
                )
        return self

    def _by_image(self) -> Iterator[tuple[AmiFamily, NodeGroups]]:
        yield self.ami_family, self
        yield self.retiring.ami_family or self.ami_family, self.retiring


def _alike(one: InstanceType, other: InstanceType) -> bool:
    difference = abs(one.memory_mib - other.memory_mib) / max(one.memory_mib, other.memory_mib)
    return (one.vcpus, one.gpus) == (other.vcpus, other.gpus) and difference <= _MEMORY_TOLERANCE


def _capacity(kind: InstanceType) -> str:
    return f"{kind.resources}, {kind.gpus} GPU" if kind.gpus else kind.resources
