"""What the Pulumi SDK declares of a resource type: its inputs and its outputs, under the names of the wire."""

import importlib
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Final, Union

import pulumi

from rehearsal.aws.names import bare

# The SDK's `Input[...]` leaves these names behind in its annotations.
_NAMES: Final[Mapping[str, Any]] = {"Output": pulumi.Output, "T": Any}


@dataclass(frozen=True, slots=True)
class Declared:
    """A resource type's properties.

    Attributes:
        inputs: Every input, with its type as far as a nested structure can be read from it.
        outputs: Every output, with its type.
        optional: The outputs that may be absent.

    """

    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    optional: frozenset[str]


@cache
def declared(token: str) -> Declared | None:
    """Return what the SDK declares of a type token; nothing if the SDK has no such type."""
    package, _, rest = token.partition(":")
    path, _, name = rest.partition(":")
    module = _module(package, path)
    resource = getattr(module, name, None) if module else None
    if not (isinstance(resource, type) and issubclass(resource, pulumi.CustomResource)):
        return None
    home = importlib.import_module(resource.__module__)
    # Where `<Name>Args` is taken by another type's nested structure, the SDK calls the resource's `<Name>InitArgs`.
    arguments = home.__dict__.get(f"{name}InitArgs") or home.__dict__[f"{name}Args"]
    hints = dict(properties(resource))
    return Declared(
        inputs=dict(properties(arguments)),
        outputs={key: hint for key, hint in hints.items() if key not in {"id", "urn"}},
        optional=frozenset(key for key, hint in hints.items() if _is_optional(hint)),
    )


def properties(cls: type) -> Iterator[tuple[str, Any]]:
    """Yield the wire name and the type of every property the SDK declares on a class."""
    module = importlib.import_module(cls.__module__)
    for name, member in vars(cls).items():
        if isinstance(member, property) and member.fget is not None:
            hints = typing.get_type_hints(member.fget, globalns={**vars(module), **_NAMES})
            yield getattr(member.fget, "_pulumi_name", name), hints.get("return", Any)


def nested(hint: Any) -> type | None:
    """Return the structure a declared type is, or is a list of; nothing for plain values."""
    if isinstance(hint, type) and hint.__module__.startswith("pulumi_") and not issubclass(hint, Enum):
        return hint
    return next((found for item in typing.get_args(hint) if (found := nested(item))), None)


def unwrapped(hint: Any) -> Any:
    """Return a declared type without `Output` and `Optional` around it."""
    origin = typing.get_origin(hint)
    if origin is pulumi.Output:
        return unwrapped(typing.get_args(hint)[0])
    if origin in {Union, UnionType}:
        return unwrapped(next(item for item in typing.get_args(hint) if item is not type(None)))
    return hint


def _is_optional(hint: Any) -> bool:
    if typing.get_origin(hint) is pulumi.Output:
        hint = typing.get_args(hint)[0]
    return type(None) in typing.get_args(hint)


@cache
def _module(package: str, path: str) -> Any:
    """Return the module of the SDK for ``ec2/vpc``: the folder, whose name may end in an underscore (``lambda_``)."""
    folder = path.partition("/")[0]
    for candidate in (folder, f"{folder}_", bare(folder)):
        try:
            return importlib.import_module(f"pulumi_{package}.{candidate}")
        except ModuleNotFoundError:
            continue
    return None
