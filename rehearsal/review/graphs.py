"""What differs between two rehearsals of a stack, with what the rehearsal's own providers would replace."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from rehearsal.review.change import Change, Entry, Property, differing, top
from rehearsal.review.made_up import Correspondence, automatic
from rehearsal.review.replacing import forcing


def changes(stack: str, base: Iterable[Entry], head: Iterable[Entry]) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """Return what happens to each resource, and the types of which nobody here knows what replaces them.

    Args:
        stack: The stack's name.
        base: graph.json as it was.
        head: graph.json as it will be.

    """
    before = {entry["urn"]: entry for entry in base}
    after = _renamed({entry["urn"]: entry for entry in head}, before)
    anew: frozenset[str] = frozenset()
    while True:
        updates = list(_kept(stack, before, after, anew))
        replaced = frozenset(change.urn for change, _ in updates if change.operation == "replace")
        # A resource that is replaced has another id, which may replace what refers to it.
        if replaced <= anew:
            break
        anew |= replaced
    found = [
        *(_ends(stack, before[urn], "delete") for urn in sorted(before.keys() - after.keys()) if _is_made(before[urn])),
        *(change for change, _ in updates),
        *(_ends(stack, after[urn], "create") for urn in sorted(after.keys() - before.keys()) if _is_made(after[urn])),
    ]
    return tuple(found), tuple(sorted({change.type for change, known in updates if not known}))


def _renamed(after: Mapping[str, Entry], before: Mapping[str, Entry]) -> Mapping[str, Entry]:
    """Return the head with each resource under the URN that the base knows it by, where it says its former one."""
    return {
        next((former for former in _option(entry, "aliases") if former in before and urn not in before), urn): entry
        for urn, entry in after.items()
    }


def _kept(
    stack: str, before: Mapping[str, Entry], after: Mapping[str, Entry], anew: frozenset[str]
) -> Iterator[tuple[Change, bool]]:
    """Yield the changes of what stays, each with whether it is known what replaces its type."""
    said = Correspondence.between(before, after, anew)
    for urn in sorted(before.keys() & after.keys()):
        old, new = before[urn], after[urn]
        if not _is_made(new):
            continue
        inputs = said.of(new["inputs"])
        if urn in anew:
            # Its new name follows from its replacement, and is no reason of it.
            inputs = Correspondence(dict(automatic(old, new))).of(inputs)
        ignored, asked = _option(new, "ignoreChanges"), _option(new, "replaceOnChanges")
        properties = [each for each in differing(old["inputs"], inputs) if not _leads(ignored, each)]
        bare = old.get("protect") and not new.get("protect")
        if not properties and not bare:
            continue
        known = forcing(new["type"], old["inputs"], inputs, _provider(after, new))
        marked = tuple(
            replace(each, forces=True) if top(each.path) in (known or ()) or _leads(asked, each) else each
            for each in properties
        )
        yield _changed(stack, old, marked, bare=bool(bare)), known is not None or not properties


def _changed(stack: str, old: Entry, properties: tuple[Property, ...], *, bare: bool) -> Change:
    forced = any(each.forces for each in properties)
    return Change(
        stack=stack,
        urn=old["urn"],
        type=old["type"],
        name=old["name"],
        operation="replace" if forced else "unprotect" if bare else "update",
        properties=properties,
        protected=bool(old.get("protect")),
    )


def _ends(stack: str, entry: Entry, operation: Literal["create", "delete"]) -> Change:
    return Change(
        stack=stack,
        urn=entry["urn"],
        type=entry["type"],
        name=entry["name"],
        operation=operation,
        protected=operation == "delete" and bool(entry.get("protect")),
    )


def _is_made(entry: Entry) -> bool:
    """Tell whether somebody makes it: of components and the stack itself graph.json names no provider."""
    return bool(entry.get("provider")) or str(entry["type"]).startswith("pulumi:providers:")


def _leads(paths: Iterable[str], each: Property) -> bool:
    """Tell whether one of the engine's paths leads to a property, above it or into it; ``*`` leads anywhere."""
    return any(path == "*" or _is_within(each.path, path) or _is_within(path, each.path) for path in paths)


def _is_within(inner: str, outer: str) -> bool:
    return inner == outer or inner.startswith((f"{outer}.", f"{outer}["))


def _option(entry: Entry, name: str) -> Sequence[str]:
    options: Mapping[str, Sequence[str]] = entry.get("options") or {}
    return options.get(name) or ()


def _provider(entries: Mapping[str, Entry], entry: Entry) -> Mapping[str, Any]:
    """Return the inputs of a resource's provider."""
    provider = entries.get(str(entry.get("provider")))
    return provider["inputs"] if provider else {}
