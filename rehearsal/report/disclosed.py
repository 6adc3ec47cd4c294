"""Searches an exported state for what looks like a secret outside values the engine keeps encrypted."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from disclosure.recognise import recognise
from rehearsal.report.graph import is_encrypted, name_of, planted_secrets

_HARMLESS: Final = Path(__file__).parent / "harmless.toml"
# The provider keeps both encrypted; one that stands in clear was taken out of its hands.
_OF_A_SECRET: Final = re.compile(r"\.(?:data|stringData)\.[^.\[]+$")


def harmless() -> list[dict[str, str]]:
    """Return what looks like a secret and is none: type, pattern of the path, and why."""
    entries: list[dict[str, str]] = tomllib.loads(_HARMLESS.read_text(encoding="utf-8"))["harmless"]
    return entries


def exposed_secrets(deployment: Mapping[str, Any], planted: Mapping[str, str]) -> tuple[str, ...]:
    """Return where an exported state shows a planted secret, or what looks like one.

    Args:
        deployment: As `stack.export_stack().deployment` gives it.
        planted: Configuration key to the text planted for it.

    """
    return (*map(str, planted_secrets(deployment, planted)), *recognised_secrets(deployment))


def recognised_secrets(deployment: Mapping[str, Any]) -> list[str]:
    """Return where an exported state shows what looks like a secret, and what it looks like, but never the secret.

    Args:
        deployment: As `stack.export_stack().deployment` gives it.

    """
    known = harmless()
    recognised = cache(recognise)
    return [
        f"{name_of(entry['urn'])} ({entry['type']}) {path} looks like {what}"
        for entry in deployment.get("resources") or []
        for part in ("inputs", "outputs")
        for path, what in _found(entry.get(part) or {}, part, entry["type"], recognised)
        if not any(row["type"] == entry["type"] and re.fullmatch(row["path"], path) for row in known)
    ]


def _found(value: Any, path: str, kind: str, recognised: Callable[[str, str], str | None]) -> Iterator[tuple[str, str]]:
    for place, key, text in _texts(value, path, ""):
        if kind == "kubernetes:core/v1:Secret" and _OF_A_SECRET.search(place) and text:
            yield place, "a secret, for it is in the data of a Secret"
        elif what := recognised(text, key):
            yield place, what


def _texts(value: Any, path: str, key: str) -> Iterator[tuple[str, str, str]]:
    """Yield the path, the key and the text of every text that is not encrypted; JSON in a text is looked into."""
    if isinstance(value, Mapping):
        if is_encrypted(value):
            return
        for name, item in value.items():
            yield from _texts(item, f"{path}.{name}", str(name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}[{index}]", key)
    elif isinstance(value, str):
        yield path, key, value
        yield from _texts(_parsed(value), path, key)


def _parsed(text: str) -> Any:
    """Return what a text says if it is JSON of an object or a list."""
    try:
        return json.loads(text) if text[:1] in {"{", "["} else None
    except json.JSONDecodeError:
        return None
