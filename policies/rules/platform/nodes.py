"""Rules about nodes as the cluster's network sees them: none takes a pod before there is a network for it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from policies.rule import Finding, GraphRule, Parameters, Resource, ResourceRule
from policies.rules.kubernetes.releases import RELEASE
from policies.rules.platform import graph
from policies.values import Properties, Unknown, read, split

_NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
_NODE_POOL: Final = "kubernetes:karpenter.sh/v1:NodePool"
_CILIUM: Final = "cilium"
TAINT: Final = "node.cilium.io/agent-not-ready"
"""What Cilium takes from a node once its agent runs there: https://docs.cilium.io/en/stable/installation/taints/."""


class Share(Parameters):
    """How much of a kind of nodes may go at once."""

    percent: int = 34
    """At most so much of a group, in percent: a third is one of three zones."""


def _network(resources: Sequence[Resource]) -> Resource | None:
    return next((each for each in graph.of(resources, RELEASE) if read(each.inputs, "chart") == _CILIUM), None)


def _cilium_first(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    network = _network(resources)
    for group in graph.of(resources, _NODE_GROUP):
        if network and network.urn not in graph.before(resources, group.urn):
            yield (
                group.urn,
                (
                    f"its nodes may be there before {network.name}, and never become ready; "
                    f"add {network.name} to what the group depends on"
                ),
            )


def _tainted(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    if _network(resources) is None:
        return
    for group in graph.of(resources, _NODE_GROUP, _NODE_POOL):
        pool = group.type == _NODE_POOL
        path = ("spec", "template", "spec", "startupTaints") if pool else ("taints",)
        taints, unknown = split(read(group.inputs, *path))
        yield from ((group.urn, each) for each in unknown)
        keys = [read(each, "key") for each in taints]
        yield from ((group.urn, key) for key in keys if isinstance(key, Unknown))
        if TAINT not in keys and not unknown and not any(isinstance(key, Unknown) for key in keys):
            yield (
                group.urn,
                (
                    "a pod may start before the network's agent does, with an address that nothing routes; "
                    f"add {TAINT} to {'.'.join(path)}"
                ),
            )


def _few_at_once(group: Properties, share: Share) -> Iterator[Finding]:
    if group.get("kind") == "NodePool":
        yield from _disrupted(group, share)
        return
    percent, number = (read(group, "updateConfig", name) for name in ("maxUnavailablePercentage", "maxUnavailable"))
    for given in (percent, number):
        if isinstance(given, Unknown):
            yield given
            return
    # EKS replaces one node at a time where nothing is set.
    if percent is not None and percent > share.percent:
        yield (
            f"{int(percent)} % of the group's nodes go at once in an update; "
            f"set updateConfig.maxUnavailablePercentage to {share.percent} or less"
        )
    most = read(group, "scalingConfig", "maxSize")
    if isinstance(number, int | float) and isinstance(most, int | float) and number * 100 > most * share.percent > 0:
        yield (
            f"{int(number)} of at most {int(most)} nodes go at once in an update; "
            f"set updateConfig.maxUnavailablePercentage to {share.percent} or less in its place"
        )


def _disrupted(pool: Properties, share: Share) -> Iterator[Finding]:
    budgets, unknown = split(read(pool, "spec", "disruption", "budgets"))
    yield from unknown
    # Karpenter's own budget, where none is set, is 10 %.
    for budget in budgets:
        nodes: Any = read(budget, "nodes", default="10%")
        if isinstance(nodes, Unknown):
            yield nodes
        elif str(nodes).endswith("%") and float(str(nodes).rstrip("%")) > share.percent:
            yield (
                f"{nodes} of the pool's nodes may go at once; "
                f"set nodes of spec.disruption.budgets to {share.percent}% or less"
            )


RULES: Final = (
    GraphRule(
        name="cilium-before-nodes",
        why="A node without a network never becomes ready, and the update waits for it until it fails.",
        types=(_NODE_GROUP,),
        check=_cilium_first,
        references=("Cilium documentation: Installation using Helm, EKS",),
    ),
    GraphRule(
        name="node-startup-taint",
        why="A pod that starts before the network's agent gets an address of the wrong network, and keeps it.",
        types=(_NODE_GROUP, _NODE_POOL),
        check=_tainted,
        references=("Cilium documentation: Taint effects and unmanaged pods",),
    ),
    ResourceRule(
        name="node-update-share",
        why="What replaces nodes must leave most of them, or an update of nodes is an outage of what runs there.",
        types=(_NODE_GROUP, _NODE_POOL),
        check=_few_at_once,
        parameters=Share(),
        references=("AWS EKS Best Practices Guide: Cluster Upgrades, managed node groups",),
    ),
)
