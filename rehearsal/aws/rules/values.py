"""Reading inputs in a rule: what is not known yet is passed over."""

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers.properties import UNKNOWN


def known(inputs: Mapping[str, Any], path: str) -> Any:
    """Return the value at a dotted path; nothing if it is absent or not known yet."""
    value: Any = inputs
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return None if value is UNKNOWN else value


def texts(inputs: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """Yield every known text at a dotted path, through lists, with its full path: ``subnetIds[0]``."""
    yield from _texts(inputs, path.split("."), "")


def _texts(value: Any, names: list[str], path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for position, item in enumerate(value):
            yield from _texts(item, names, f"{path}[{position}]")
    elif names and isinstance(value, Mapping):
        yield from _texts(value.get(names[0]), names[1:], f"{path}.{names[0]}".lstrip("."))
    elif not names and isinstance(value, str):
        yield path, value


def listed(value: Any) -> list[Any]:
    """Return a value that AWS takes alone or in a list, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
