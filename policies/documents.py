"""Reads IAM's JSON documents: what a statement allows, to whom, and under what condition."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from policies.rule import Finding
from policies.values import Properties, Unknown, read, split


def parsed(document: Any) -> Any:
    """Return a document given as JSON or as an object; None for one that is not JSON, `Unknown` for an unknown one."""
    if not isinstance(document, str):
        return document
    try:
        return json.loads(document)
    except ValueError:
        return None


def statements(
    document: Any, name: str, judge: Callable[[Properties], Iterator[Finding]], effect: str = "Allow"
) -> Iterator[Finding]:
    """Apply `judge` to every statement of an effect.

    Args:
        document: The document, as JSON or as an object; absent has no statements.
        name: The property that holds it, for the fault where it is not JSON.
        judge: Yields what it finds in one statement.
        effect: ``Allow`` or ``Deny``.

    """
    content = parsed(document)
    if content is None and document is not None:
        yield f"{name} is not JSON, so that nobody can tell what it allows; write it with json.dumps"
        return
    found, unknown = split(read(content, "Statement"))
    yield from unknown
    for statement in found:
        its = read(statement, "Effect")
        if isinstance(its, Unknown):
            yield its
        elif its == effect:
            yield from judge(statement)


def principals(statement: Properties) -> tuple[list[str], list[Unknown]]:
    """Return whom a statement names, of all kinds together, and what is not known of it."""
    principal = read(statement, "Principal")
    kinds = principal.values() if isinstance(principal, Mapping) else [principal]
    names: list[str] = []
    unknown: list[Unknown] = []
    for kind in kinds:
        known, hidden = split(kind)
        names += known
        unknown += hidden
    return names, unknown


def condition_keys(statement: Properties) -> frozenset[str]:
    """Return the keys a statement's conditions ask for, in lower case as AWS compares them."""
    operators = read(statement, "Condition", default={})
    if not isinstance(operators, Mapping):
        return frozenset()
    return frozenset(key.lower() for tests in operators.values() if isinstance(tests, Mapping) for key in tests)


def condition_values(statement: Properties, key: str) -> list[str]:
    """Return what a statement's conditions compare a key with, under whatever operator."""
    operators = read(statement, "Condition", default={})
    if not isinstance(operators, Mapping):
        return []
    found: list[str] = []
    for tests in operators.values():
        for name, values in tests.items() if isinstance(tests, Mapping) else ():
            if name.lower() == key.lower():
                found += [str(value) for value in split(values)[0]]
    return found
