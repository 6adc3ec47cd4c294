"""What a rule is: plain data and a plain function, with nothing of the engine in it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from policies.values import Properties, Unknown

Level = Literal["mandatory", "advisory"]

Finding = str | Unknown
"""A fault, ``<what is wrong>; <what to do>``, or the value on which the answer depends and which is not known yet."""

Check = Callable[[Properties], Iterator[Finding]]
"""Judges the inputs of one resource, as `located` returns them, and yields one finding per fault."""

StackCheck = Callable[[Mapping[str, Properties]], Iterator[tuple[str, Finding]]]
"""Judges the inputs of all resources of the rule's types, by URN, and yields each finding with the URN it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What every rule says of itself.

    Attributes:
        name: Its name in reports and exemptions, ``eks-endpoint``.
        why: One sentence saying what goes wrong without it.
        types: The type tokens of the resources it judges.
        references: The benchmark entries it answers, each with the name of its benchmark.
        level: Whether a fault stops the plan or is only reported.

    """

    name: str
    why: str
    types: tuple[str, ...]
    references: tuple[str, ...]
    level: Level = "mandatory"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRule(About):
    """A rule about one resource at a time."""

    check: Check


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRule(About):
    """A rule about all resources of its types together."""

    check: StackCheck


Rule = ResourceRule | StackRule
