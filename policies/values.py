"""Reads a resource's inputs so that absent, not known yet and given stay three different answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Properties = Mapping[str, Any]

# What the engine writes where a value is not known before the update runs, one per type
# (pulumi/sdk/go/common/resource/plugin/rpc.go).
UNKNOWN_SENTINELS: Final = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # strings
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # booleans
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # numbers
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # arrays
        "030794c1-ac77-496b-92df-f27374a8bd58",  # assets
        "e48ece36-62e2-4504-bad9-02848725956a",  # archives
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # objects
    }
)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be known before the update runs.

    Attributes:
        path: Where it stands among the inputs, ``vpcConfig.publicAccessCidrs[0]``.

    """

    path: str


def located(value: Any, path: str = "") -> Any:
    """Return the value with every sentinel of the engine replaced by an `Unknown` that knows its place."""
    if isinstance(value, Mapping):
        return {key: located(item, _member(path, key)) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [located(item, f"{path}[{index}]") for index, item in enumerate(value)]
    return Unknown(path) if isinstance(value, str) and value in UNKNOWN_SENTINELS else value


def read(value: Any, *path: str, default: Any = None) -> Any:
    """Return what stands at a path.

    Args:
        value: The inputs, as `located` returns them, or a part of them.
        *path: The property names that lead to it.
        default: What the provider takes when nothing is given.

    Returns:
        The value; `default` when it or anything above it is absent; `Unknown` when it or anything above it is.

    """
    for name in path:
        if isinstance(value, Unknown):
            return value
        value = value.get(name) if isinstance(value, Mapping) else None
    return default if value is None else value


def split(value: Any) -> tuple[list[Any], list[Unknown]]:
    """Part one value or a list of them into what is known and what is not; absent is neither."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    return (
        [item for item in values if not isinstance(item, Unknown)],
        [item for item in values if isinstance(item, Unknown)],
    )


def flag(value: Any) -> bool | Unknown:
    """Return a boolean that may be written as a string, as ``encrypted`` of a launch template is."""
    return value if isinstance(value, Unknown) else value is True or value == "true"


def type_of(urn: str) -> str:
    """Return the type token of a resource from its URN, which has those of its parents before it, parted by ``$``."""
    return urn.split("::")[2].rpartition("$")[2]


def _member(path: str, name: str) -> str:
    if not name.isidentifier():
        return f'{path}["{name}"]'
    return f"{path}.{name}" if path else name
