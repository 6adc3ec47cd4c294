"""The image follows from system, chip and device, and a GPU its driver does not know is refused."""

import pytest

from components.compute.ami import NVIDIA_FAMILIES, AmiFamily, ami_type, refuse_unknown_gpus
from components.compute.instance_types import table


@pytest.mark.parametrize(
    ("family", "architecture", "gpu", "expected"),
    [
        ("bottlerocket", "x86_64", False, "BOTTLEROCKET_x86_64"),
        ("bottlerocket", "arm64", True, "BOTTLEROCKET_ARM_64_NVIDIA"),
        ("al2023", "x86_64", True, "AL2023_x86_64_NVIDIA"),
        ("al2023", "arm64", False, "AL2023_ARM_64_STANDARD"),
    ],
)
def test_the_ami_follows_from_family_chip_and_device(family: str, architecture: str, gpu: bool, expected: str) -> None:  # noqa: FBT001 - the row's value
    assert ami_type(AmiFamily(family), architecture, gpu=gpu) == expected


@pytest.mark.parametrize("family", AmiFamily)
@pytest.mark.parametrize("name", ["g6.xlarge", "g5g.xlarge", "p5.48xlarge", "p6-b200.48xlarge"])
def test_gpus_that_the_driver_knows_are_taken(family: AmiFamily, name: str) -> None:
    refuse_unknown_gpus(family, [table()[name]])


@pytest.mark.parametrize(
    ("family", "reason"),
    [
        ("bottlerocket", r"g7\.8xlarge: .* BOTTLEROCKET_x86_64_NVIDIA .* of branch 580, they need 595"),
        ("al2023", r"g7\.8xlarge: .* AL2023_x86_64_NVIDIA .*\(they need branch 595\)"),
    ],
)
def test_gpus_that_the_driver_does_not_know_are_refused_with_the_branches(family: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        refuse_unknown_gpus(AmiFamily(family), [table()["g6.8xlarge"], table()["g7.8xlarge"]])


def test_every_nvidia_family_of_the_table_is_known_or_refused_on_purpose() -> None:
    families = {(kind.family, kind.architecture) for kind in table().values() if kind.gpus}

    for system in AmiFamily:
        unknown = {family for family, chip in families if family not in NVIDIA_FAMILIES[system, chip]}
        assert unknown == {"g7"}
