"""What nodes must know of their network plug-in, Cilium, which the layer of the cluster's network installs."""

from enum import StrEnum
from typing import Final

from components.compute.node_roles import Taint


class Routing(StrEnum):
    """Where pods have their addresses from."""

    ENI = "eni"
    OVERLAY = "overlay"


STARTUP: Final = Taint(key="node.cilium.io/agent-not-ready", value="true", effect="NO_EXECUTE")
"""The taint of a node that Cilium does not serve yet; Cilium removes it. NoExecute drives out pods that were faster.

https://docs.cilium.io/en/stable/installation/taints/
"""

OWN_INTERFACE: Final = ("platform/network-interface", "node")
"""The tag of the network interfaces a machine is started with: Cilium gives pods no addresses of these."""
