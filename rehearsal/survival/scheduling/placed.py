"""Where a stack's pods found room, and which did not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What the scheduler made of a stack's pods.

    Attributes:
        nodes: How many nodes of each group it took.
        least: How many of each there always are.
        pods: How many pods there were to place, agents of nodes included.
        waiting: Of each workload without a node for some pod, though its groups are as large as they may be: what the
            scheduler says.
        at_least: The same while there were only the nodes that there always are.
        undescribed: Instance types that nothing describes; a group of no others has no node here.
        unseen: Workloads, releases and add-ons whose pods were not placed, for nothing shows what they ask for.

    """

    nodes: Mapping[str, int] = field(default_factory=dict)
    least: Mapping[str, int] = field(default_factory=dict)
    pods: int = 0
    waiting: Mapping[str, str] = field(default_factory=dict)
    at_least: Mapping[str, str] = field(default_factory=dict)
    undescribed: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()

    @property
    def objections(self) -> tuple[str, ...]:
        """Everything that keeps a rehearsal from having passed, one sentence each."""
        return tuple(f"No node takes every pod of {owner}: {why}" for owner, why in self.waiting.items())

    @property
    def sentence(self) -> str:
        """What became of the pods, in one sentence."""
        added = {name: number - self.least.get(name, 0) for name, number in self.nodes.items()}
        more = ", ".join(f"{number} more of {name}" for name, number in added.items() if number)
        fewest = sum(self.least.values())
        enough = "and its groups take no further one" if self.waiting else "which is enough"
        room = f"with {more}" if more else enough
        waiting = f"; without a node for every pod: {len(self.waiting)} of its workloads" if self.waiting else ""
        return f"the scheduler was given {self.pods} pods and the {fewest} nodes there always are, {room}{waiting}"

    def lines(self) -> Iterator[str]:
        """Yield the lines of a report."""
        yield f"{self.sentence[0].upper()}{self.sentence[1:]}."
        lists = {
            "What has no node however many there are": [f"{name}: {why}" for name, why in self.waiting.items()],
            "What waits for the first node that the autoscaler adds": [*self.at_least],
            "Not placed, for nothing shows what it asks for": self.unseen,
            "Instance types that nothing describes": self.undescribed,
        }
        for title, told in lists.items():
            if told:
                yield ""
                yield f"{title}:"
                yield ""
                yield from (f"- {line}" for line in told)

    def to_json(self) -> dict[str, Any]:
        """Return the entry ``scheduling`` of what a rehearsal says of losses."""
        return {
            "pods": self.pods,
            "nodes": dict(self.nodes),
            "least": dict(self.least),
            "waiting": dict(self.waiting),
            "waiting_at_least": dict(self.at_least),
            "undescribed": list(self.undescribed),
            "unseen": list(self.unseen),
        }
