"""The half of the mutations that is about the cluster is large, and reaches what the engine alone knows."""

from typing import Final

from tests.policies.mutations import kubernetes, platform
from tests.policies.mutations.platform import OfTheGraph

# How many ways to break it this half must know at least.
_AT_LEAST: Final = 80


def test_the_kubernetes_half_is_broken_in_many_ways() -> None:
    assert len(kubernetes.MUTATIONS) + len(platform.MUTATIONS) >= _AT_LEAST


def test_a_change_of_the_graph_leaves_the_inputs_as_they_are() -> None:
    entry = {"type": "a:b:C", "name": "it", "inputs": {"a": 1}, "dependencies": ["x"], "parent": "p", "protect": True}
    change = OfTheGraph("alone", "a:*", "dependencies", {"dependencies": [], "parent": ""}, "any")

    assert list(change.applied(entry)) == [{**entry, "dependencies": [], "parent": ""}]
