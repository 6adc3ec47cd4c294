"""In which order a destroy takes a stack apart: what must be gone before the nodes, the control plane, the network."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import networkx as nx

from operations.rehearsed import Rehearsed
from rehearsal.report.graph import Node

GUARD: Final = "platform:resilience:DestroyGuard"
NODES: Final = "eks/nodeGroup:NodeGroup"
CLUSTER: Final = "eks/cluster:Cluster"

_TITLES: Final[Mapping[str, str]] = {
    "guard": "The destroy guard",
    "running": "What runs on the nodes, and what must go while it runs",
    "nodes": "The nodes",
    "cluster": "What needs no node, and goes before the control plane",
    "control plane": "The control plane",
    "ground": "What the control plane and the nodes stood on",
    "beside": "Beside all that, as soon as nothing uses it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A part of a destroy.

    Attributes:
        title: What goes in it.
        resources: What a provider deletes, in the order of the steps.
        first: The first step of the destroy that deletes any of them, counted from 1.
        last: The last one.
        layers: How many of them are of each layer of the platform, in that order.

    """

    title: str
    resources: tuple[Node, ...]
    first: int
    last: int
    layers: Mapping[str, int]


def steps(rehearsed: Rehearsed) -> dict[str, int]:
    """Return by URN the step in which a resource goes: the first one before which all that waits for it is gone."""
    backwards = rehearsed.waits.reverse(copy=False)
    return {urn: number for number, urns in enumerate(nx.topological_generations(backwards), start=1) for urn in urns}


def phases(rehearsed: Rehearsed) -> list[Phase]:
    """Return the parts of a destroy, first to go first; parts without a resource are left out."""
    order = steps(rehearsed)
    places = _places(rehearsed)
    parts: dict[str, list[Node]] = {place: [] for place in _TITLES}
    for node in rehearsed.resources:
        if node.type == GUARD or (node.custom and not node.type.startswith("pulumi:")):
            parts[places.get(node.urn, "beside")].append(node)
    return [
        _phase(_TITLES[place], sorted(nodes, key=lambda node: (order[node.urn], node.name)), order, rehearsed)
        for place, nodes in parts.items()
        if nodes
    ]


def _phase(title: str, nodes: list[Node], order: Mapping[str, int], rehearsed: Rehearsed) -> Phase:
    return Phase(
        title=title,
        resources=tuple(nodes),
        first=order[nodes[0].urn],
        last=order[nodes[-1].urn],
        layers=Counter(rehearsed.layer(node) for node in nodes),
    )


def _places(rehearsed: Rehearsed) -> dict[str, str]:
    """Return by URN the part that a resource is of; what has no place here lies beside the cluster."""
    clusters, groups = rehearsed.of(CLUSTER), rehearsed.of(NODES)
    places: dict[str, str] = {}
    for node in (*clusters, *groups):
        places |= dict.fromkeys(rehearsed.before(node), "ground")
    for cluster in clusters:
        places |= dict.fromkeys(rehearsed.after(cluster), "cluster")
    for group in groups:
        places |= dict.fromkeys(rehearsed.after(group), "running")
    places |= {cluster.urn: "control plane" for cluster in clusters} | {group.urn: "nodes" for group in groups}
    return places | {node.urn: "guard" for node in rehearsed.resources if node.type == GUARD}
