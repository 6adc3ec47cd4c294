"""Reads a stack as a graph: its resources by type, and what is there before what."""

from collections.abc import Iterator, Sequence
from typing import Any

from policies.rule import Resource
from policies.values import Unknown, read


def of(resources: Sequence[Resource], *types: str) -> Iterator[Resource]:
    """Yield the resources of some types."""
    yield from (each for each in resources if each.type in types)


def before(resources: Sequence[Resource], urn: str) -> frozenset[str]:
    """Return the URNs of everything that is there before a resource, directly or through others.

    A resource waits for what it depends on, and, being made by its component, for what that depends on.
    """
    known = {each.urn: each for each in resources}
    found: set[str] = set()
    pending = [urn]
    while pending:
        resource = known.get(pending.pop())
        if resource is None:
            continue
        further = {*resource.dependencies, *filter(None, [resource.parent])} - found
        found |= further
        pending += further
    return frozenset(found)


def name_of(resource: Resource) -> Any:
    """Return namespace and name of an object of the cluster; `Unknown` where either is."""
    namespace = read(resource.inputs, "metadata", "namespace", default="")
    name = read(resource.inputs, "metadata", "name", default="")
    return next((each for each in (namespace, name) if isinstance(each, Unknown)), (str(namespace), str(name)))
