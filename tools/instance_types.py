"""Writes the instance-type table from AWS's DescribeInstanceTypes answers, which moto publishes for all regions."""

import csv
import gzip
import io
import json
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

TABLE: Final = Path(__file__).parent.parent / "components" / "compute" / "instance_types.csv"

COLUMNS: Final = (
    "type",
    "architecture",
    "vcpus",
    "memory_mib",
    "gpus",
    "nvme_gb",
    "spot",
    "efa_interfaces",
    "network_interfaces",
    "addresses_per_interface",
)


def render() -> str:
    """Return the table as CSV: one row per instance type an EKS node can be, sorted by name.

    Only Nitro and bare-metal types are listed: prefix delegation, which gives pods their addresses, needs Nitro.
    """
    packed = files("moto.ec2").joinpath("resources/instance_types.json.gz").read_bytes()
    described: dict[str, dict[str, Any]] = json.loads(gzip.decompress(packed))
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(_row(name, facts) for name, facts in sorted(described.items()) if _can_be_a_node(facts))
    return out.getvalue()


def _can_be_a_node(facts: dict[str, Any]) -> bool:
    nitro = facts.get("Hypervisor") == "nitro" or facts["BareMetal"]
    return nitro and "mac" not in facts["ProcessorInfo"]["SupportedArchitectures"][0]


def _row(name: str, facts: dict[str, Any]) -> tuple[str | int, ...]:
    gpus = facts.get("GpuInfo", {}).get("Gpus", [])
    return (
        name,
        facts["ProcessorInfo"]["SupportedArchitectures"][-1],
        facts["VCpuInfo"]["DefaultVCpus"],
        facts["MemoryInfo"]["SizeInMiB"],
        # Fractional GPUs (g6f) are published as a count of zero or one; a device is a device.
        sum(max(1, gpu["Count"]) for gpu in gpus if gpu["Manufacturer"] == "NVIDIA"),
        facts.get("InstanceStorageInfo", {}).get("TotalSizeInGB", 0),
        int("spot" in facts["SupportedUsageClasses"]),
        _efa_interfaces(facts["NetworkInfo"]),
        facts["NetworkInfo"]["MaximumNetworkInterfaces"],
        facts["NetworkInfo"]["Ipv4AddressesPerInterface"],
    )


def _efa_interfaces(network: dict[str, Any]) -> int:
    if not network.get("EfaSupported"):
        return 0
    primary = network["NetworkCards"][network["DefaultNetworkCardIndex"]]
    # The first card of a p6-b300 carries no EFA, and which of its others do is not the order of the rest.
    return int(network["EfaInfo"]["MaximumEfaInterfaces"]) if "efa" in primary["InterfaceTypes"] else 0


if __name__ == "__main__":
    TABLE.write_text(render(), encoding="utf-8")
