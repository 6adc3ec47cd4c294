"""Judges a resource graph, recorded or on its way to the engine, by rules."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, Self

from policies.exemptions import Exemption
from policies.rule import Finding, GraphRule, Level, Resource, ResourceRule, Rule
from policies.values import Unknown, located

EXPIRED: Final = "expired-exemption"
UNUSED: Final = "unused-exemption"


@dataclass(frozen=True, slots=True)
class Violation:
    """One fault found, or one question that only the update can answer (always advisory).

    Attributes:
        rule: The rule's name.
        level: Whether it stops the plan.
        urn: The resource; empty where the fault is an exemption's.
        message: What is wrong and what to do.

    """

    rule: str
    level: Literal["mandatory", "advisory"]
    urn: str
    message: str


@dataclass(frozen=True)
class Graph:
    """The resources of a stack, found by type once for all rules."""

    resources: Sequence[Resource]
    by_type: Mapping[str, Sequence[Resource]] = field(init=False)

    def __post_init__(self) -> None:
        found: dict[str, list[Resource]] = {}
        for each in self.resources:
            found.setdefault(each.type, []).append(each)
        object.__setattr__(self, "by_type", found)

    @classmethod
    def of(cls, entries: Iterable[Mapping[str, Any]]) -> Self:
        """Return the graph of recorded entries: ``urn``, ``type``, ``inputs``, and what else a `Resource` has."""
        return cls(tuple(map(_resource, entries)))


def evaluate(
    rules: Sequence[Rule],
    resources: Iterable[Mapping[str, Any]] | Graph,
    exemptions: Sequence[Exemption] = (),
    *,
    today: date | None = None,
) -> list[Violation]:
    """Return what rules find in resources.

    Args:
        rules: The rules, in the order of the answer.
        resources: A graph, or the entries of one as `Graph.of` takes them.
        exemptions: What is exempted; an expired one exempts nothing and is a mandatory violation itself, one that no
            finding needs is an advisory one.
        today: The day on which exemptions are judged; needed with exemptions.

    """
    if exemptions and today is None:
        raise ValueError("exemptions are judged on a day: give today")
    graph = resources if isinstance(resources, Graph) else Graph.of(resources)
    found = [_violation(rule, urn, finding) for rule in rules for urn, finding in findings(rule, graph)]
    in_force = [exemption for exemption in exemptions if today is not None and today <= exemption.expires]
    return [
        *(fault for fault in found if not any(exemption.covers(fault.rule, fault.urn) for exemption in in_force)),
        *(_expired(exemption) for exemption in exemptions if exemption not in in_force),
        *(
            _unused(exemption)
            for exemption in in_force
            if not any(exemption.covers(fault.rule, fault.urn) for fault in found)
        ),
    ]


def findings(rule: Rule, resources: Iterable[Mapping[str, Any]] | Graph) -> Iterator[tuple[str, Finding]]:
    """Yield what one rule finds in resources, each finding with the URN it is about; exemptions play no part."""
    graph = resources if isinstance(resources, Graph) else Graph.of(resources)
    if isinstance(rule, GraphRule):
        yield from rule.check(graph.resources, *rule.arguments)
        return
    mine = {each.urn: each.inputs for token in rule.types for each in graph.by_type.get(token, ())}
    if isinstance(rule, ResourceRule):
        yield from ((urn, finding) for urn, inputs in mine.items() for finding in rule.check(inputs, *rule.arguments))
    else:
        yield from rule.check(mine, *rule.arguments)


def stops(level: Level) -> Literal["mandatory", "advisory"]:
    """Return what a fault of a level does to the plan; one that should have been mended and is still there stops it."""
    return "advisory" if level == "advisory" else "mandatory"


def _resource(entry: Mapping[str, Any]) -> Resource:
    return Resource(
        urn=entry["urn"],
        type=entry["type"],
        name=entry.get("name") or entry["urn"].rpartition("::")[2],
        inputs=located(entry["inputs"]),
        dependencies=tuple(entry.get("dependencies") or ()),
        parent=entry.get("parent") or "",
        protect=bool(entry.get("protect")),
    )


def _violation(rule: Rule, urn: str, finding: Finding) -> Violation:
    if isinstance(finding, Unknown):
        return Violation(rule.name, "advisory", urn, f"{finding.path} is not known yet; the update will judge it")
    return Violation(rule.name, stops(rule.level), urn, finding)


def _expired(exemption: Exemption) -> Violation:
    message = (
        f"the {exemption} ended on {exemption.expires}; mend the resource and remove it, or have its owner renew it"
    )
    return Violation(EXPIRED, "mandatory", "", message)


def _unused(exemption: Exemption) -> Violation:
    return Violation(
        UNUSED, "advisory", "", f"the {exemption} is not needed in this stack; remove it where none needs it"
    )
