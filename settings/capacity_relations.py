"""What must hold between a stack's capacity and its nodes."""

from collections.abc import Iterator
from typing import Final

from components.capacity.capacity_settings import Autoscaler, CapacitySettings
from components.capacity.gpu import GpuSoftware
from components.compute.ami import AmiFamily, refuse_unknown_gpus
from components.compute.node_settings import NodesSettings
from settings.relations import Conflict, Relation


def only_one_autoscaler_has_the_nodes(nodes: NodesSettings, capacity: CapacitySettings) -> Iterator[Conflict]:
    """Yield the node groups that wait for an autoscaler which is not there: Karpenter sizes none."""
    if capacity.autoscaler is not Autoscaler.KARPENTER:
        return
    for path, groups in (((), nodes), (("retiring",), nodes.retiring)):
        for role, group in groups.groups().items():
            where = ("nodes", *path, role)
            if group.min_size == 0:
                yield Conflict(
                    keys=((*where, "min_size"), ("capacity", "autoscaler")),
                    why=f"means no node for ever, for Karpenter sizes no node group; remove {role} here, and name a "
                    "pool below capacity.karpenter if pods need such nodes",
                )
            elif group.max_size > group.min_size:
                yield Conflict(
                    keys=((*where, "max_size"), ("capacity", "autoscaler")),
                    why=f"is never reached, for Karpenter sizes no node group: the group keeps its {group.min_size}; "
                    "what is needed beyond comes from a pool below capacity.karpenter",
                    remedy=group.min_size,
                )


def one_driver_for_each_device(nodes: NodesSettings, capacity: CapacitySettings) -> Iterator[Conflict]:
    """Yield the GPU operator where the nodes' image offers the devices itself."""
    families = {nodes.ami_family}
    if nodes.retiring.gpu and nodes.retiring.ami_family:
        families.add(nodes.retiring.ami_family)
    if capacity.gpu.software is GpuSoftware.GPU_OPERATOR and AmiFamily.BOTTLEROCKET in families:
        yield Conflict(
            keys=(("capacity", "gpu", "software"), ("nodes", "ami_family")),
            why="needs al2023: Bottlerocket's image has driver, runtime and device plug-in, sealed, and two of them "
            "for one device fight",
            remedy=GpuSoftware.DEVICE_PLUGIN.value,
        )


def the_image_knows_karpenters_gpus(nodes: NodesSettings, capacity: CapacitySettings) -> Iterator[Conflict]:
    """Yield the first family of Karpenter's GPU nodes that the image's driver does not know."""
    pool = capacity.karpenter.gpu if capacity.karpenter else None
    try:
        refuse_unknown_gpus(nodes.ami_family, pool.kinds if pool else ())
    except ValueError as unknown:
        yield Conflict(
            keys=(("capacity", "karpenter", "gpu", "instance_families"), ("nodes", "ami_family")),
            why=f"has a family that no image fits: {unknown}",
        )


RELATIONS: Final[tuple[Relation, ...]] = (
    only_one_autoscaler_has_the_nodes,
    one_driver_for_each_device,
    the_image_knows_karpenters_gpus,
)
