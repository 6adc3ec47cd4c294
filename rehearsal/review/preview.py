"""Reads what `pulumi preview --json` writes: https://github.com/pulumi/pulumi/blob/master/pkg/backend/display/json.go."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from rehearsal.report.graph import STACK, masked, name_of
from rehearsal.report.words import count, one_line
from rehearsal.review.change import ABSENT, Change, Operation, Property, StackChange, UnreadableError, differing, top

# The engine's own operations (pkg/resource/deploy/step.go). A replacement may be told as one step or as its parts.
_OPERATIONS: Final[Mapping[str, Operation | None]] = {
    "same": None,
    "create": "create",
    "update": "update",
    "delete": "delete",
    "replace": "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "import": "create",
    "import-replacement": "replace",
    "read": None,
    "read-replacement": None,
    "refresh": None,
    "discard": None,
    "discard-replaced": None,
    "remove-pending-replace": None,
    "diff": None,
    "extend-parameterize": None,
}
# Those that every plan shows, so that a file which shows fewer than it counts was cut.
_COUNTED: Final = ("create", "update", "delete", "replace")
_REPLACES: Final = "-replace"


def read(stack: str, path: Path) -> StackChange:
    """Return what a plan does.

    Args:
        stack: The stack it is of.
        path: What `pulumi preview --json` wrote.

    Raises:
        UnreadableError: the file is not there, is no plan, is of another stack, or the engine could not finish it.

    """
    try:
        digest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not JSON; write it with pulumi preview --json"
        raise UnreadableError(f"{path} cannot be read as the plan of {stack}: {reason}.") from None
    try:
        return parsed(stack, digest, str(path))
    except (AttributeError, KeyError, TypeError):
        raise UnreadableError(f"{path} is not of the form that pulumi preview --json writes.") from None


def parsed(stack: str, digest: Any, where: str) -> StackChange:
    """Return what a plan does, once it is no file any more; raises what `read` does, and for malformed steps more."""
    if not isinstance(digest, Mapping) or "changeSummary" not in digest:
        errors = _errors(digest) if isinstance(digest, Mapping) else []
        raise UnreadableError(
            _failed(where, errors)
            if errors
            else f"{where} is not what pulumi preview --json writes: it sums up nothing."
        )
    if errors := _errors(digest):
        raise UnreadableError(_failed(where, errors))
    _complete(digest, where)
    steps = [step for step in digest.get("steps") or () if f"::{STACK}::" not in step["urn"]]
    changes: dict[tuple[str, Operation], Change] = {}
    for step in steps:
        if (operation := _operation(step, where)) is None or not _is_made(step):
            continue
        urn = step["urn"]
        own = urn.split("::")[0].removeprefix("urn:pulumi:")
        if own != stack:
            raise UnreadableError(f"{where} is the plan of the stack {own}, not of {stack}.")
        found = _change(stack, step, operation)
        known = changes.get((urn, operation))
        # Of the parts of a replacement one tells what forces it.
        changes[urn, operation] = found if known is None or len(found.properties) > len(known.properties) else known
    base, head = (list(_entries(steps, side)) for side in ("oldState", "newState"))
    return StackChange(stack=stack, changes=tuple(changes.values()), base=base, head=head)


def _operation(step: Mapping[str, Any], where: str) -> Operation | None:
    if step["op"] not in _OPERATIONS:
        raise UnreadableError(
            f"{where} has an operation that this review does not know: {one_line(str(step['op']), 40)}."
        )
    before, after = (bool((step.get(state) or {}).get("protect")) for state in ("oldState", "newState"))
    operation = _OPERATIONS[step["op"]]
    return "unprotect" if operation in {None, "update"} and before and step.get("newState") and not after else operation


def _is_made(step: Mapping[str, Any]) -> bool:
    """Tell whether somebody makes the resource: a component is only a name for what is in it."""
    state = step.get("newState") or step.get("oldState")
    # Fail closed: a step that tells no state may be about anything.
    return state is None or bool(state.get("custom"))


def _change(stack: str, step: Mapping[str, Any], operation: Operation) -> Change:
    old, new = step.get("oldState") or {}, step.get("newState") or {}
    urn = step["urn"]
    return Change(
        stack=stack,
        urn=urn,
        type=str(new.get("type") or old.get("type") or urn.split("::")[2].rpartition("$")[2]),
        name=name_of(urn),
        operation=operation,
        properties=tuple(_properties(step, old, new)) if operation not in {"create", "delete"} else (),
        protected=bool(old.get("protect")),
    )


def _properties(step: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Property]:
    detailed = step.get("detailedDiff") or {}
    forcing = {path for path, each in detailed.items() if str(each.get("kind", "")).endswith(_REPLACES)}
    reasons = set(step.get("replaceReasons") or ())
    before, after = masked(old.get("inputs") or {}), masked(new.get("inputs") or {})
    found = differing(before, after)
    for each in found:
        forces = _forces(each.path, forcing, reasons)
        yield replace(each, forces=forces) if forces else each
    told = {top(each.path) for each in found}
    outputs = masked(old.get("outputs") or {})
    # What drifted, and what is a secret before and after, shows in no input.
    for name in sorted({*map(top, detailed), *(step.get("diffReasons") or ()), *reasons} - told):
        forces = name in reasons or any(top(path) == name for path in forcing)
        yield Property(name, before.get(name, outputs.get(name, ABSENT)), after.get(name, ABSENT), forces=forces)


def _forces(path: str, forcing: set[str], reasons: set[str]) -> bool:
    """Tell whether a value is among those that force a replacement, by the finest that the provider tells."""
    mine = {each for each in forcing if top(each) == top(path)}
    if mine:
        return any(path.startswith(each) or each.startswith(path) for each in mine)
    return top(path) in reasons


def _entries(steps: list[Mapping[str, Any]], side: str) -> Iterator[dict[str, Any]]:
    """Yield the resources that a plan shows as they were, or as they will be, as graph.json has them."""
    for step in steps:
        # Of a replacement's parts each would come again.
        if (state := step.get(side)) and step["op"] not in {"create-replacement", "delete-replaced"}:
            yield _entry(step["urn"], state)


def _entry(urn: str, state: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "urn": urn,
        "type": state["type"],
        "name": name_of(urn),
        "parent": state.get("parent", ""),
        "provider": (state.get("provider") or "").rpartition("::")[0],
        "dependencies": state.get("dependencies") or [],
        "protect": bool(state.get("protect")),
        "inputs": masked(state.get("inputs") or {}),
    }


def _complete(digest: Mapping[str, Any], where: str) -> None:
    shown = Counter(step["op"] for step in digest.get("steps") or ())
    for operation in _COUNTED:
        told = digest["changeSummary"].get(operation, 0)
        if told > shown[operation]:
            raise UnreadableError(
                f"{where} is not complete: it counts {count(told, operation)} and shows {shown[operation]}."
            )


def _errors(digest: Mapping[str, Any]) -> list[str]:
    return [str(each.get("message", "")) for each in digest.get("diagnostics") or () if each.get("severity") == "error"]


def _failed(where: str, errors: list[str]) -> str:
    # The first says that something failed, the longest what.
    return f"{where} is a plan that the engine could not finish: {one_line(max(errors, key=len), 300)}"
