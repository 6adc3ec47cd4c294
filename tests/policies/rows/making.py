"""Makes the rows that most rules need: one property good, bad, absent and not known yet."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.policies.rows.row import ENTRY, UNKNOWN, Row

NOTHING: Final = ""
"""What a rule says of an absent property whose default is good."""


def four(  # noqa: PLR0913 - a row is as wide as its table
    rule: str,
    path: str,
    good: Any,
    bad: Any,
    *,
    fault: str,
    absent: str | None = None,
    base: Mapping[str, Any] | None = None,
    kind: str = "",
) -> tuple[Row, ...]:
    """Return rows about one property.

    Args:
        rule: The rule's name.
        path: The property, its names parted by dots.
        good: A value that is as it should be.
        bad: A value that is not.
        fault: A piece of what is said of the bad value.
        absent: A piece of what is said where the property is absent; as `fault` unless given, `NOTHING` for nothing.
        base: The other inputs.
        kind: The resource's type; the rule's first unless given.

    """
    missing = fault if absent is None else absent
    return (
        Row(rule, "good", f"{path} is {good}", _with(base, path, good), type=kind),
        Row(rule, "bad", f"{path} is {bad}", _with(base, path, bad), [fault], type=kind),
        Row(rule, "absent", f"no {path}", dict(base or {}), [missing] if missing else [], type=kind),
        Row(rule, "unknown", path, _with(base, path, UNKNOWN), unknown=[path], type=kind),
    )


def entry(
    kind: str, name: str, inputs: Mapping[str, Any], after: Sequence[tuple[str, str]] = (), **more: Any
) -> dict[str, Any]:
    """Return a resource of a graph: its type, name and inputs, and the types and names of what it waits for."""
    waits = [f"urn:pulumi:dev::platform::{token}::{each}" for token, each in after]
    return {ENTRY: {"type": kind, "name": name, "dependencies": waits, **more}, **inputs}


def _with(base: Mapping[str, Any] | None, path: str, value: Any) -> dict[str, Any]:
    inputs = dict(base or {})
    *way, last = path.split(".")
    place = inputs
    for name in way:
        place[name] = dict(place.get(name, {}))
        place = place[name]
    place[last] = value
    return inputs
