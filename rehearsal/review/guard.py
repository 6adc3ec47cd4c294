"""The guard: what a change ends, lays bare or touches beyond its limits is refused, unless somebody answers for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from policies.exemptions import answered_for
from rehearsal.report.words import count, joined, short_type
from rehearsal.review.change import OPERATIONS, Change, StackChange, UnreadableError
from rehearsal.review.classes import ANY, Rules, table_of

ALLOWED: Final = Path(__file__).with_name("allowed.toml")
# A permission outlives neither the window it was asked for nor the memory of it.
_LONGEST: Final = timedelta(days=31)
_PREFIX: Final = "urn:pulumi:"
# So many names make a sentence; the comment lists them all.
_NAMED: Final = 4


@dataclass(frozen=True, slots=True)
class Allowance:
    """One thing that a change may do although its class forbids it.

    Attributes:
        resource: A glob over resource URNs.
        operation: One of `change.OPERATIONS`.
        owner: Who answers for it.
        reason: Why it is right.
        expires: The last day on which it counts.

    """

    resource: str
    operation: str
    owner: str
    reason: str
    expires: date

    @property
    def stack(self) -> str:
        """The stack, or the glob over stacks, that its resource is in."""
        return self.resource.removeprefix(_PREFIX).partition("::")[0]

    def covers(self, change: Change) -> bool:
        """Tell whether it is about a change; whether it still counts is not asked."""
        return self.operation == change.operation and fnmatchcase(change.urn, self.resource)

    def __str__(self) -> str:
        return f"the permission to {self.operation} {self.resource} ({self.owner}: {self.reason})"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guard says.

    Attributes:
        refusals: Why the change is refused, one sentence each; empty if it is not.
        refused: The changes that they are about.
        allowed: The changes that only a permission allows, each with it.

    """

    refusals: tuple[str, ...] = ()
    refused: frozenset[Change] = frozenset()
    allowed: Mapping[Change, Allowance] = field(default_factory=dict)


def load(path: Path = ALLOWED) -> tuple[Allowance, ...]:
    """Read the permissions.

    Raises:
        UnreadableError: an entry lacks a field, has one too many or one of the wrong form.

    """
    entries = table_of(path)
    if set(entries) - {"allow"}:
        raise UnreadableError(f"{path.name} holds [[allow]] tables only, not {min(set(entries) - {'allow'})}.")
    return tuple(
        _allowance(table, f"{path.name}, entry {number}") for number, table in enumerate(entries.get("allow", ()), 1)
    )


def judge(stacks: Sequence[StackChange], rules: Rules, allowances: Iterable[Allowance], today: date) -> Verdict:
    """Judge changes.

    Args:
        stacks: What happens to each stack.
        rules: The classes and their limits.
        allowances: The permissions. Those for stacks that are not reviewed are not judged either.
        today: The day on which they are judged.

    """
    reviewed = [each for each in allowances if any(fnmatchcase(stack.stack, each.stack) for stack in stacks)]
    faults = {each: fault for each in reviewed if (fault := _fault(each, today))}
    in_force = [each for each in reviewed if each not in faults]
    refusals, refused, allowed = list(faults.values()), set[Change](), dict[Change, Allowance]()
    for stack in stacks:
        for name, operation, limit, concerned in _limited(stack, rules):
            free, granted = _parted(concerned, in_force)
            if len(free) > limit:
                refused |= set(free)
                title = next(each.title for each in rules.classes if each.name == name)
                refusals.append(_sentence(stack.stack, operation, free, f"{name}: {title.lower()}", limit))
            if len(concerned) > limit:
                allowed |= granted
    needed = set(allowed.values())
    refusals += [_unneeded(each) for each in in_force if each not in needed]
    return Verdict(tuple(refusals), frozenset(refused), allowed)


def _limited(stack: StackChange, rules: Rules) -> Iterable[tuple[str, str, int, list[Change]]]:
    """Yield what has a limit: class, operation, the limit, and the changes it is about."""
    by_kind: dict[tuple[str, str], list[Change]] = {}
    for change in stack.changes:
        by_kind.setdefault((rules.of(change).name, change.operation), []).append(change)
    limits = rules.limits_of(stack.stack)
    for each in rules.classes:
        for operation in OPERATIONS:
            limit = limits[each.name][operation]
            if limit != ANY and (concerned := by_kind.get((each.name, operation))):
                yield each.name, operation, int(limit), concerned


def _parted(changes: Iterable[Change], allowances: Sequence[Allowance]) -> tuple[list[Change], dict[Change, Allowance]]:
    """Part changes into those that nobody answers for, and the others with their permissions."""
    granted: dict[Change, Allowance] = {}
    free = []
    for change in changes:
        permission = next((each for each in allowances if each.covers(change)), None)
        if permission is None:
            free.append(change)
        else:
            granted[change] = permission
    return free, granted


def _sentence(stack: str, operation: str, changes: Sequence[Change], what: str, limit: int) -> str:
    names = [f"{short_type(change.type)} {change.name}" for change in changes]
    shown = [*names[:_NAMED], *([count(len(names) - _NAMED, "other")] if len(names) > _NAMED else [])]
    bound = f"no more than {limit} may be" if limit else "none may be"
    return f"{stack}: {operation} of {joined(shown)} ({what}); {bound} without an entry in {ALLOWED.name}."


def _fault(allowance: Allowance, today: date) -> str:
    if allowance.expires < today:
        return f"{ALLOWED.name}: {allowance} ended on {allowance.expires}; remove it, or have its owner renew it."
    if allowance.expires - today > _LONGEST:
        return (
            f"{ALLOWED.name}: {allowance} lasts until {allowance.expires}; give it no more than {_LONGEST.days} days."
        )
    return ""


def _unneeded(allowance: Allowance) -> str:
    return f"{ALLOWED.name}: nothing in this change needs {allowance}; remove it, for it would allow the next one."


def _allowance(table: Any, where: str) -> Allowance:
    try:
        found = Allowance(**answered_for([each.name for each in fields(Allowance)], table, where))
    except ValueError as error:
        raise UnreadableError(f"{error}.") from None
    if found.operation not in OPERATIONS:
        raise UnreadableError(f"{where}: there is no operation {found.operation}; use one of {', '.join(OPERATIONS)}.")
    name = found.resource.removeprefix(_PREFIX).partition("::")[2].rpartition("::")[2]
    if not (found.resource.startswith(_PREFIX) and found.stack.strip("*?") and name.strip("*?")):
        raise UnreadableError(
            f"{where}: resource must name its stack and its resource, as in urn:pulumi:prod::*::nodes-*."
        )
    return found
