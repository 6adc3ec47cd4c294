"""Brings Vault to the wanted state: writes what differs, and deletes what the program once made and nobody wants."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .client import Client
from .failures import PersonNeededError, UnclearError, UnreachableError

RECORD: Final = "secret/data/platform/bootstrap"
"""Where the program writes down what it has made; it deletes nothing that is not there."""

_ATTEMPTS: Final = 10


@dataclass(slots=True)
class Reconciler:
    """One pass over everything that is wanted.

    Attributes:
        client: Of the server that leads, signed in.
        say: Tells what was written.
        changes: How many writes it took.

    """

    client: Client
    say: Callable[[str], None] = field(repr=False)
    changes: int = 0

    def mounts(self, folder: str, wanted: Mapping[str, Mapping[str, Any]]) -> None:
        """Enable what is not: engines (`sys/mounts`), ways to sign in (`sys/auth`) or audit devices (`sys/audit`)."""
        found = self.client.read(folder) or {}
        for name, mount in wanted.items():
            there = found.get(f"{name}/")
            if there is None:
                self._write(f"{folder}/{name}", mount)
            elif there.get("type") != mount["type"] or _version(there) != _version(mount):
                raise PersonNeededError(
                    f"{folder}/{name} is of the type {there.get('type')} {_version(there)}, not {mount['type']} "
                    f"{_version(mount)}. Enabling it anew would delete what is in it: move that, disable it, run again"
                )
            elif folder != "sys/audit" and there.get("description") != mount["description"]:
                self._write(f"{folder}/{name}/tune", {"description": mount["description"]})

    def document(self, path: str, wanted: Mapping[str, Any]) -> None:
        """Write what is at a path unless all that is wanted is there; further fields are left as they are."""
        if not contains(self.client.read(path), wanted):
            self._write(path, wanted)

    def owned(self, wanted: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
        """Write the documents of each folder, and delete those the record has and nobody wants any more.

        The record has what is about to be made before it is made, and what is deleted until it is deleted: stopped
        anywhere, nothing is left that nobody knows of.
        """
        record = self._record()
        names = {folder: sorted(documents) for folder, documents in wanted.items()}
        either = {
            folder: sorted({*names.get(folder, ()), *record.get(folder, ())}) for folder in sorted({*names, *record})
        }
        self._keep(record, either)
        for folder, documents in wanted.items():
            for name, document in documents.items():
                self.document(f"{folder}/{name}", document)
        # Backwards: what refers to something goes before it.
        for folder in (*(folder for folder in either if folder not in wanted), *reversed(list(wanted))):
            for name in either[folder]:
                if name not in names.get(folder, ()):
                    self.client.delete(f"{folder}/{name}")
                    self.changes += 1
                    self.say(f"deleted {folder}/{name}, which nobody wants any more")
        self._keep(either, names)

    def authority(self, mount: str, wanted: Mapping[str, Any]) -> None:
        """Let the certificate engine make its own root, unless it has one; its key never leaves Vault."""
        for attempt in range(_ATTEMPTS):
            if self.client.names(f"{mount}/issuers"):
                return
            if attempt:
                self.client.pause(attempt)
            try:
                self.client.write_once(f"{mount}/root/generate/internal", wanted)
            except UnclearError:
                # A second one would be another root: the list tells whether there is one.
                continue
            self.changes += 1
            self.say(f"made the root of {mount}")
            return
        raise UnreachableError(f"{mount} made no root, tried {_ATTEMPTS} times")

    def _write(self, path: str, body: Mapping[str, Any]) -> None:
        self.client.write(path, body)
        self.changes += 1
        self.say(f"wrote {path}")

    def _record(self) -> dict[str, list[str]]:
        found = (self.client.read(RECORD) or {}).get("data") or {}
        return {str(folder): [str(name) for name in names] for folder, names in found.items()}

    def _keep(self, found: Mapping[str, list[str]], wanted: Mapping[str, list[str]]) -> None:
        if found != wanted:
            self.client.write(RECORD, {"data": wanted})
            self.changes += 1


def contains(found: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> bool:
    """Tell whether what Vault answers has all that is wanted; it trims what is long and adds what is not asked for."""
    return found is not None and all(_same(found.get(key), value) for key, value in wanted.items())


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and contains(found, wanted)
    return bool(
        found.strip() == wanted.strip() if isinstance(found, str) and isinstance(wanted, str) else found == wanted
    )


def _version(mount: Mapping[str, Any]) -> str:
    version = (mount.get("options") or {}).get("version")
    return f"version {version}" if version else ""
