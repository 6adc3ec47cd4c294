"""What a rule is: plain data and a plain function, with nothing of the engine in it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from policies.values import Properties, Unknown

Level = Literal["mandatory", "advisory", "remediate"]
"""Whether a fault stops the plan, is only reported, or is mended before the plan is made."""

Finding = str | Unknown
"""A fault, ``<what is wrong>; <what to do>``, or the value on which the answer depends and which is not known yet."""


class Parameters(BaseModel):
    """What an environment may set of a rule; a field's default is what holds where it sets nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource of a stack, as rules over the whole graph see it.

    Attributes:
        urn: Its URN.
        type: Its type token, ``aws:eks/cluster:Cluster``.
        name: Its logical name.
        inputs: Its inputs, as `located` returns them.
        dependencies: The URNs of what it waits for.
        parent: The URN of the component it belongs to; empty for none.
        protect: Whether the engine refuses to delete it.

    """

    urn: str
    type: str
    name: str
    inputs: Properties
    dependencies: tuple[str, ...] = ()
    parent: str = ""
    protect: bool = False


Check = Callable[..., Iterator[Finding]]
"""Judges the inputs of one resource, as `located` returns them, and yields one finding per fault.

A rule with parameters gives them to its check as the second argument; so for all kinds of checks.
"""

StackCheck = Callable[..., Iterator[tuple[str, Finding]]]
"""Judges the inputs of all resources of the rule's types, by URN, and yields each finding with the URN it is about."""

GraphCheck = Callable[..., Iterator[tuple[str, Finding]]]
"""Judges every resource of the stack, whatever its type, and yields each finding with the URN it is about."""

Mend = Callable[..., Mapping[str, Any]]
"""Returns the properties of one resource that must be others, by name and whole; none where nothing is to be mended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What every rule says of itself.

    Attributes:
        name: Its name in reports, configuration and exemptions, ``eks-endpoint``.
        why: One sentence saying what goes wrong without it.
        types: The type tokens of the resources it judges, or for a rule over the graph of those it speaks of.
        references: The benchmark entries it answers, each with the name of its benchmark.
        level: Whether a fault stops the plan or is only reported.
        parameters: What an environment may set of it; None for nothing.

    """

    name: str
    why: str
    types: tuple[str, ...]
    references: tuple[str, ...]
    level: Level = "mandatory"
    parameters: Parameters | None = None

    @property
    def arguments(self) -> tuple[Parameters, ...]:
        """What its check is given after the resources."""
        return () if self.parameters is None else (self.parameters,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRule(About):
    """A rule about one resource at a time.

    Attributes:
        check: What it judges by.
        mend: How its faults are mended, where they can be without asking anybody; needed for the level ``remediate``.

    """

    check: Check
    mend: Mend | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRule(About):
    """A rule about all resources of its types together."""

    check: StackCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRule(About):
    """A rule about the whole graph: what depends on what, what belongs to what, what is protected."""

    check: GraphCheck


Rule = ResourceRule | StackRule | GraphRule

Rules = Sequence[Rule]
