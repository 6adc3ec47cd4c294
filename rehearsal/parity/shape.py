"""Takes resources and settings apart into facts that can be compared one by one."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from rehearsal.parity.identities import Identities
from rehearsal.report.graph import outermost_layer

# By one of these an entry of a list says which it is, so that one more entry is one difference.
_KEYS: Final = ("name", "key", "Sid", "sid", "id", "topologyKey")
# What Pulumi and the pods' templates write of a content that is compared itself.
_DERIVED: Final = ("checksum", "hash", "digest-of", "__defaults", "__internal", "__pulumi")
_ENGINES: Final = ("pulumi:pulumi:", "pulumi:providers:")
_LONGEST: Final = 90

Facts = dict[str, str]
"""What there is by where it stands: `layer/name: path` for an input, `layer/name` for the resource itself."""


def of_resources(resources: Iterable[Mapping[str, Any]], identities: Identities) -> dict[tuple[str, str], Facts]:
    """Return the facts of each resource, by its type and where it stands (`layer/name`)."""
    entries = list(resources)
    by_urn = {each["urn"]: each for each in entries}
    return {
        (each["type"], f"{(outermost_layer(each, by_urn) or each)['name']}/{identities.without(each['name'])}"): {
            **dict(_facts(each.get("inputs") or {}, "", identities)),
            **({"protect": "true"} if each.get("protect") else {}),
        }
        for each in entries
        if not each["type"].startswith(_ENGINES)
    }


def of_settings(settings: Mapping[str, Any], identities: Identities) -> Facts:
    """Return the facts of the settings of an environment, `network.nat: single`."""
    return dict(_facts(settings, "", identities))


def _facts(value: Any, path: str, identities: Identities) -> Iterator[tuple[str, str]]:
    value = _read(value)
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            if not any(word in str(key) for word in _DERIVED):
                yield from _facts(item, f"{path}.{identities.without(str(key))}".lstrip("."), identities)
    elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        for name, item in _named(value, identities):
            yield from _facts(item, f"{path}[{name}]", identities)
    elif path:
        yield path, identities.without(value if isinstance(value, str) else json.dumps(value, sort_keys=True))


def _read(value: Any) -> Any:
    """Return a text that is a JSON document as what it says."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _named(items: list[Any], identities: Identities) -> Iterator[tuple[str, Any]]:
    for key in _KEYS:
        names = [item.get(key) for item in items]
        if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
            yield from zip([identities.without(str(name)) for name in names], items, strict=True)
            return
    # By its place only where it is alone: one more at the beginning would make every other a difference.
    yield from ((_mark(item, identities) if len(items) > 1 else "0", item) for item in items)


def _mark(item: Any, identities: Identities) -> str:
    said = identities.without(json.dumps(item, sort_keys=True))
    return hashlib.sha256(said.encode()).hexdigest()[:6]


def shown(fact: str | None) -> str:
    """Return a fact in one line that fits a screen; ``nothing`` where there is none."""
    if fact is None:
        return "nothing"
    line = " ".join(fact.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 2]} …"
