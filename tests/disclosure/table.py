"""Reads the table of what gives a secret away and of what only looks so."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

TABLE: Final = Path(__file__).parent / "table.yaml"


@dataclass(frozen=True, slots=True)
class Row:
    """One value under its key."""

    what: str
    key: str
    value: Any

    def __str__(self) -> str:
        """Name it as a test."""
        return self.what


def rows(kind: str) -> list[Row]:
    """Return the rows that are `bad` or `good`."""
    return list(_read(kind))


def _read(kind: str) -> Iterator[Row]:
    for entry in yaml.safe_load(TABLE.read_text(encoding="utf-8"))[kind]:
        value = entry["value"]
        yield Row(entry["what"], entry["key"], "".join(value) if isinstance(value, list) else value)
