"""What else is to be said of a change: what the rules find, what it costs, and how long the first bring-up takes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import cost
from policies.configuration import rules_of
from policies.evaluate import Graph, findings
from policies.exemptions import FILE, Exemption, load
from policies.rule import ResourceRule
from policies.rules import RULES
from policies.values import Unknown
from rehearsal.report.graph import name_of
from rehearsal.report.words import one_line
from rehearsal.review.change import Entry, StackChange, UnreadableError

_CENTS: Final = 0.005
# Dollars a month; what changes by less is in the sums only.
_WORTH_TELLING: Final = 0.5


@dataclass(frozen=True, slots=True)
class Policies:
    """What the rules find.

    Attributes:
        new: What they find in the head and not in the base.
        gone: What they no longer find.
        stayed: How many findings are as they were.
        note: How far they could judge.

    """

    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    stayed: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a month costs, in US dollars.

    Attributes:
        low: By how much it changes at least; `typical` and `high` likewise.
        typical: By how much it changes as a rule.
        high: By how much it changes at most.
        lines: What changes it most, one sentence each.
        without: What is in no sum now, each with the reason.

    """

    low: float
    typical: float
    high: float
    lines: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def stays(self) -> bool:
        """Whether it changes by less than a cent."""
        return max(abs(self.low), abs(self.typical), abs(self.high)) < _CENTS


def policies(stack: StackChange, today: date) -> Policies:
    """Return what the rules find in a change.

    Raises:
        UnreadableError: the rules of the stack cannot be read.

    """
    if "policies" in stack.head_report and "policies" in stack.base_report:
        base, head = (_messages(report) for report in (stack.base_report, stack.head_report))
        return _compared(base, head, "")
    try:
        rules = rules_of(stack.stack)
        exemptions = load(FILE, {rule.name for rule in RULES})
    except ValueError as error:
        raise UnreadableError(f"The policies of {stack.stack} cannot be read: {error}.") from None
    single = [rule for rule in rules if isinstance(rule, ResourceRule)]
    in_force = [each for each in exemptions if today <= each.expires]
    base, head = (Counter(_found(single, _changed(stack, each), in_force)) for each in (stack.base, stack.head))
    asked = "only rules about single resources were asked, and of what changes; a rehearsal asks all"
    return _compared(base, head, asked)


def cost_of(stack: StackChange, today: date, region: str = "") -> Cost | None:
    """Return how a month's cost changes; None where nothing is known of the stack's resources.

    `region` is where the stack is, if none of its resources says it, as in a plan that leaves the network alone.
    """
    if not (stack.base or stack.head):
        return None
    head = cost.estimate(stack.head, today=today, region=region)
    # A stack that is new, or of which a plan shows only what it makes, says there where it is.
    base = cost.estimate(stack.base, today=today, region=region or head.region)
    head = head if stack.head else cost.estimate((), today=today, region=region or base.region)
    found = cost.difference(base, head)
    # What is in neither sum differs in none; but a plan shows what changes only, whose difference would be missing.
    told = () if stack.planned else (base,)
    known = {(each.urn, each.why) for one in told for each in one.unpriced}
    known |= {(each.urn, each.path) for one in told for each in one.unread}
    without = [
        *(f"{each.name} ({each.why})" for each in head.unpriced if (each.urn, each.why) not in known),
        *(
            f"{name_of(each.urn)} ({each.path} is not known)"
            for each in head.unread
            if (each.urn, each.path) not in known
        ),
    ]
    return Cost(
        low=found.usd.low,
        typical=found.usd.typical,
        high=found.usd.high,
        lines=tuple(
            f"{_dollars(each.usd)} {each.line.name}: {each.line.what}"
            for each in found.changes
            if max(abs(each.usd.typical), abs(each.usd.high)) >= _WORTH_TELLING
        ),
        without=tuple(without),
    )


def _dollars(usd: cost.Range) -> str:
    return f"{usd.typical:+,.0f} USD ({usd.low:+,.0f} to {usd.high:+,.0f})"


def minutes(report: Mapping[str, Any]) -> float | None:
    """Return how long the first bring-up takes, as a rehearsal estimates it."""
    found = (report.get("bring_up") or {}).get("minutes")
    return float(found) if isinstance(found, int | float) and found else None


def _messages(report: Mapping[str, Any]) -> Counter[str]:
    return Counter(one_line(str(message), 400) for message in report["policies"].get("messages") or ())


def _compared(base: Counter[str], head: Counter[str], note: str) -> Policies:
    return Policies(
        new=tuple(sorted((head - base).elements())),
        gone=tuple(sorted((base - head).elements())),
        stayed=(base & head).total(),
        note=note,
    )


def _changed(stack: StackChange, entries: Iterable[Entry]) -> list[Entry]:
    urns = {change.urn for change in stack.changes}
    return [entry for entry in entries if entry["urn"] in urns]


def _found(rules: Iterable[ResourceRule], entries: Sequence[Entry], exemptions: Sequence[Exemption]) -> Iterator[str]:
    """Yield what rules find, as a report tells it; what a plan cannot know yet is no finding."""
    graph = Graph.of(entries)
    for rule in rules:
        for urn, finding in findings(rule, graph):
            if not isinstance(finding, Unknown) and not any(each.covers(rule.name, urn) for each in exemptions):
                yield one_line(f"{rule.name} ({urn.rpartition('::')[2]}): {finding}", 400)
