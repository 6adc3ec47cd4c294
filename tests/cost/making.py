"""Makes the resources that estimates are tried with: a provider, a component, and entries of a graph beneath it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import cost

TODAY: Final = date(2026, 11, 22)
HOURS: Final = 730
"""Hours of a month."""

GP3: Final = "kubernetes:storage.k8s.io/v1:StorageClass"


def entry(
    token: str, name: str = "it", /, *, after: Sequence[str] = (), parent: str = "layer", **inputs: Any
) -> dict[str, Any]:
    """Return an entry of a graph, in the component called ``layer``."""
    return {
        "urn": urn(token, name),
        "type": token,
        "name": name,
        "parent": urn("platform:any:Layer", parent) if parent else "",
        "dependencies": list(after),
        "inputs": inputs,
    }


def urn(token: str, name: str = "it") -> str:
    """Return the URN of an entry."""
    return f"urn:pulumi:dev::platform::{token}::{name}"


def place(region: str = "us-east-1") -> list[dict[str, Any]]:
    """Return what every stack has: the provider with its region, a layer, subnets in two zones, storage classes."""
    return [
        entry("pulumi:providers:aws", "aws", parent="", region=region),
        entry("platform:any:Layer", "layer", parent=""),
        *(entry("aws:ec2/subnet:Subnet", f"subnet-{zone}", availabilityZone=f"{region}{zone}") for zone in "ab"),
        storage_class("gp3", default=True, type="gp3"),
        storage_class("io2", type="io2", iopsPerGB="50"),
        entry(GP3, "local", metadata={"name": "local"}, provisioner="kubernetes.io/no-provisioner"),
    ]


def storage_class(name: str, *, default: bool = False, **parameters: str) -> dict[str, Any]:
    """Return a storage class of the EBS CSI driver."""
    annotations = {"storageclass.kubernetes.io/is-default-class": str(default).lower()}
    metadata = {"name": name, "annotations": annotations}
    return entry(GP3, name, metadata=metadata, provisioner="ebs.csi.aws.com", parameters=parameters)


def estimated(*entries: Mapping[str, Any], region: str = "us-east-1", **options: Any) -> cost.Estimate:
    """Return the estimate of some resources and of what every stack has."""
    return cost.estimate([*place(region), *entries], **{"today": TODAY, **options})


def lines(found: cost.Estimate) -> dict[str, tuple[float, float, float]]:
    """Return low, typical and high of each line by what is paid for, in cents exactly."""
    return {
        line.what: (round(line.usd.low, 2), round(line.usd.typical, 2), round(line.usd.high, 2)) for line in found.lines
    }
