"""Judges what the engine asks about, one resource or a whole stack, by the rules of its stack."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Final

from policies.configuration import rules_of
from policies.evaluate import EXPIRED, UNUSED, Graph, Violation, evaluate
from policies.exemptions import FILE, Exemption, load
from policies.rule import ResourceRule, Rule
from policies.rules import RULES

EXEMPTION_RULES: Final[Mapping[str, str]] = {
    EXPIRED: "An exemption ends on the day its owner set, or it is a hole nobody remembers.",
    UNUSED: "An exemption nothing needs hides the next fault it happens to match.",
}
"""Why the exemptions are judged themselves, by the name under which they are."""


@dataclass(frozen=True)
class Judge:
    """The rules of one stack and what is exempted from them.

    Attributes:
        rules: The rules that hold, with their levels and parameters.
        exemptions: What is exempted.
        today: The day on which exemptions are judged.

    """

    rules: Sequence[Rule]
    exemptions: Sequence[Exemption]
    today: date

    @classmethod
    def of(cls, stack: str) -> "Judge":
        """Return the judge of a stack.

        Raises:
            ValueError: its configuration or the exemptions cannot be read; the message is one sentence.

        """
        return cls(rules_of(stack), load(FILE, {rule.name for rule in RULES}), datetime.now(tz=UTC).date())

    @cached_property
    def by_name(self) -> Mapping[str, Rule]:
        """The rules by name."""
        return {rule.name: rule for rule in self.rules}

    @cached_property
    def _by_type(self) -> Mapping[str, Sequence[ResourceRule]]:
        found: dict[str, list[ResourceRule]] = {}
        for rule in (each for each in self.rules if isinstance(each, ResourceRule)):
            for token in rule.types:
                found.setdefault(token, []).append(rule)
        return found

    def resource(self, kind: str, entry: Callable[[], Mapping[str, Any]]) -> Iterator[Violation]:
        """Yield what the rules about one resource at a time find in one of a type; `entry` is read if any asks."""
        if rules := self._by_type.get(kind):
            yield from self._kept(evaluate(rules, [entry()]))

    def stack(self, entries: Sequence[Mapping[str, Any]]) -> Iterator[Violation]:
        """Yield what the rules about all resources together find, and what is wrong with the exemptions."""
        graph = Graph.of(entries)
        yield from self._kept(evaluate([rule for rule in self.rules if not isinstance(rule, ResourceRule)], graph))
        if self.exemptions:
            judged = evaluate(self.rules, graph, self.exemptions, today=self.today)
            yield from (violation for violation in judged if violation.rule in EXEMPTION_RULES)

    def mended(self, kind: str) -> Sequence[ResourceRule]:
        """Return the rules about resources of a type whose faults are to be mended."""
        return [rule for rule in self._by_type.get(kind, ()) if rule.level == "remediate" and rule.mend]

    def exempt(self, rule: str, urn: str) -> bool:
        """Tell whether a rule does not hold for a resource today."""
        return any(self.today <= each.expires and each.covers(rule, urn) for each in self.exemptions)

    def _kept(self, violations: Sequence[Violation]) -> Iterator[Violation]:
        yield from (violation for violation in violations if not self.exempt(violation.rule, violation.urn))
