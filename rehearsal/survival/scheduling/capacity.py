"""How much of an instance type a node lets pods have."""

import gzip
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

# As EKS' images take it for Kubernetes' own processes, of so many cores from the first on, in thousandths of a core:
# https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go
_RESERVED_CORES: Final = ((1, 60), (2, 10), (4, 5))
_RESERVED_FURTHER: Final = 2.5
_RESERVED_MIB: Final = 255
_RESERVED_MIB_POD: Final = 11
_EVICTION_MIB: Final = 100
# What the machine below keeps, as Karpenter reckons before it has seen a node:
# https://karpenter.sh/docs/reference/settings/ (vm-memory-overhead-percent)
_VIRTUALISATION: Final = 0.075

# EKS' own bound for a node of fewer than 30 vCPUs, with prefixes; of larger ones 250:
# https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html#determine-max-pods
_PODS: Final = 110
_PODS_LARGE: Final = 250
_LARGE: Final = 30


@dataclass(frozen=True, slots=True)
class Allocatable:
    """What a node lets pods have: thousandths of a core, MiB, and how many pods."""

    millicores: int
    memory_mib: int
    pods: int

    def resources(self) -> dict[str, str]:
        """Return the same in the words of a node's status."""
        return {"cpu": f"{self.millicores}m", "memory": f"{self.memory_mib}Mi", "pods": str(self.pods)}


def allocatable(instance_type: str) -> Allocatable | None:
    """Return what a node of an instance type lets pods have; None for a type that nothing describes."""
    described = _types().get(instance_type)
    if described is None:
        return None
    cores = int(described["VCpuInfo"]["DefaultVCpus"])
    pods = _PODS if cores < _LARGE else _PODS_LARGE
    taken, first = 0.0, 0
    for last, thousandths in _RESERVED_CORES:
        taken += thousandths * max(0, min(cores, last) - first)
        first = last
    taken += _RESERVED_FURTHER * max(0, cores - first)
    memory = int(described["MemoryInfo"]["SizeInMiB"]) * (1 - _VIRTUALISATION)
    return Allocatable(
        millicores=int(cores * 1000 - taken),
        memory_mib=int(memory - _RESERVED_MIB - _RESERVED_MIB_POD * pods - _EVICTION_MIB),
        pods=pods,
    )


@cache
def _types() -> dict[str, dict[str, Any]]:
    """Return AWS's DescribeInstanceTypes answers, which moto publishes for all regions."""
    packed = files("moto.ec2").joinpath("resources/instance_types.json.gz").read_bytes()
    described: dict[str, dict[str, Any]] = json.loads(gzip.decompress(packed))
    return described
