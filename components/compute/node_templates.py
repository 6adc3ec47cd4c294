"""What an autoscaler must know of the nodes a group would have, while the group has none to look at."""

from typing import Final

from components.compute.node_plan import PlannedGroup
from components.compute.user_data import LocalDisks

# Tags of an EKS node group are taken over for resources; labels and taints the autoscaler reads from EKS itself.
# https://github.com/kubernetes/autoscaler/blob/cluster-autoscaler-1.36.1/cluster-autoscaler/cloudprovider/aws/aws_manager.go
_RESOURCE: Final = "k8s.io/cluster-autoscaler/node-template/resources"

# With it the autoscaler waits for the device of a node that is there already, instead of adding one more; the value is
# for its metrics only. https://github.com/kubernetes/autoscaler/tree/master/cluster-autoscaler/cloudprovider/aws
_ACCELERATOR: Final = "k8s.amazonaws.com/accelerator"

# What pods can have of a disk: the kubelet evicts them below 10 % free, and the system's images take their part.
_PODS_PART_OF_A_DISK: Final = 0.85


def labels(group: PlannedGroup) -> dict[str, str]:
    """Return the labels of a group's nodes."""
    return {
        "node-role": group.role,
        "node-generation": str(group.settings.generation),
        **({_ACCELERATOR: "nvidia"} if group.facts.gpu else {}),
    }


def tags(group: PlannedGroup, gpu_time_slices: int) -> dict[str, str]:
    """Return the tags of a group that say which resources its nodes have beyond those of its first instance type."""
    kind = group.settings.kinds[0]
    disk = f"{int(group.settings.disk_gib * _PODS_PART_OF_A_DISK)}Gi"
    if group.local_disks is LocalDisks.RAID0:
        disk = f"{int(min(each.nvme_gb for each in group.settings.kinds) * _PODS_PART_OF_A_DISK)}G"
    shared = {f"{_RESOURCE}/nvidia.com/gpu": str(kind.gpus * gpu_time_slices)} if gpu_time_slices > 1 else {}
    return {f"{_RESOURCE}/ephemeral-storage": disk, **(shared if group.facts.gpu else {})}
