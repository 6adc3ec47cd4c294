"""What a stack decides about its capacity: who adds nodes, how pods get at devices, and who sets what pods request."""

from enum import StrEnum
from typing import Annotated, ClassVar, Final, Self

from pydantic import AfterValidator, Field, model_validator

from components.capacity.gpu import GpuSettings
from components.compute.instance_types import InstanceType, table
from components.kit.settings import Settings

# As for a node group of Spot nodes: the fewer pools there are to choose from, the more are taken back at once.
_LEAST_SPOT_FAMILIES: Final = 3


def _known_family(name: str) -> str:
    if not any(kind.family == name for kind in table().values()):
        raise ValueError(f"{name} is no family of instance types that can be EKS nodes; a family is m7i, not m7i.large")
    return name


InstanceFamily = Annotated[str, AfterValidator(_known_family), Field(examples=["m7i"])]
"""A family of instance types: what stands before the dot of their names."""


class Autoscaler(StrEnum):
    """Who adds and removes nodes."""

    CLUSTER_AUTOSCALER = "cluster_autoscaler"
    KARPENTER = "karpenter"


class QuietHours(Settings):
    """Times at which no node is taken away only because it is out of date or could be cheaper."""

    schedule: Annotated[str, Field(pattern=r"^(\S+\s+){4}\S+$", examples=["0 6 * * mon-fri"])] = "0 6 * * mon-fri"
    """When they begin, as a cron schedule in UTC."""

    hours: Annotated[int, Field(ge=1, le=23)] = 12
    """How many hours they last."""


class NodePoolSettings(Settings):
    """The machines that Karpenter may launch for one role."""

    gpus: ClassVar[bool] = False
    least_families: ClassVar[int] = 1

    instance_families: Annotated[
        tuple[InstanceFamily, ...], Field(min_length=1, max_length=20, examples=[["m7i", "m7a"]])
    ]
    """Families of instance types to choose from, all of one architecture; the cheapest type that fits is taken."""

    min_vcpus: Annotated[int, Field(ge=2, le=448)] = 4
    """Fewest vCPUs of a node. On small nodes the agents that run on each take a large part."""

    max_vcpus: Annotated[int, Field(ge=2, le=448)] = 32
    """Most vCPUs of a node. The larger a node, the more goes with it."""

    limit_vcpus: Annotated[int, Field(ge=2, le=100_000)]
    """Most vCPUs of all nodes of the role together: the bound of what a mistake can cost."""

    disk_gib: Annotated[int, Field(ge=20, le=16384)] = 100
    """Size of each node's disk for images and ephemeral storage, in GiB."""

    expire_after_days: Annotated[int, Field(ge=1, le=90)] = 21
    """After how many days a node is replaced, so that none lives on with what has been patched since."""

    consolidate_after_minutes: Annotated[int, Field(ge=1, le=1440)] = 5
    """How long a node's pods must have been settled before a cheaper node, or none, may take its place."""

    disrupted_percent: Annotated[int, Field(ge=1, le=100)] = 10
    """How many of the role's nodes may be replaced at a time, in percent."""

    @model_validator(mode="after")
    def _machines_exist(self) -> Self:
        if len({kind.architecture for kind in self.kinds}) > 1:
            raise ValueError("the families are of different architectures; pods' images rarely are of both")
        for family in self.instance_families:
            devices = {kind.gpus > 0 for kind in table().values() if kind.family == family}
            if devices != {self.gpus}:
                wanted = "only families with NVIDIA devices" if self.gpus else "no family with NVIDIA devices"
                raise ValueError(f"{family} does not belong here: this role has {wanted}")
        if not self.kinds:
            raise ValueError(f"no type of these families has from {self.min_vcpus} to {self.max_vcpus} vCPUs")
        if len(set(self.instance_families)) < self.least_families:
            raise ValueError(f"Spot needs {self.least_families} families or more, lest all nodes be taken back at once")
        if self.limit_vcpus < self.min_vcpus:
            raise ValueError(f"limit_vcpus {self.limit_vcpus} has no room for one node of {self.min_vcpus}")
        return self

    @property
    def kinds(self) -> list[InstanceType]:
        """The types to choose from."""
        every = table().values()
        return [
            kind
            for kind in every
            if kind.family in self.instance_families and self.min_vcpus <= kind.vcpus <= self.max_vcpus
        ]


class SpotPoolSettings(NodePoolSettings):
    """The machines that Karpenter may launch as Spot nodes."""

    least_families: ClassVar[int] = _LEAST_SPOT_FAMILIES


class GpuPoolSettings(NodePoolSettings):
    """The machines with NVIDIA devices that Karpenter may launch."""

    gpus: ClassVar[bool] = True


class KarpenterSettings(Settings):
    """The pools of nodes that Karpenter makes, by role; label and taint of a role are those of its node group."""

    general: NodePoolSettings | None = None
    """On-demand nodes, beside the node group of the same name, which the platform itself runs on."""

    spot: SpotPoolSettings | None = None
    """Spot nodes, only for pods that tolerate being moved within two minutes."""

    gpu: GpuPoolSettings | None = None
    """Nodes with NVIDIA devices, only for pods that ask for one."""

    quiet_hours: QuietHours | None = QuietHours()
    """When nodes are left alone unless AWS takes them back or they break; null for never."""

    def pools(self) -> dict[str, NodePoolSettings]:
        """Return the pools that are named, by role."""
        named = {"general": self.general, "spot": self.spot, "gpu": self.gpu}
        return {role: pool for role, pool in named.items() if pool}


class CapacitySettings(Settings):
    """Who adds nodes, how pods get at devices, and who sets what pods request."""

    autoscaler: Autoscaler = Autoscaler.CLUSTER_AUTOSCALER
    """Who adds and removes nodes: `cluster_autoscaler` sizes the node groups within their bounds; `karpenter` launches
    nodes of its own, of the types that its pools allow, and leaves node groups as they are."""

    karpenter: KarpenterSettings | None = None
    """What Karpenter may launch; with `autoscaler: karpenter`, and only with it."""

    gpu: GpuSettings = GpuSettings()
    """How pods get at NVIDIA devices. Nothing is installed while no role has any."""

    vertical_pod_autoscaler: bool = True
    """Whether VerticalPodAutoscalers are served. By itself that changes no pod."""

    @model_validator(mode="after")
    def _karpenter_has_pools(self) -> Self:
        if self.autoscaler is Autoscaler.KARPENTER:
            if self.karpenter is None or not self.karpenter.pools():
                raise ValueError(
                    "autoscaler karpenter needs a pool, such as karpenter.general: it scales no node group"
                )
        elif self.karpenter is not None:
            raise ValueError("nobody serves karpenter's pools: set autoscaler to karpenter, or remove the block")
        return self
