"""Which of EKS's machine images a node starts from, and what that image can drive."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from components.compute.instance_types import InstanceType

# The system volume of Bottlerocket's own AMIs; images and pods live on the second one.
_BOTTLEROCKET_SYSTEM_GIB: Final = 4


class AmiFamily(StrEnum):
    """The operating systems a node can run."""

    BOTTLEROCKET = "bottlerocket"
    AL2023 = "al2023"


# fmt: off
_X86_FAMILIES: Final = frozenset({
    "p6-b300", "p6-b200", "p5", "p5e", "p5en", "p4d", "p4de", "p3", "p3dn",
    "g7e", "gr6", "g6", "g6e", "g6f", "gr6f", "g5", "g4dn",
})
# fmt: on

# https://docs.aws.amazon.com/eks/latest/userguide/ml-eks-optimized-ami.html (table of supported GPU instance types)
NVIDIA_FAMILIES: Final = {
    (AmiFamily.AL2023, "x86_64"): _X86_FAMILIES,
    (AmiFamily.AL2023, "arm64"): frozenset({"p6e-gb200", "p6e-gb300", "g5g"}),
    (AmiFamily.BOTTLEROCKET, "x86_64"): _X86_FAMILIES,
    (AmiFamily.BOTTLEROCKET, "arm64"): frozenset({"g5g"}),
}
"""The instance families whose GPUs the driver of EKS's NVIDIA image knows, by image family and architecture."""

NVIDIA_BRANCHES: Final = {
    # https://bottlerocket.dev/en/os/1.68.x/version-information/gpu-drivers/1.68.0/ (aws-k8s-1.36-nvidia: 580.178.04)
    AmiFamily.BOTTLEROCKET: 580,
}
"""The branch of NVIDIA's driver in an image family, where its publisher states it for the cluster's minor."""

NEEDED_BRANCHES: Final = {
    # https://docs.aws.amazon.com/eks/latest/userguide/bottlerocket-custom-variant.html ("requires ... 595 or later")
    "g7": 595,
}
"""The first branch of NVIDIA's driver that knows an instance family's GPUs, where no image of EKS has it yet."""


def ami_type(family: AmiFamily, architecture: str, *, gpu: bool) -> str:
    """Return EKS's name for an AMI.

    https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
    """
    chip = {"x86_64": "x86_64", "arm64": "ARM_64"}[architecture]
    if family is AmiFamily.BOTTLEROCKET:
        return f"BOTTLEROCKET_{chip}_NVIDIA" if gpu else f"BOTTLEROCKET_{chip}"
    return f"AL2023_{chip}_{'NVIDIA' if gpu else 'STANDARD'}"


def refuse_unknown_gpus(family: AmiFamily, kinds: Iterable[InstanceType]) -> None:
    """Check that the image's driver knows the GPUs of all types.

    Raises:
        ValueError: It does not know those of one; the message names the image and, where known, the driver branches.

    """
    for kind in kinds:
        known = NVIDIA_FAMILIES[family, kind.architecture]
        if kind.family not in known:
            image = ami_type(family, kind.architecture, gpu=True)
            raise ValueError(
                f"{kind.type}: the driver in EKS's image {image} does not know the GPUs of {kind.family}"
                f"{_branches(family, kind.family)}; it knows those of {', '.join(sorted(known))}"
            )


def disks(family: AmiFamily, size: int) -> list[tuple[str, int]]:
    """Return device names and sizes in GiB: Bottlerocket keeps its system apart from images and pods."""
    if family is AmiFamily.BOTTLEROCKET:
        return [("/dev/xvda", _BOTTLEROCKET_SYSTEM_GIB), ("/dev/xvdb", size)]
    return [("/dev/xvda", size)]


def _branches(family: AmiFamily, instance_family: str) -> str:
    needed = NEEDED_BRANCHES.get(instance_family)
    if not needed:
        return ""
    has = NVIDIA_BRANCHES.get(family)
    return f" (it is of branch {has}, they need {needed})" if has else f" (they need branch {needed})"
