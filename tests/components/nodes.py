"""Settings of nodes and the layer made of them, for the tests of its parts."""

from typing import Any

from components.compute.instance_types import InstanceType
from components.compute.node_groups import Nodes
from components.compute.node_settings import NodesSettings
from tests.components import examples
from tests.components.recording import Recording, build

GROUP = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
ZONES = ("eu-central-1a", "eu-central-1b")

GENERAL = {"instance_types": ["m7i.large"], "min_size": 3, "max_size": 6}
SPOT = {
    "instance_types": ["m7i.large", "m7a.large", "m6i.large", "m6a.large", "m5.large", "m5a.large"],
    "min_size": 0,
    "max_size": 9,
}
GPU = {"instance_types": ["g6.xlarge"], "min_size": 0, "max_size": 2}
STORAGE = {"instance_types": ["i7i.large"], "min_size": 3, "max_size": 5}
ALL = {"general": GENERAL, "spot": SPOT, "gpu": GPU, "storage": STORAGE}
# Nodes that talk over Elastic Fabric Adapters, as a stack would name them.
FABRIC = {**GPU, "instance_types": ["p5.48xlarge"], "zone": "eu-central-1b", "efa": True}


def parsed(**values: Any) -> NodesSettings:
    """Return the settings of all four roles, with some changed."""
    return examples.parsed(NodesSettings, **{**ALL, **values})


def built(*, pods: int | None = None, slices: int = 1, **values: Any) -> Recording:
    """Make the layer in two zones.

    `pods` is a budget of addresses that is the same for every type, `slices` for how many pods a device is offered.
    """
    settings = parsed(**values)

    def budget(_: InstanceType) -> int:
        assert pods is not None
        return pods

    return build(
        lambda: Nodes(
            "nodes",
            settings,
            zones=ZONES,
            account=examples.account(),
            network=examples.network(),
            keys=examples.keys(),
            cluster=examples.cluster(),
            pod_budget=None if pods is None else budget,
            gpu_time_slices=slices,
        )
    )


def groups(**values: Any) -> dict[str, dict[str, Any]]:
    """Return the inputs of every node group, by logical name."""
    return {made.name: made.inputs for made in built(**values).of(GROUP)}


def templates(**values: Any) -> dict[str, dict[str, Any]]:
    """Return the inputs of every launch template, by logical name."""
    return {made.name: made.inputs for made in built(**values).of(TEMPLATE)}
