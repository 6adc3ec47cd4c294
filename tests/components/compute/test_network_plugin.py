"""What nodes and Cilium must agree on: names by which each knows the other's."""

from components.compute.network_plugin import STARTUP
from components.compute.node_roles import Taint


def test_cilium_finds_the_taint_it_removes() -> None:
    """The key is the chart's own default, `agentNotReadyTaintKey`."""
    assert Taint(key="node.cilium.io/agent-not-ready", value="true", effect="NO_EXECUTE") == STARTUP
