"""`make charts`: fetches every pinned chart with its templates, and the definitions that no chart holds."""

import concurrent.futures
import json
import os
import subprocess
import sys
import threading
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from rehearsal.charts.archives import NOTES, PULLED, VARIABLE, Archives, noted, sha256
from rehearsal.workspace import PROJECT
from tools.build import BuildError, path_of

PINS: Final = PROJECT / "components" / "charts.toml"
"""Which charts the platform installs, and which release files it applies."""

BESIDES: Final = Path(__file__).parent / "definitions.toml"
"""Definitions that come with no chart and no release file of the platform's own: programs and add-ons register them."""

_OCI: Final = "oci://"
_SECONDS: Final = 120
# Polite to the repositories, and enough to hide their latency.
_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One thing to fetch.

    Attributes:
        name: What it is called here.
        version: Its exact version.
        repository: The chart's Helm repository, or the OCI folder that holds it; empty for definitions.
        addresses: The files of definitions; empty for a chart.

    """

    name: str
    version: str
    repository: str = ""
    addresses: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def archive(self) -> str:
        """The name that Helm gives a chart's archive."""
        return f"{self.name}-{self.version}.tgz"

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the files of definitions, in the folder that holds the archives."""
        return tuple(f"{self.name}-{self.version}/{address.rpartition('/')[2]}" for address in self.addresses)


class PullError(Exception):
    """Something cannot be had; the text says why."""


def wanted(pins: Path = PINS, besides: Path = BESIDES) -> tuple[Wanted, ...]:
    """Return everything that the pins name, and what its programs register."""
    pinned = tomllib.loads(pins.read_text(encoding="utf-8"))
    charts = pinned.get("charts", {})
    found = [
        # One chart may be installed twice, under names of their own.
        Wanted(name=chart.get("chart", name), version=chart["version"], repository=chart["repository"])
        for name, chart in charts.items()
    ]
    for name, manifest in pinned.get("manifests", {}).items():
        address = manifest["url"].format(version=manifest["version"])
        found.append(Wanted(name=f"{name}-crds", version=manifest["version"], addresses=(address,)))
    for name, entry in tomllib.loads(besides.read_text(encoding="utf-8")).items():
        # What a chart's program registers is of the version of the chart.
        version = charts[entry["chart"]]["version"] if "chart" in entry else entry["version"]
        addresses = tuple(entry["url"].format(version=version, file=file) for file in entry["files"])
        found.append(Wanted(name=name, version=version, addresses=addresses))
    return tuple(dict.fromkeys(found))


class Puller:
    """Fetches into a folder what is missing there.

    Args:
        folder: Where.
        helm: The command.
        say: Is told of each thing as it is there.

    """

    def __init__(self, folder: Path, helm: Path, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._helm = helm
        self._say = say
        self._lock = threading.Lock()
        self._notes: dict[str, dict[str, Any]] = {"charts": {}, "definitions": {}}

    def pull(self, things: Sequence[Wanted]) -> list[str]:
        """Fetch what is missing and remove what is not wanted any more; return what could not be had, all of it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        before = noted(self._folder)
        missing = [each for each in things if not self._there(each, before)]
        self._say(f"{len(things) - len(missing)} of {len(things)} are there already")
        problems = []
        with concurrent.futures.ThreadPoolExecutor(_AT_ONCE) as pool:
            for each, problem in zip(missing, pool.map(self._fetched, missing), strict=True):
                problems += [f"{each}: {problem}"] if problem else []
        self._remove_unwanted(before)
        text = json.dumps(self._notes, indent=2, sort_keys=True) + "\n"
        (self._folder / NOTES).write_text(text, encoding="utf-8")
        return problems

    def _there(self, thing: Wanted, before: Mapping[str, Mapping[str, Any]]) -> bool:
        """Tell whether a thing is there, whole and as it was when it came; note it again if so."""
        kind, key = ("definitions", thing.name) if thing.addresses else ("charts", thing.archive)
        note = before[kind].get(key)
        files = thing.files or (thing.archive,)
        if not note or note["version"] != thing.version or note["source"] != _source(thing):
            return False
        paths = [self._folder / file for file in files]
        if not all(path.is_file() for path in paths) or note["sha256"] != [sha256(path) for path in paths]:
            return False
        self._notes[kind][key] = note
        return True

    def _fetched(self, thing: Wanted) -> str:
        """Fetch one thing; return why it could not be had, or nothing."""
        try:
            paths = self._definitions(thing) if thing.addresses else [self._chart(thing)]
        except PullError as error:
            self._say(f"{thing}: FAILED")
            return str(error)
        kind, key = ("definitions", thing.name) if thing.addresses else ("charts", thing.archive)
        note = {"version": thing.version, "source": _source(thing), "sha256": [sha256(path) for path in paths]}
        if thing.addresses:
            note["files"] = list(thing.files)
        with self._lock:
            self._notes[kind][key] = note
        self._say(f"{thing}: from {_source(thing)}")
        return ""

    def _chart(self, thing: Wanted) -> Path:
        oci = thing.repository.startswith(_OCI)
        chart = [f"{thing.repository.rstrip('/')}/{thing.name}"] if oci else [thing.name, "--repo", thing.repository]
        with TemporaryDirectory(prefix=".pulling-", dir=self._folder) as temporary:
            command = [str(self._helm), "pull", *chart, "--version", thing.version, "--destination", temporary]
            try:
                run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
            except subprocess.TimeoutExpired as error:
                raise PullError(f"no answer within {_SECONDS} s") from error
            if run.returncode != 0:
                raise PullError(run.stderr.strip().removeprefix("Error: ") or "Helm says nothing")
            # A repository may answer for a version with what is another chart inside.
            found = [f"{archive.name} {archive.version}" for archive in Archives(Path(temporary)).all]
            if found != [str(thing)]:
                raise PullError(f"what {thing.repository} sent is {' and '.join(found) or 'no chart'}")
            (archive,) = Path(temporary).glob("*.tgz")
            return archive.replace(self._folder / thing.archive)

    def _definitions(self, thing: Wanted) -> list[Path]:
        paths = []
        for address, file in zip(thing.addresses, thing.files, strict=True):
            path = self._folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with urllib.request.urlopen(address, timeout=_SECONDS) as answer:  # noqa: S310 - addresses are pinned
                    content = answer.read()
            except (urllib.error.URLError, TimeoutError) as error:
                raise PullError(f"{address}: {error}") from error
            if b"kind: CustomResourceDefinition" not in content:
                raise PullError(f"{address} holds no CustomResourceDefinition")
            path.write_bytes(content)
            paths.append(path)
        return paths

    def _remove_unwanted(self, before: Mapping[str, Mapping[str, Any]]) -> None:
        """Remove what an earlier run has put there and no pin names any more; nothing that a person has put there."""
        wanted_now = {*self._notes["charts"]} | {
            file for note in self._notes["definitions"].values() for file in note["files"]
        }
        had = {*before["charts"]} | {file for note in before["definitions"].values() for file in note["files"]}
        for file in had - wanted_now:
            (self._folder / file).unlink(missing_ok=True)


def _source(thing: Wanted) -> str:
    return thing.repository or thing.addresses[0].rpartition("/")[0]


def main() -> int:
    """Fetch; return 0 if everything is there, 1 if not, 2 without Helm."""
    folder = Path(os.environ.get(VARIABLE) or PULLED).resolve()
    try:
        puller = Puller(folder, path_of("helm"), lambda line: print(line, flush=True))  # noqa: T201 - a command speaks
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    things = wanted()
    problems = puller.pull(things)
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    if problems:
        sys.stderr.write(f"{len(problems)} of {len(things)} could not be had; run this again to get these alone\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
