"""Finds a chart's own files: the folder of chart data that `CHART_DATA` names."""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from rehearsal.charts import archives
from rehearsal.charts.archives import Archives, OtherVersionError
from rehearsal.charts.chart import Chart
from rehearsal.workspace import PROJECT

VARIABLE: Final = "CHART_DATA"
"""Names the folder: index.json, and one folder for each chart with its Chart.yaml, values.yaml and so on."""


@dataclass(frozen=True)
class Library:
    """The charts whose files are at hand.

    Attributes:
        folder: Where.

    """

    folder: Path
    # Whose files these are; they go with it.
    of: Archives | None = field(default=None, compare=False, repr=False)

    @cached_property
    def index(self) -> Mapping[str, Mapping[str, Any]]:
        """What is known of each chart by the name of its folder."""
        index: dict[str, dict[str, Any]] = json.loads((self.folder / "index.json").read_text(encoding="utf-8"))
        return index

    @cached_property
    def _charts(self) -> Mapping[str, Chart]:
        return {
            name: Chart(_name_of(self.folder / name) or name, _version(entry), entry["app"], self.folder / name)
            for name, entry in self.index.items()
        }

    def find(self, reference: str, version: str, repository: str = "") -> Chart | None:
        """Return the chart, or None where its files are not at hand.

        Args:
            reference: As a release names it: ``cert-manager``, ``oci://public.ecr.aws/karpenter/karpenter``.
            version: The exact version; empty for the newest, which is then taken to be the one at hand.
            repository: The address of its Helm repository, which tells apart charts of one name.

        Raises:
            OtherVersionError: files of that chart are at hand, of another version.

        """
        name = reference.rstrip("/").rpartition("/")[2]
        candidates = [
            chart
            for folder, chart in self._charts.items()
            if chart.name == name
            and (folder in {name, f"{name}-{chart.version}"} or self._comes_from(folder, repository))
        ]
        fitting = [chart for chart in candidates if version in {"", chart.version}]
        if candidates and not fitting:
            versions = " and ".join(chart.version for chart in candidates)
            raise OtherVersionError(f"{name} {version} cannot be judged: the chart's files at hand are of {versions}")
        return fitting[0] if fitting else None

    def _comes_from(self, folder: str, repository: str) -> bool:
        return bool(repository) and self.index[folder]["url"].rstrip("/") == repository.rstrip("/")


def at_hand() -> Library | None:
    """Return the charts' files on this machine, or None where there are none.

    `CHART_DATA` names the folder; empty, there is none. Unset, it is ``shared/charts`` beside this project, or beside
    the local one it was cloned from, or else what is in the charts' archives.
    """
    named = os.environ.get(VARIABLE)
    folders = [Path(named)] if named else [] if named == "" else _beside()
    found = next((Library(folder) for folder in folders if (folder / "index.json").is_file()), None)
    pulled = archives.at_hand() if found is None and named is None else None
    return Library(pulled.unpacked(), of=pulled) if pulled else found


def _beside() -> list[Path]:
    origin = subprocess.run(
        ["git", "remote", "get-url", "origin"],  # noqa: S607 - whichever git there is
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    # An address that is no local folder leads nowhere.
    cloned_from = PROJECT / origin.removeprefix("file://").removesuffix("/.git")
    return [(project.parent / "shared" / "charts").resolve() for project in (PROJECT, cloned_from)]


def _name_of(folder: Path) -> str:
    """Return the name in a Chart.yaml, which is read without YAML: all of them are read to find one."""
    path = folder / "Chart.yaml"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return next((line.partition(":")[2].strip().strip("\"'") for line in lines if line.startswith("name:")), "")


def _version(entry: Mapping[str, Any]) -> str:
    """Return the version in an entry of the index, around which there may be a remark."""
    found = re.search(r"v?\d+\.\d+\.\d+[\w.+-]*", entry["version"])
    return found[0] if found else str(entry["version"])
