"""Changes made up for tests, one line each."""

from typing import Any

from rehearsal.review.change import Change, Operation, Property, StackChange


def change(operation: Operation, kind: str, name: str = "thing", *properties: Property, **other: Any) -> Change:
    """Return a change of a resource in the stack ``prod``."""
    stack = other.pop("stack", "prod")
    urn = f"urn:pulumi:{stack}::platform::{kind}::{name}"
    return Change(stack=stack, urn=urn, type=kind, name=name, operation=operation, properties=properties, **other)


def stack(*changes: Change, name: str = "prod") -> StackChange:
    """Return what happens to one stack."""
    return StackChange(stack=name, changes=changes)


def entry(kind: str, name: str, inputs: dict[str, Any] | None = None, **other: Any) -> dict[str, Any]:
    """Return an entry of graph.json of the stack ``prod``."""
    return {
        "urn": f"urn:pulumi:prod::platform::{kind}::{name}",
        "type": kind,
        "name": name,
        "parent": "",
        "provider": "urn:pulumi:prod::platform::pulumi:providers:x::x",
        "dependencies": [],
        "protect": False,
        "inputs": inputs or {},
        **other,
    }
