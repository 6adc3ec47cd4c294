"""Judges a recorded resource graph by rules, without an engine."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from policies.exemptions import Exemption
from policies.rule import Finding, Level, ResourceRule, Rule
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
    level: Level
    urn: str
    message: str


def evaluate(
    rules: Sequence[Rule],
    resources: Iterable[Mapping[str, Any]],
    exemptions: Sequence[Exemption] = (),
    *,
    today: date | None = None,
) -> list[Violation]:
    """Return what rules find in resources.

    Args:
        rules: The rules, in the order of the answer.
        resources: Mappings with ``urn``, ``type`` and ``inputs`` (as the engine holds them), others are ignored.
        exemptions: What is exempted; an expired one exempts nothing and is a mandatory violation itself, one that no
            finding needs is an advisory one.
        today: The day on which exemptions are judged; needed with exemptions.

    """
    if exemptions and today is None:
        raise ValueError("exemptions are judged on a day: give today")
    graph = list(resources)
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


def findings(rule: Rule, resources: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Finding]]:
    """Yield what one rule finds in resources, each finding with the URN it is about; exemptions play no part."""
    mine = {entry["urn"]: located(entry["inputs"]) for entry in resources if entry["type"] in rule.types}
    if isinstance(rule, ResourceRule):
        yield from ((urn, finding) for urn, inputs in mine.items() for finding in rule.check(inputs))
    else:
        yield from rule.check(mine)


def _violation(rule: Rule, urn: str, finding: Finding) -> Violation:
    if isinstance(finding, Unknown):
        return Violation(rule.name, "advisory", urn, f"{finding.path} is not known yet; the update will judge it")
    return Violation(rule.name, rule.level, urn, finding)


def _expired(exemption: Exemption) -> Violation:
    message = (
        f"the {exemption} ended on {exemption.expires}; mend the resource and remove it, or have its owner renew it"
    )
    return Violation(EXPIRED, "mandatory", "", message)


def _unused(exemption: Exemption) -> Violation:
    return Violation(
        UNUSED, "advisory", "", f"the {exemption} is not needed in this stack; remove it where none needs it"
    )
