"""Estimates what a person waits for on the first `pulumi up`: the critical path with typical creation times."""

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

import networkx as nx

from rehearsal.report.graph import Node, nodes, waits
from rehearsal.report.model import BringUp, Step

LATENCIES: Final = Path(__file__).parents[1] / "latencies.toml"
"""Where the typical creation times stand, each with its source."""

FLOOR: Final[tuple[tuple[str, Mapping[str, Any]], ...]] = (
    ("aws:ec2/vpc:Vpc", {"enableDnsHostnames": True}),
    ("aws:ec2/subnet:Subnet", {"mapPublicIpOnLaunch": True}),
    ("aws:eks/cluster:Cluster", {}),
    ("aws:eks/nodeGroup:NodeGroup", {}),
    ("kubernetes:helm.sh/v3:Release", {}),
)
"""The critical path of the least that can be called a cluster, so that a platform's bring-up has a measure.

A VPC, its subnets (public ones: nodes reach AWS without a NAT gateway), a control plane, one node group, one release;
each waits for the one before, subnets are made side by side, and the IAM roles beside the VPC are ready earlier.
"""


@dataclass(frozen=True, slots=True)
class Latency:
    """What the creation of some resources typically takes.

    Attributes:
        type: A type token, in which ``*`` matches anything.
        seconds: The typical time.
        source: Where the figure comes from.
        where: Inputs a resource must have for this entry to fit.

    """

    type: str
    seconds: float
    source: str
    where: Mapping[str, Any]

    def fits(self, token: str, inputs: Mapping[str, Any]) -> bool:
        """Tell whether this entry speaks of a resource of that type with those inputs."""
        return fnmatchcase(token, self.type) and all(inputs.get(key) == value for key, value in self.where.items())


@dataclass(frozen=True, slots=True)
class Latencies:
    """All typical creation times; the first that fits counts, `default` where none does."""

    entries: tuple[Latency, ...]
    default: Latency

    @classmethod
    def load(cls, path: Path = LATENCIES) -> "Latencies":
        """Read them from a TOML file of the form of `LATENCIES`."""
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        entries = tuple(Latency(**{"where": {}, **entry}) for entry in content["latency"])
        return cls(entries=entries, default=Latency(type="*", where={}, **content["default"]))

    def of(self, token: str, inputs: Mapping[str, Any]) -> Latency:
        """Return the entry for a resource."""
        return next((entry for entry in self.entries if entry.fits(token, inputs)), self.default)

    @property
    def floor_seconds(self) -> float:
        """Length of the floor's critical path."""
        return sum(self.of(token, inputs).seconds for token, inputs in FLOOR)


@dataclass(frozen=True, slots=True)
class Bar:
    """When one resource is made, in seconds from the start of `up`; `critical` if it lies on the critical path."""

    node: Node
    start: float
    finish: float
    critical: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is made when, if every creation takes its typical time and the engine starts each as early as it may.

    Attributes:
        bars: One per resource that a provider makes, by start.
        components: The components, by URN: they take no time but name the layers.
        path: The bars of the critical path, in order.
        estimate: The same as figures for the report.

    """

    bars: tuple[Bar, ...]
    components: Mapping[str, Node]
    path: tuple[Bar, ...]
    estimate: BringUp


def schedule(deployment: Mapping[str, Any], latencies: Latencies | None = None) -> Schedule:
    """Lay out the creation of everything in an exported state.

    The engine's own limit on resources in flight is left out: what takes long is few enough.

    Raises:
        ValueError: the state is not acyclic.

    """
    latencies = latencies or Latencies.load()
    resources = nodes(deployment)
    made = {node.urn: node for node in resources if _is_made(node)}
    found = {urn: latencies.of(node.type, node.inputs) for urn, node in made.items()}
    seconds = {node.urn: found[node.urn].seconds if node.urn in made else 0.0 for node in resources}
    waiting = waits(resources)
    order = list(nx.lexicographical_topological_sort(waiting))
    starts = _starts(waiting, order, seconds)
    critical = [urn for urn in _longest(waiting, order, seconds) if seconds[urn] > 0]
    bars = {
        urn: Bar(node=node, start=starts[urn], finish=starts[urn] + seconds[urn], critical=urn in critical)
        for urn, node in made.items()
    }
    return Schedule(
        bars=tuple(sorted(bars.values(), key=lambda bar: (bar.start, bar.finish, bar.node.urn))),
        components={node.urn: node for node in resources if not node.custom},
        path=tuple(bars[urn] for urn in critical),
        estimate=BringUp(
            minutes=sum(seconds[urn] for urn in critical) / 60,
            floor_minutes=latencies.floor_seconds / 60,
            path=tuple(Step(name=made[urn].name, type=made[urn].type, seconds=seconds[urn]) for urn in critical),
            estimated=len(made),
            defaulted=Counter(made[urn].type for urn, latency in found.items() if latency is latencies.default),
        ),
    )


def _is_made(node: Node) -> bool:
    return node.custom and not node.type.startswith("pulumi:")


def _starts(waiting: "nx.DiGraph[str]", order: list[str], seconds: Mapping[str, float]) -> dict[str, float]:
    """Return when each resource can begin: as soon as the last it waits for is there."""
    starts: dict[str, float] = {}
    for urn in order:
        starts[urn] = max((starts[earlier] + seconds[earlier] for earlier in waiting.predecessors(urn)), default=0.0)
    return starts


def _longest(waiting: "nx.DiGraph[str]", order: list[str], seconds: Mapping[str, float]) -> list[str]:
    """Return the URNs on the longest path; a resource's time is put on the edges that lead to it."""
    timed: nx.DiGraph[str] = nx.DiGraph()
    start = ""
    timed.add_weighted_edges_from((start, urn, seconds[urn]) for urn in order)
    timed.add_weighted_edges_from((before, urn, seconds[urn]) for before, urn in waiting.edges)
    longest: list[str] = nx.dag_longest_path(timed, weight="weight", topo_order=[start, *order])
    return longest[1:]
