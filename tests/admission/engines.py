"""Has the engines' own programs judge the table, as they would judge it in a cluster."""

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from components.security.admission import gatekeeper_policies, kyverno_policies
from components.security.admission import policies as admission_policies
from components.security.admission.catalog import Judgement
from tests.admission.rows import PLATFORM, Row, rows, settings
from tests.admission.server import TENANT

UPDATES: Final = "neither program can be told what an object was before; the API server judges these rows"


def judged() -> list[Row]:
    """Return the rows that an engine's program can judge."""
    return [row for row in rows() if row.before is None]


def gatekeeper(gator: Path, folder: Path) -> Mapping[str, frozenset[str]]:
    """Return for each row the rules that it breaks, as `gator test` finds."""
    return gatekeeper_on(admission_policies.held_by_an_engine(settings(engine="gatekeeper"), PLATFORM), gator, folder)


def gatekeeper_on(held: Iterable[Judgement], gator: Path, folder: Path) -> Mapping[str, frozenset[str]]:
    """Return the same for rules that are given."""
    chosen = settings(engine="gatekeeper")
    given = [*held]
    manifests = [
        *(gatekeeper_policies.template(each) for each in given),
        *(gatekeeper_policies.constraint(each, chosen, PLATFORM) for each in given),
        *(_named(row, index) for index, row in enumerate(judged())),
    ]
    file = folder / "all.yaml"
    file.write_text(yaml.safe_dump_all(manifests), encoding="utf-8")
    run = subprocess.run(
        [gator, "test", "--filename", file, "--output", "json"], capture_output=True, text=True, check=False
    )
    assert run.stdout, run.stderr
    found: dict[str, set[str]] = {_name(row, index): set() for index, row in enumerate(judged())}
    for violation in json.loads(run.stdout):
        found[violation["violatingObject"]["metadata"]["name"]].add(violation["constraint"]["metadata"]["name"])
    return _by_row(found)


def kyverno(program: Path, folder: Path) -> Mapping[str, frozenset[str]]:
    """Return for each row the rules that it breaks, as `kyverno apply` finds."""
    chosen = settings(engine="kyverno")
    held = [*admission_policies.held_by_an_engine(chosen, PLATFORM)]
    policies = [kyverno_policies.policy(each, chosen, PLATFORM) for each in held]
    objects = [_named(row, index) for index, row in enumerate(judged())]
    report = applied(program, folder, policies, objects)
    found: dict[str, set[str]] = {_name(row, index): set() for index, row in enumerate(judged())}
    for result in report["results"]:
        if result["result"] == "fail":
            for resource in result["resources"]:
                found[resource["name"]].add(result["policy"].removeprefix("platform-"))
    return _by_row(found)


def applied(
    program: Path, folder: Path, policies: Sequence[Mapping[str, Any]], objects: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Return what `kyverno apply` reports of policies and objects."""
    (folder / "policies.yaml").write_text(yaml.safe_dump_all(policies), encoding="utf-8")
    (folder / "objects.yaml").write_text(yaml.safe_dump_all(objects), encoding="utf-8")
    run = subprocess.run(
        [program, "apply", "policies.yaml", "--resource", "objects.yaml", "--policy-report", "--output-format", "json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "{" in run.stdout, run.stderr or run.stdout
    report: Mapping[str, Any] = json.loads(run.stdout[run.stdout.index("{") :])
    return report


def _named(row: Row, index: int) -> dict[str, Any]:
    metadata = {**row.manifest["metadata"], "name": _name(row, index), "namespace": TENANT}
    if row.kind in {"ClusterRole", "ClusterRoleBinding", "Namespace"}:
        del metadata["namespace"]
    return {**row.manifest, "metadata": metadata}


def _by_row(found: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {row.what: frozenset(found[_name(row, index)]) for index, row in enumerate(judged())}


def _name(row: Row, index: int) -> str:
    given = str(row.manifest["metadata"]["name"])
    return f"row-{index}" if given == "tried" else given
