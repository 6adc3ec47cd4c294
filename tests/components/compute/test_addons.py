"""Add-ons come in two steps, and hand-made changes to them yield to git."""

import pulumi

from components.compute.addons import AFTER_NODES, BEFORE_NODES, Addons
from tests.components import examples
from tests.components.recording import Recording, build


def _built() -> Recording:
    def program() -> None:
        first = Addons("first", BEFORE_NODES, cluster=examples.cluster())
        Addons("then", AFTER_NODES, cluster=examples.cluster(), opts=pulumi.ResourceOptions(depends_on=[first]))

    return build(program)


def test_nodes_have_a_network_plugin_to_wait_for_and_pods_a_resolver() -> None:
    addons = {made.name: made.inputs["addonName"] for made in _built().of("aws:eks/addon:Addon")}

    assert addons == {"first-vpc-cni": "vpc-cni", "first-kube-proxy": "kube-proxy", "then-coredns": "coredns"}


def test_an_add_on_waits_for_every_resource_of_the_layer_it_comes_after() -> None:
    made = _built().one("aws:eks/addon:Addon", "then-coredns")

    assert {"first-vpc-cni", "first-kube-proxy"} <= set(made.dependencies)


def test_what_was_changed_by_hand_yields() -> None:
    for made in _built().of("aws:eks/addon:Addon"):
        assert made.inputs["resolveConflictsOnCreate"] == made.inputs["resolveConflictsOnUpdate"] == "OVERWRITE"
