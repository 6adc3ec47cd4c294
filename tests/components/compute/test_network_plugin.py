"""The startup taint follows from the network plug-in: only where someone removes it again."""

import pytest

from components.compute import addons
from components.compute.network_plugin import STARTUP_TAINTS, NetworkPlugin, among
from components.compute.node_roles import Taint


@pytest.mark.parametrize(
    ("installed", "plugin"),
    [(("vpc-cni", "kube-proxy"), NetworkPlugin.VPC_CNI), (("kube-proxy",), NetworkPlugin.CILIUM), ((), "cilium")],
    ids=str,
)
def test_without_aws_own_plugin_the_network_is_ciliums(installed: tuple[str, ...], plugin: NetworkPlugin) -> None:
    assert among(installed) is NetworkPlugin(plugin)


def test_the_platforms_add_ons_decide_today() -> None:
    assert STARTUP_TAINTS[among(addons.BEFORE_NODES)] == ()


def test_cilium_finds_the_taint_it_removes() -> None:
    assert STARTUP_TAINTS[NetworkPlugin.CILIUM] == (
        Taint(key="node.cilium.io/agent-not-ready", value="true", effect="NO_EXECUTE"),
    )


def test_every_plugin_says_what_nodes_start_with() -> None:
    assert set(STARTUP_TAINTS) == set(NetworkPlugin)
