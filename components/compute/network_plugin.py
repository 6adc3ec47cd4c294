"""Which network plug-in a cluster has, and what nodes must carry until it serves them."""

from collections.abc import Container
from enum import StrEnum
from typing import Final

from components.compute.node_roles import Taint


class NetworkPlugin(StrEnum):
    """The plug-ins that give pods their addresses."""

    VPC_CNI = "vpc-cni"
    CILIUM = "cilium"


STARTUP_TAINTS: Final = {
    # Nothing would ever remove a taint here: a node with this plug-in is simply not Ready until it serves.
    NetworkPlugin.VPC_CNI: (),
    # Cilium removes it when its agent serves the node; NoExecute also drives out pods that got ahead of it.
    # https://docs.cilium.io/en/stable/installation/taints/
    NetworkPlugin.CILIUM: (Taint(key="node.cilium.io/agent-not-ready", value="true", effect="NO_EXECUTE"),),
}
"""The taints of a node that its network plug-in does not serve yet; the plug-in removes them."""


def among(addons: Container[str]) -> NetworkPlugin:
    """Return the plug-in of a cluster with these EKS add-ons: without AWS's own it is Cilium, which is no add-on."""
    return NetworkPlugin.VPC_CNI if NetworkPlugin.VPC_CNI in addons else NetworkPlugin.CILIUM
