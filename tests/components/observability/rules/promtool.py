"""promtool, at the version the platform's Prometheus has: it judges files of rules and their tests."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import yaml

from components.observability.rules.catalog import Group, Theme, spec
from tests.components.observability.rules.cases import RUNBOOKS, files
from tools.build import path_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A file of rules, as it is or changed, and the tests it must pass.

    Attributes:
        name: What it is called in the file system.
        groups: The rules.
        tests: The names of the rules whose cases are tried.

    """

    name: str
    theme: Theme
    groups: Sequence[Group]
    tests: Sequence[str]


def check(path: Path) -> str:
    """Return what `promtool check rules` objects to, its lint included; nothing if it is sound."""
    command = [str(path_of("promtool")), "check", "rules", "--lint=all", "--lint-fatal", str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


def failures(trials: Sequence[Trial], folder: Path) -> dict[str, str]:
    """Return what promtool says of each trial that fails, by its name."""
    written: dict[Path, str] = {}
    for trial in trials:
        rules = write(folder / f"{trial.name}.rules.yaml", spec(trial.groups, RUNBOOKS))
        tried = [rule for rule in trial.theme.rules if rule.name in trial.tests]
        for number, tests in enumerate(files(tried, trial.theme)):
            path = write(folder / f"{trial.name}.{number}.test.yaml", {"rule_files": [rules.name], **tests})
            written[path] = trial.name
    failed: dict[str, str] = {}
    for path, said in run(list(written)).items():
        if said:
            failed[written[path]] = failed.get(written[path], "") + said
    return failed


def run(tests: Sequence[Path]) -> dict[Path, str]:
    """Return what promtool says of each file of tests; nothing where all pass.

    Raises:
        RuntimeError: it judged fewer files than it was given.

    """
    report = tests[0].with_suffix(".junit.xml")
    command = [str(path_of("promtool")), "test", "rules", f"--junit={report}", *map(str, tests)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314 - promtool's own file
    said = {Path(suite.attrib["name"]): _complaints(suite) for suite in suites}
    if set(said) != set(tests):
        raise RuntimeError(ran.stdout + ran.stderr)
    return said


def _complaints(suite: ET.Element) -> str:
    return "\n".join(fault.text or fault.get("message") or "" for case in suite for fault in case)


def write(path: Path, content: dict[str, Any]) -> Path:
    """Write a file in YAML and return its path."""
    path.write_text(yaml.safe_dump(content, sort_keys=False, width=1000), encoding="utf-8")
    return path
