"""Judges the objects that charts make by the rules about objects of the cluster, for whoever has rendered them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.evaluate import evaluate
from policies.rules import GROUPS
from policies.values import type_of

_CORE: Final = "core/"
# Marks what is judged elsewhere, and is here for what it says of the rest: a standard of pods, a policy of all pods.
_BESIDE: Final = "beside"


def remarks(made: Iterable[Mapping[str, Any]], beside: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return what the rules find in rendered objects, one line for each fault.

    Args:
        made: The objects that charts make, each with its namespace if it has one.
        beside: The program's own objects, which a stack's plan is judged by.

    """
    entries = [*_entries(made, "rendered"), *_entries(beside, _BESIDE)]
    found = evaluate(GROUPS["kubernetes"], entries)
    lines = (f"{each.rule}: {_shown(each.urn)}: {each.message}" for each in found if not _is_beside(each.urn))
    return tuple(dict.fromkeys(lines))


def _entries(objects: Iterable[Mapping[str, Any]], stack: str) -> Iterator[dict[str, Any]]:
    for each in objects:
        version, kind = each.get("apiVersion"), each.get("kind")
        if not isinstance(version, str) or not isinstance(kind, str):
            continue
        token = f"kubernetes:{version if '/' in version else _CORE + version}:{kind}"
        metadata = each.get("metadata") or {}
        where = "/".join(filter(None, [metadata.get("namespace"), metadata.get("name")]))
        yield {"urn": f"urn:pulumi:{stack}::charts::{token}::{where}", "type": token, "inputs": dict(each)}


def _is_beside(urn: str) -> bool:
    return urn.startswith(f"urn:pulumi:{_BESIDE}::")


def _shown(urn: str) -> str:
    """Return kind and name of an object of `_entries`."""
    return f"{type_of(urn).rpartition(':')[2]} {urn.split('::', 3)[3]}"
