"""What each EC2 instance type offers a node, from AWS's own descriptions."""

import csv
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator

_TABLE: Final = Path(__file__).parent / "instance_types.csv"
_NO_NUMBERS: Final = {"type", "architecture", "spot"}
_MIB_IN_A_GIB: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceType:
    """One EC2 instance type.

    Attributes:
        type: Its name, ``m7i.large``.
        architecture: ``x86_64`` or ``arm64``.
        vcpus: Virtual CPUs.
        memory_mib: Memory in MiB.
        gpus: NVIDIA devices.
        nvme_gb: Local NVMe storage in GB, all disks together.
        spot: Whether AWS sells it as Spot.
        efa_interfaces: Elastic Fabric Adapters it can carry, one for each network card from the first on; 0 if its
            first card cannot carry one.
        network_interfaces: Network interfaces it can carry.
        addresses_per_interface: IPv4 addresses (or prefixes) for each of them.

    """

    type: str
    architecture: str
    vcpus: int
    memory_mib: int
    gpus: int
    nvme_gb: int
    spot: bool
    efa_interfaces: int
    network_interfaces: int
    addresses_per_interface: int

    @property
    def family(self) -> str:
        """What stands before the dot: ``m7i``.

        That is what AWS and every autoscaler call an instance family, and what has machines of its own.
        https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
        """
        return self.type.partition(".")[0]

    @property
    def resources(self) -> str:
        """What it offers, to read: ``4 vCPU, 16 GiB (1:4)``."""
        gib = self.memory_mib / _MIB_IN_A_GIB
        return f"{self.vcpus} vCPU, {gib:g} GiB (1:{gib / self.vcpus:g})"


@cache
def table() -> dict[str, InstanceType]:
    """Return every instance type that can be an EKS node, by name."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return {
            row["type"]: InstanceType(
                type=row["type"],
                architecture=row["architecture"],
                spot=bool(int(row["spot"])),
                **{column: int(value) for column, value in row.items() if column not in _NO_NUMBERS},
            )
            for row in csv.DictReader(file)
        }


def _known(name: str) -> str:
    if name not in table():
        near = get_close_matches(name, table(), n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"{name!r} is no EC2 instance type that can be an EKS node{hint}")
    return name


KnownInstanceType = Annotated[str, AfterValidator(_known)]
"""The name of an instance type in the table."""
