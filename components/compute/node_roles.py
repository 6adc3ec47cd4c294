"""The roles of nodes, told apart by data."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Taint:
    """What keeps pods off a node.

    Attributes:
        key: Its name, ``nvidia.com/gpu``.
        value: Its value.
        effect: EKS's name of its effect: ``NO_SCHEDULE``, ``NO_EXECUTE`` or ``PREFER_NO_SCHEDULE``.

    """

    key: str
    value: str
    effect: str = "NO_SCHEDULE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What sets the nodes of one role apart.

    Attributes:
        capacity_type: ``ON_DEMAND`` or ``SPOT``.
        taint: What keeps other pods away; none for general nodes.
        gpu: Whether the AMI must carry the NVIDIA driver.
        zonal: Whether every zone has a group of its own, because what the pods keep on a node is bound to its zone.

    """

    capacity_type: str = "ON_DEMAND"
    taint: Taint | None = None
    gpu: bool = False
    zonal: bool = False


ROLES: Final = {
    "general": Role(),
    "spot": Role(capacity_type="SPOT", taint=Taint(key="node-role", value="spot")),
    # The key that the NVIDIA device plug-in and every GPU chart tolerate by default.
    "gpu": Role(taint=Taint(key="nvidia.com/gpu", value="present"), gpu=True),
    # An autoscaler that adds a node to a group over several zones cannot choose the zone a volume waits in.
    # https://docs.aws.amazon.com/eks/latest/best-practices/cas.html
    "storage": Role(taint=Taint(key="node-role", value="storage"), zonal=True),
}

RETIRING: Final = Taint(key="node-retiring", value="true")
"""Keeps new pods off the nodes of a generation that is on its way out."""
