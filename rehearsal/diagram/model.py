"""Reduces a stack's graph to what a picture shows: its layers, what each holds, and which waits for which."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import networkx as nx

from rehearsal.report.graph import outermost_layer

TIERS: Final = ("foundation", "compute", "networking", "capacity", "resilience", "security", "observability")
"""In the order in which they are shown; a tier that is not here comes after them."""

# What a picture calls a chart by: the end of its reference.
_RELEASE: Final = "kubernetes:helm.sh/v3:Release"


@dataclass(frozen=True)
class Drawn:
    """One layer.

    Attributes:
        name: As in the stack, ``cert-manager``.
        tier: The tier of its kind, ``networking``.
        aws: How many resources of AWS it holds.
        kubernetes: How many objects and releases.
        charts: The charts it installs, by name.

    """

    name: str
    tier: str
    aws: int = 0
    kubernetes: int = 0
    charts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    """What there is to draw.

    Attributes:
        stack: The stack's name.
        layers: Its layers by name, in the order of their tiers.
        waits: Which layer waits for which, without what follows from others: (earlier, later), sorted.
        last: The layers that wait for everything else, which arrows would only hide.

    """

    stack: str
    layers: Mapping[str, Drawn]
    waits: tuple[tuple[str, str], ...]
    last: tuple[str, ...] = ()

    def tiers(self) -> Sequence[str]:
        """Return the tiers that have layers, in their order."""
        return sorted({layer.tier for layer in self.layers.values()}, key=_rank)


def of_graph(resources: Iterable[Mapping[str, Any]]) -> Picture:
    """Return what a picture of a stack shows.

    Args:
        resources: The entries of its graph.json.

    Raises:
        ValueError: there are no layers in it.

    """
    entries = list(resources)
    by_urn = {each["urn"]: each for each in entries}
    layers = {urn: layer["urn"] for urn, each in by_urn.items() if (layer := outermost_layer(each, by_urn))}
    names = {urn: by_urn[layer]["name"] for urn, layer in layers.items()}
    if not names:
        raise ValueError("the graph holds no layer, so there is nothing to draw")
    drawn = {by_urn[layer]["name"]: _drawn(layer, layers, by_urn) for layer in sorted(set(layers.values()))}
    waiting: nx.DiGraph[str] = nx.DiGraph()
    waiting.add_nodes_from(drawn)
    for urn, name in names.items():
        each = by_urn[urn]
        provider = by_urn.get(each.get("provider", ""), {})
        before = {names.get(other, name) for other in (*each["dependencies"], *provider.get("dependencies", ()))}
        waiting.add_edges_from((other, name) for other in before - {name})
    reduced = nx.transitive_reduction(waiting)
    everything = {name for name in drawn if len(nx.ancestors(waiting, name)) == len(drawn) - 1 and len(drawn) > 1}
    ordered = sorted(drawn.values(), key=lambda layer: (_rank(layer.tier), layer.name))
    return Picture(
        stack=entries[0]["urn"].split(":")[2],
        layers={layer.name: layer for layer in ordered},
        waits=tuple(sorted(edge for edge in reduced.edges if edge[1] not in everything)),
        last=tuple(sorted(everything)),
    )


def _drawn(layer: str, layers: Mapping[str, str], by_urn: Mapping[str, Mapping[str, Any]]) -> Drawn:
    members = [by_urn[urn] for urn, holder in layers.items() if holder == layer and urn != layer]
    types = [each["type"] for each in members if not each["type"].startswith("platform:")]
    charts = {_chart(each) for each in members if each["type"] == _RELEASE}
    return Drawn(
        name=by_urn[layer]["name"],
        tier=by_urn[layer]["type"].split(":")[1],
        aws=sum(each.startswith("aws:") for each in types),
        kubernetes=sum(each.startswith("kubernetes:") for each in types),
        charts=tuple(sorted(charts)),
    )


def _chart(release: Mapping[str, Any]) -> str:
    return str(release["inputs"].get("chart", "")).rstrip("/").rpartition("/")[2]


def _rank(tier: str) -> tuple[int, str]:
    return (TIERS.index(tier) if tier in TIERS else len(TIERS), tier)


def members(resources: Sequence[Mapping[str, Any]], layer: str) -> list[Mapping[str, Any]]:
    """Return what a layer holds, without components."""
    by_urn = {each["urn"]: each for each in resources}
    return [
        each
        for urn, each in by_urn.items()
        if not each["type"].startswith(("platform:", "pulumi:"))
        and (holder := outermost_layer(each, by_urn))
        and holder["name"] == layer
        and urn != holder["urn"]
    ]
