"""Checks for the commonest kind of rule: one property must have one of some values."""

from collections.abc import Callable, Iterator
from typing import Any

from policies.rule import Finding
from policies.values import Properties, Unknown, flag, read


def expect(
    *path: str, default: Any, fault: str, accept: Callable[[Any], bool]
) -> Callable[[Properties], Iterator[Finding]]:
    """Return a check of one property.

    Args:
        *path: The property names that lead to it.
        default: What the provider takes when nothing is given.
        fault: What to say of a value that is not accepted, with ``{value}`` where it is to stand.
        accept: Tells whether a value is as it should be.

    """

    def check(inputs: Properties) -> Iterator[Finding]:
        value = read(inputs, *path, default=default)
        if isinstance(value, Unknown):
            yield value
        elif not accept(value):
            yield fault.format(value=value)

    return check


def on(*path: str, default: bool, fault: str) -> Callable[[Properties], Iterator[Finding]]:
    """Return a check that a flag, which may be written as a string, is set."""
    return expect(*path, default=default, fault=fault, accept=lambda value: flag(value) is True)


def off(*path: str, default: bool, fault: str) -> Callable[[Properties], Iterator[Finding]]:
    """Return a check that a flag, which may be written as a string, is not set."""
    return expect(*path, default=default, fault=fault, accept=lambda value: flag(value) is not True)


def given(*path: str, fault: str) -> Callable[[Properties], Iterator[Finding]]:
    """Return a check that a property is set to something."""
    return expect(*path, default="", fault=fault, accept=bool)
