"""The account of a rehearsal: what was created in AWS, how truthfully, and whether it is gone."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from rehearsal.providers.standin import Resource

How = Literal["emulated", "modelled", "invented"]
"""Held by moto; judged by AWS's definition only; or of a type no table knows."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource that was created.

    Attributes:
        urn: Pulumi's name of it.
        type: Its type token.
        how: How it was played.
        identifier: Its id.
        inputs: The inputs it has now.
        answers: What AWS answered for it, by the names of the table's row.
        deleted: Whether it was deleted.
        note: Why AWS keeps it after its deletion, if it does.

    """

    urn: str
    type: str
    how: How
    identifier: str
    inputs: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    deleted: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class AwsSummary:
    """What the report says about AWS.

    Attributes:
        emulated: How many resources moto held.
        modelled: How many were judged by AWS's definitions alone.
        invented: The types no table knows, which were accepted as they came.
        modelled_types: The types behind `modelled`.
        left: One line for everything that was created and not deleted, or that AWS keeps.

    """

    emulated: int
    modelled: int
    invented: tuple[str, ...]
    modelled_types: tuple[str, ...]
    left: tuple[str, ...]


class Ledger:
    """The entries, by id; safe to use from many threads."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], Entry] = {}
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Entry]:
        with self._lock:
            return iter(tuple(self._entries.values()))

    def created(
        self, resource: Resource, how: How, identifier: str, inputs: dict[str, Any], answers: dict[str, Any]
    ) -> None:
        """Enter a resource."""
        entry = Entry(resource.urn, resource.type, how, identifier, inputs, answers)
        with self._lock:
            self._entries[resource.type, identifier] = entry

    def changed(self, token: str, identifier: str, inputs: dict[str, Any], answers: dict[str, Any]) -> None:
        """Note a resource's new inputs and answers."""
        with self._lock:
            entry = self._entries.get((token, identifier))
            if entry is not None:
                self._entries[token, identifier] = replace(entry, inputs=inputs, answers=answers)

    def deleted(self, token: str, identifier: str, note: str = "") -> None:
        """Note that a resource is gone, or why it is not."""
        with self._lock:
            entry = self._entries.get((token, identifier))
            if entry is not None:
                self._entries[token, identifier] = replace(entry, deleted=True, note=note)

    def find(self, token: str, identifier: str) -> Entry | None:
        """Return a resource that exists, by its id."""
        with self._lock:
            entry = self._entries.get((token, identifier))
        return None if entry is None or entry.deleted else entry

    def of_type(self, token: str) -> list[Entry]:
        """Return the resources of a type that exist."""
        return [entry for entry in self if entry.type == token and not entry.deleted]

    def addons(self) -> frozenset[str]:
        """Return the names of the EKS add-ons that exist."""
        return frozenset(entry.inputs["addonName"] for entry in self.of_type("aws:eks/addon:Addon"))

    def summary(self) -> AwsSummary:
        """Return the figures for the report."""
        entries = list(self)
        left = [f"{entry.type} {entry.identifier}" for entry in entries if not entry.deleted]
        kept = [f"{entry.type} {entry.identifier}: {entry.note}" for entry in entries if entry.deleted and entry.note]
        return AwsSummary(
            emulated=sum(entry.how == "emulated" for entry in entries),
            modelled=sum(entry.how == "modelled" for entry in entries),
            invented=tuple(sorted({entry.type for entry in entries if entry.how == "invented"})),
            modelled_types=tuple(sorted({entry.type for entry in entries if entry.how == "modelled"})),
            left=(*left, *kept),
        )
