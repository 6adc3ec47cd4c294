"""Every release that any environment registers, as the stand-in gets to see it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from rehearsal.providers.properties import UNKNOWN
from tests.environments import EVERY, assembled

TYPE = "kubernetes:helm.sh/v3:Release"

# What the recording engine invents for an output; the preview of a real one knows as little of it.
_INVENTED = re.compile(r"<[^<>]+\.[^<>]+>")

Path = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Release:
    """A release: the environment, its logical name, its entry in `charts.toml`, what it installs, and the values."""

    stack: str
    name: str
    entry: str
    chart: str
    version: str
    repository: str
    namespace: str
    values: Mapping[str, Any]


@cache
def releases() -> tuple[Release, ...]:
    """Return the releases of all environments and variants."""
    return tuple(
        Release(
            stack=stack,
            name=made.name,
            entry=made.inputs["name"],
            chart=made.inputs["chart"],
            version=made.inputs["version"],
            repository=(made.inputs.get("repositoryOpts") or {}).get("repo", ""),
            namespace=made.inputs["namespace"],
            values=_known(made.inputs.get("values") or {}),
        )
        for stack in EVERY
        for made in assembled(stack).of(TYPE)
    )


def paths(values: Mapping[str, Any], above: Path = ()) -> Iterator[Path]:
    """Yield the path of every key among values, those of maps before those below them."""
    for key, value in values.items():
        path = (*above, str(key))
        yield path
        if isinstance(value, Mapping):
            yield from paths(value, path)


def misspelt(values: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Return the values with the last two letters of one key swapped, or the last doubled."""
    key, *below = path
    if below:
        return {**values, key: misspelt(values[key], tuple(below))}
    swapped = f"{key[:-2]}{key[-1]}{key[-2]}" if len(key) > 1 else key
    wrong = swapped if swapped != key else f"{key}{key[-1]}"
    return {(wrong if name == key else name): value for name, value in values.items()}


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _known(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_known(item) for item in value]
    return UNKNOWN if isinstance(value, str) and _INVENTED.search(value) else value
