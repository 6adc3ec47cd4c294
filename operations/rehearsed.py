"""Reads what a rehearsal left of a stack: its resources, what each waits for, and when that was."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx

from rehearsal.report import graph
from rehearsal.report.graph import Node
from rehearsal.workspace import PROJECT, stack_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class NotRehearsedError(Exception):
    """There is no rehearsal to read; the text says what to do."""


@dataclass(frozen=True)
class Rehearsed:
    """A stack as its last rehearsal brought it up.

    Attributes:
        stack: Its name.
        resources: Everything in its state.
        at: When it was rehearsed, in UTC.
        passed: Whether the rehearsal passed.
        stale: Whether the stack file was changed since.

    """

    stack: str
    resources: tuple[Node, ...]
    at: datetime
    passed: bool = True
    stale: bool = False

    @cached_property
    def made(self) -> tuple[Node, ...]:
        """The resources that a provider makes: no components, no providers, not the stack itself."""
        return tuple(node for node in self.resources if node.custom and not node.type.startswith("pulumi:"))

    @cached_property
    def waits(self) -> "nx.DiGraph[str]":
        """Who waits for whom: an edge from each resource to every one that is made after it, and deleted before it."""
        return graph.waits(list(self.resources))

    def of(self, *types: str) -> tuple[Node, ...]:
        """Return the resources of some types, by their ends: ``rds/instance:Instance``."""
        return tuple(node for node in self.made if node.type.endswith(types))

    def layer(self, node: Node) -> str:
        """Return the name of the platform's layer that a resource belongs to; its own, if it belongs to none."""
        by_urn = self._by_urn
        inner = node
        while not inner.type.startswith("platform:") and inner.parent in by_urn:
            inner = by_urn[inner.parent]
        return inner.name if inner.type.startswith("platform:") else node.name

    def before(self, node: Node) -> frozenset[str]:
        """Return the URNs of what must be there before a resource is made, and goes after it."""
        return frozenset(nx.ancestors(self.waits, node.urn))

    def after(self, node: Node) -> frozenset[str]:
        """Return the URNs of what is made after a resource, and goes before it."""
        return frozenset(nx.descendants(self.waits, node.urn))

    @cached_property
    def _by_urn(self) -> "Mapping[str, Node]":
        return {node.urn: node for node in self.resources}

    def notes(self) -> "Iterator[str]":
        """Yield what must be known of the rehearsal before anything is concluded from it."""
        yield f"From the rehearsal of {self.at:%Y-%m-%d %H:%M} UTC."
        if not self.passed:
            yield f"**That rehearsal did not pass**: see `.rehearsal/{self.stack}/report.md` first."
        if self.stale:
            yield f"**`Pulumi.{self.stack}.yaml` was changed since**: rehearse it again, and plan anew."


def read(stack: str, project: Path = PROJECT) -> Rehearsed:
    """Return the last rehearsal of a stack.

    Raises:
        NotRehearsedError: there is no such stack, or it was never brought up in a rehearsal here.

    """
    file = project / f"Pulumi.{stack}.yaml"
    if not file.is_file():
        stacks = ", ".join(stack_names(project)) or "none"
        raise NotRehearsedError(f"There is no stack {stack}: the stacks here are {stacks}.")
    path = project / ".rehearsal" / stack / "graph.json"
    if not path.is_file():
        raise NotRehearsedError(f"{stack} was not rehearsed here yet: run `make rehearse STACK={stack}` first.")
    entries = json.loads(path.read_text(encoding="utf-8"))
    if not entries:
        raise NotRehearsedError(
            f"The last rehearsal of {stack} made nothing: mend what .rehearsal/{stack}/report.md says, rehearse again."
        )
    written = path.stat().st_mtime
    report = path.with_name("report.json")
    return Rehearsed(
        stack=stack,
        resources=tuple(_node(entry) for entry in entries),
        at=datetime.fromtimestamp(written, UTC),
        passed=report.is_file() and json.loads(report.read_text(encoding="utf-8"))["verdict"] == "passed",
        stale=file.stat().st_mtime > written,
    )


def _node(entry: dict[str, Any]) -> Node:
    kind: str = entry["type"]
    return Node(
        urn=entry["urn"],
        type=kind,
        name=entry["name"],
        # graph.json does not say it, but only what a provider makes has one, and providers are made by the engine.
        custom=bool(entry["provider"]) or kind.startswith("pulumi:providers:"),
        parent=entry["parent"],
        provider=entry["provider"],
        dependencies=tuple(entry["dependencies"]),
        protect=entry["protect"],
        inputs=entry["inputs"],
    )
