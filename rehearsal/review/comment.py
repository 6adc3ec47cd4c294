"""The comment for a pull request: the verdict, then what happens by risk, in no more bytes than a comment may have."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rehearsal.report.words import count, short_type
from rehearsal.review import shown
from rehearsal.review.change import OPERATIONS, Change, StackChange
from rehearsal.review.classes import ENDING, STATE, Rules
from rehearsal.review.findings import Cost, Policies, minutes
from rehearsal.review.guard import Verdict

MARKER: Final = "<!-- platform-review -->"
"""The first line, by which whoever posts the comment finds the one to write anew."""

LIMIT: Final = 60_000
"""Bytes: GitHub takes 65,536 characters, and whoever posts it may add a line."""

# Room for the sentence that says what is left out.
_FOOT: Final = 2_000

# More than these a person does not read; the whole has them all.
_MOST_PROPERTIES: Final = 8
_MOST_FINDINGS: Final = 20
_MOST_REASONS: Final = 12
_MOST_STACKS: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """One stack with everything there is to say of it.

    Attributes:
        change: What happens to it.
        policies: What the rules find.
        cost: How its cost changes; None where nobody knows.
        notes: What a reader must know of how it was judged.
        addresses: How full its subnets would be at its largest.
        neighbours: How it differs from the environments beside it.

    """

    change: StackChange
    policies: Policies
    cost: Cost | None = None
    notes: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    neighbours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that stay together, and how many changes they tell."""

    lines: tuple[str, ...]
    changes: int = 0

    @property
    def size(self) -> int:
        """Its bytes."""
        return sum(len(line.encode()) + 1 for line in self.lines)


def comment(
    reviewed: Sequence[Reviewed], verdict: Verdict, rules: Rules, *, whole: str, limit: int | None = LIMIT
) -> str:
    """Return the comment.

    Args:
        reviewed: The stacks; the riskiest comes first.
        verdict: What the guard says.
        rules: The classes.
        whole: Where everything is that finds no room, a path or an address.
        limit: Bytes it may have; None for as many as it takes.

    """
    ordered = sorted(reviewed, key=lambda each: _stack_risk(each, verdict, rules))
    head = _Block(tuple(_head(ordered, verdict, limit)))
    # One by one, for what finds no room is not worth writing.
    blocks = (block for each in ordered for block in _stack(each, verdict, rules, limit))
    chosen, fits = _fitting(blocks, None if limit is None else limit - head.size - _FOOT)
    left = sum(len(each.change.changes) for each in ordered) - sum(block.changes for block in chosen)
    lines = [*head.lines, *(line for block in chosen for line in block.lines)]
    if not fits:
        lines += ["", _left_out(left, whole)]
    return "\n".join(lines) + "\n"


def unjudged(reason: str) -> str:
    """Return the comment of a review that could not be made."""
    told = shown.code(shown.plain(reason), 2000)
    return f"{MARKER}\n## ? Not judged\n\n{told}\n\nWhat this change does is not known, so it must not pass.\n"


def _left_out(changes: int, whole: str) -> str:
    what = f"{count(changes, 'change')} of the least risk" if changes else "some findings"
    return f"**Left out for want of room**: {what}. The whole is in {shown.code(whole, 400)}."


def _fitting(blocks: Iterable[_Block], room: int | None) -> tuple[list[_Block], bool]:
    """Return the blocks up to the first that does not fit, and whether all do.

    A smaller one that came after it would hide that something is missing before.
    """
    chosen: list[_Block] = []
    for block in blocks:
        if room is not None:
            room -= block.size
            if room < 0:
                return chosen, False
        chosen.append(block)
    return chosen, True


def _stack_risk(each: Reviewed, verdict: Verdict, rules: Rules) -> tuple[bool, tuple[int, int, int, str], str]:
    change = each.change
    risks = [rules.risk(found) for found in change.changes]
    return (verdict.refused.isdisjoint(change.changes), min(risks, default=(9, 9, 9, "")), change.stack)


def _head(reviewed: Sequence[Reviewed], verdict: Verdict, limit: int | None) -> Iterator[str]:
    yield MARKER
    total = sum(len(each.change.changes) for each in reviewed)
    what = f"{count(total, 'change')} in {count(len(reviewed), 'stack')}" if total else "Nothing changes"
    if verdict.refusals:
        yield f"## ✗ Refused: {what}"
        yield ""
        shown_ = verdict.refusals if limit is None else verdict.refusals[:_MOST_REASONS]
        yield from (f"- {shown.code(reason, 500)}" for reason in shown_)
        if len(shown_) < len(verdict.refusals):
            yield f"- and {count(len(verdict.refusals) - len(shown_), 'reason')} more"
    else:
        yield f"## ✓ Within limits: {what}"
    yield ""
    yield "| Stack | Delete | Replace | Unprotect | Update | Create | New findings | Cost a month | First bring-up |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for each in reviewed if limit is None else reviewed[:_MOST_STACKS]:
        yield _row(each, verdict)
    if limit is not None and len(reviewed) > _MOST_STACKS:
        yield f"\nand {count(len(reviewed) - _MOST_STACKS, 'stack')} more."


def _row(each: Reviewed, verdict: Verdict) -> str:
    change = each.change
    numbers = Counter(found.operation for found in change.changes)
    sign = "✓" if verdict.refused.isdisjoint(change.changes) else "✗"
    cells = [
        f"{sign} {shown.cell(change.stack, 60)}",
        *(
            f"**{numbers[name]}**" if numbers[name] and name in ENDING else str(numbers[name] or "")
            for name in OPERATIONS
        ),
        str(len(each.policies.new) or ""),
        _money(each.cost),
        _bring_up(change),
    ]
    return f"| {' | '.join(cells)} |"


def _money(cost: Cost | None) -> str:
    if cost is None:
        return "not known"
    unknown = f", {len(cost.without)} in no sum" if cost.without else ""
    if cost.stays:
        return f"as before{unknown}"
    return f"{cost.typical:+,.0f} USD ({cost.low:+,.0f} to {cost.high:+,.0f}){unknown}"


def _bring_up(change: StackChange) -> str:
    before, after = minutes(change.base_report), minutes(change.head_report)
    if after is None:
        return "not known"
    if before is None or round(before, 1) == round(after, 1):
        return f"{after:.0f} min"
    return f"{before:.0f} → {after:.0f} min"


def _stack(each: Reviewed, verdict: Verdict, rules: Rules, limit: int | None) -> Iterator[_Block]:
    change = each.change
    how = "planned by the engine on the stack's state" if change.planned else "two rehearsals compared"
    notes = [f"- {note}" for note in each.notes]
    if change.picture:
        notes.append(f"- What is made when: {shown.code(change.picture, 300)}")
    yield _Block(("", f"### {shown.code(change.stack, 60)}: {how}", *([""] if notes else []), *notes))
    ordered = sorted(change.changes, key=rules.risk)
    titles = {found: _title(found, rules) for found in ordered}
    numbers = Counter(titles.values())
    said: set[str] = set()
    # A finding may be about what is left out for want of room, so it comes first after what ends state.
    rest = _rest(each, limit)
    for found in ordered:
        title = titles[found]
        if rules.risk(found)[0] and rest:
            yield from rest
            rest = []
        lines = [] if title in said else ["", f"**{title}** ({numbers[title]})", ""]
        said.add(title)
        yield _Block((*lines, *_change(found, verdict, limit)), changes=1)
    yield from rest


def _title(change: Change, rules: Rules) -> str:
    own = rules.of(change)
    if own.name == STATE:
        return f"{own.title}: what ends or is laid bare" if change.operation in ENDING else f"{own.title}: what stays"
    return own.title


def _change(change: Change, verdict: Verdict, limit: int | None) -> Iterator[str]:
    sign = "✗ " if change in verdict.refused else ""
    guarded = ", which is protected" if change.protected and change.operation in ENDING else ""
    allowance = verdict.allowed.get(change)
    permitted = f", allowed until {allowance.expires}: {shown.code(str(allowance), 300)}" if allowance else ""
    kind = shown.code(short_type(change.type), 80)
    yield f"- {sign}**{change.operation}** {kind} {shown.code(change.name, 120)}{guarded}{permitted}"
    # What forces a replacement first.
    properties = sorted(change.properties, key=lambda each: not each.forces)
    listed = properties if limit is None else properties[:_MOST_PROPERTIES]
    yield from (f"  - {shown.difference(change.type, each)}" for each in listed)
    if len(listed) < len(properties):
        yield f"  - and {count(len(properties) - len(listed), 'property')} more"


def _rest(each: Reviewed, limit: int | None) -> list[_Block]:
    """Return what is said beside the changes: findings, cost, addresses, and the environments beside it."""
    found = each.policies
    blocks = []
    new = list(_listed(found.new, limit))
    gone = list(_listed(found.gone, limit))
    if new:
        blocks.append(_Block(("", f"**Policies find anew** ({len(found.new)})", "", *new)))
    if gone:
        blocks.append(_Block(("", f"**Policies no longer find** ({len(found.gone)})", "", *gone)))
    quiet = [] if new else ["nothing new"]
    told = "; ".join([*quiet, *([f"{count(found.stayed, 'finding')} as before"] if found.stayed else []), found.note])
    blocks.append(_Block(("", f"Policies: {told.removesuffix('; ')}.")))
    if each.cost is not None:
        lines = [*_listed(each.cost.lines, limit)]
        without = [*_listed([f"in no sum: {one}" for one in each.cost.without], limit)]
        space = [""] if lines or without else []
        blocks.append(_Block(("", f"**Cost a month**: {_money(each.cost)}", *space, *lines, *without)))
    if each.addresses:
        blocks.append(_Block(("", "**Addresses at the largest sizes**", "", *_listed(each.addresses, limit))))
    if each.neighbours:
        blocks.append(_Block(("", "**Settings beside its neighbours**", "", *_listed(each.neighbours, limit))))
    return blocks


def _listed(messages: Iterable[str], limit: int | None) -> Iterator[str]:
    every = list(messages)
    some = every if limit is None else every[:_MOST_FINDINGS]
    yield from (f"- {shown.code(shown.plain(each), 400)}" for each in some)
    if len(some) < len(every):
        yield f"- and {len(every) - len(some)} more"
