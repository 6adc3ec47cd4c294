"""Reads the table of ordinary changes, and makes of each the stack file an operator would write."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from tests.environments import PROJECT, edited

HERE: Final = Path(__file__).parent
VERSIONS: Final = PROJECT / "components" / "versions.toml"
CHARTS: Final = PROJECT / "components" / "charts.toml"


@dataclass(frozen=True, slots=True)
class Base:
    """What runs before a change: an environment, perhaps edited.

    Attributes:
        stack: The environment.
        edit: Key paths of its stack file with the values they have instead.
        pins: Keys of ``versions.toml`` with the values they have instead.
        charts: Charts of ``charts.toml`` with the versions they have instead.

    """

    stack: str
    edit: Mapping[str, Any] = field(default_factory=dict)
    pins: Mapping[str, str] = field(default_factory=dict)
    charts: Mapping[str, str] = field(default_factory=dict)

    def then(self, edit: Mapping[str, Any], pins: Mapping[str, str]) -> "Base":
        """Return what runs after further edits, with the charts that are in git."""
        return Base(self.stack, {**self.edit, **edit}, {**self.pins, **pins})

    def content(self) -> dict[str, Any]:
        """Return the stack file."""
        return edited(self.stack, self.edit)

    def versions(self) -> str:
        """Return ``versions.toml``."""
        text = VERSIONS.read_text(encoding="utf-8")
        for key, value in self.pins.items():
            text, count = re.subn(rf'(?m)^{re.escape(key)} = ".*"$', f'{key} = "{value}"', text)
            assert count == 1, f"versions.toml has {count} lines that pin {key}"
        return text

    def pinned(self) -> str:
        """Return ``charts.toml``."""
        text = CHARTS.read_text(encoding="utf-8")
        for name, version in self.charts.items():
            table = rf'(?ms)^(\[charts\.{re.escape(name)}\]\n[^\[]*?^version = )"[^"]*"$'
            text, count = re.subn(table, rf'\g<1>"{version}"', text)
            assert count == 1, f"charts.toml has {count} charts called {name}"
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One ordinary change.

    Attributes:
        name: Of the file with what it does, ``golden/<name>.txt``.
        title: What an operator wants.
        stack: The environment it is planned for.
        edit: Key paths of the stack file with their new values; `environments.REMOVED` takes a key away.
        pins: Keys of ``versions.toml`` with their new values.
        before: What the environment has instead of what is in git, for the change to be one: `edit`, `pins`, `charts`.
        interrupts: What stands still meanwhile, and for whom.
        takes: How long what is updated in place takes; creations are estimated from ``rehearsal/latencies.toml``.
        undo: How to go back.
        refused: What AWS says if it refuses the change as it is; empty if it does not.
        one_way: Whether AWS offers no way back.
        replaces: The types that this change may replace or delete, with the reason.

    """

    name: str
    title: str
    stack: str
    interrupts: str
    undo: str
    takes: str = ""
    refused: str = ""
    one_way: bool = False
    edit: Mapping[str, Any] = field(default_factory=dict)
    pins: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    replaces: Mapping[str, str] = field(default_factory=dict)

    @property
    def base(self) -> Base:
        """What runs before."""
        return Base(self.stack, **self.before)

    @property
    def result(self) -> Base:
        """What runs after."""
        return self.base.then(self.edit, self.pins)

    @property
    def golden(self) -> Path:
        """The file with what it does."""
        return HERE / "golden" / f"{self.name}.txt"


def changes() -> list[Change]:
    """Return the table."""
    return [Change(**row) for row in yaml.safe_load((HERE / "table.yaml").read_text(encoding="utf-8"))]


def by_base(rows: Iterable[Change]) -> dict[str, tuple[Base, list[Change]]]:
    """Return the changes by what runs before them, so that it is made once."""
    grouped: dict[str, tuple[Base, list[Change]]] = {}
    for change in rows:
        grouped.setdefault(repr(change.base), (change.base, []))[1].append(change)
    return grouped
