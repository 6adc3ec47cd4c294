"""Finds charts with their templates: in the folder that `CHART_ARCHIVES` names, or that `make charts` fills."""

import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import yaml

from rehearsal.workspace import PROJECT

VARIABLE: Final = "CHART_ARCHIVES"
"""Names the folder: of each chart an archive ``<name>-<version>.tgz``, or the unpacked chart's folder ``<name>/``."""

PULLED: Final = PROJECT / ".charts"
"""Where `make charts` puts them."""

NOTES: Final = "pulled.json"
"""What `make charts` notes beside them: of each chart where it came from, of each other definition its files."""


class OtherVersionError(Exception):
    """What is at hand of a chart is of another version; the text names both."""


@dataclass(frozen=True)
class Archive:
    """One chart with its templates.

    Attributes:
        name: The chart's name.
        version: Its version.
        path: The archive, or the folder of an unpacked chart.
        app_version: The version of what it installs; may be empty.

    """

    name: str
    version: str
    path: Path
    app_version: str = ""

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the archive; of an unpacked chart that of all its files."""
        return sha256(self.path)


@dataclass(frozen=True)
class Archives:
    """The charts in a folder.

    Attributes:
        folder: Where.

    """

    folder: Path
    # Removed with this object: charts are read from it as long as there is one.
    _unpacked: TemporaryDirectory[str] = field(
        default_factory=lambda: TemporaryDirectory(prefix="charts-"), compare=False, repr=False
    )

    @cached_property
    def all(self) -> tuple[Archive, ...]:
        """Every chart in the folder."""
        found = (_read(path) for path in sorted(self.folder.iterdir()) if path.is_dir() or path.suffix == ".tgz")
        return tuple(archive for archive in found if archive)

    def find(self, reference: str, version: str) -> Archive | None:
        """Return a chart's archive, or None where there is none.

        Args:
            reference: As a release names it: ``cert-manager``, ``oci://public.ecr.aws/karpenter/karpenter``.
            version: The exact version; empty for whichever there is.

        Raises:
            OtherVersionError: there are archives of that chart, of other versions.

        """
        name = reference.rstrip("/").rpartition("/")[2]
        found = [archive for archive in self.all if archive.name == name]
        fitting = [archive for archive in found if version in {"", archive.version}]
        if found and not fitting:
            versions = " and ".join(archive.version for archive in found)
            raise OtherVersionError(f"the archive at hand is of version {versions}")
        return fitting[-1] if fitting else None

    def unpacked(self) -> Path:
        """Return a folder with the same charts as chart data is laid out: index.json, and one folder for each chart."""
        root = Path(self._unpacked.name) / "data"
        if not root.is_dir():
            root.mkdir()
            charts = self._charts(root)
            index = {**self._definitions(root), **charts}
            (root / "index.json").write_text(json.dumps(index), encoding="utf-8")
        return root

    def _charts(self, root: Path) -> Mapping[str, Any]:
        sources = noted(self.folder)["charts"]
        index = {}
        for archive in self.all:
            # An archive of another version of the same chart takes nothing away from the first.
            name = archive.name if archive.name not in index else f"{archive.name}-{archive.version}"
            source = sources.get(archive.path.name, {}).get("source", "")
            index[name] = {
                "version": archive.version,
                "app": archive.app_version,
                "url": source,
                "oci": f"{source}/{archive.name}" if source.startswith("oci://") else "classic",
                "ref": archive.version,
            }
            if archive.path.is_dir():
                shutil.copytree(archive.path, root / name)
            else:
                _unpack(archive, root / name)
        return index

    def _definitions(self, root: Path) -> Mapping[str, Any]:
        """Lay out what charts do not hold: release files, and beside a chart what its program registers."""
        index = {}
        for name, entry in noted(self.folder)["definitions"].items():
            folder = root / name / "crds"
            folder.mkdir(parents=True, exist_ok=True)
            for file in entry["files"]:
                shutil.copy(self.folder / file, folder)
            index[name] = {"version": "-", "app": "-", "url": "", "oci": "manifest", "ref": entry["version"]}
        return index


def at_hand() -> Archives | None:
    """Return the archives on this machine, or None where there are none.

    `CHART_ARCHIVES` names the folder; empty, there is none. Unset, it is what `make charts` has filled.
    """
    named = os.environ.get(VARIABLE)
    folder = PULLED if named is None else Path(named) if named else None
    return Archives(folder.resolve()) if folder is not None and folder.is_dir() else None


def noted(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what `make charts` has noted beside the archives: ``charts`` and ``definitions``, empty without notes."""
    path = folder / NOTES
    found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {"charts": {}, "definitions": {}, **found}


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, or of all files in a folder with their names."""
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    files = sorted(each for each in path.rglob("*") if each.is_file())
    parts = (f"{each.relative_to(path)}\0".encode() + each.read_bytes() for each in files)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _read(path: Path) -> Archive | None:
    text = _described(path)
    found = yaml.safe_load(text) if text else None
    if not isinstance(found, Mapping) or "name" not in found:
        return None
    return Archive(str(found["name"]), str(found.get("version", "")), path, str(found.get("appVersion", "")))


def _described(path: Path) -> str:
    """Return the text of a chart's Chart.yaml; nothing where there is none."""
    if path.is_dir():
        file = path / "Chart.yaml"
        return file.read_text(encoding="utf-8") if file.is_file() else ""
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                # The outermost alone: charts within have their own, further down.
                if member.name.count("/") == 1 and member.name.endswith("/Chart.yaml"):
                    content = archive.extractfile(member)
                    return content.read().decode() if content else ""
    except (tarfile.TarError, EOFError, OSError):
        # What a broken download has left is no chart.
        return ""
    return ""


def _unpack(archive: Archive, folder: Path) -> None:
    """Unpack an archive so that what is in its own folder is in `folder`."""
    beside = folder.with_name(f"{folder.name}.tgz")
    with tarfile.open(archive.path) as content:
        # "data" refuses whatever would leave the folder.
        content.extractall(beside, filter="data")
    (top,) = (path.parent for path in beside.glob("*/Chart.yaml"))
    top.rename(folder)
