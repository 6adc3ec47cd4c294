"""Whether the charts of a stack take a Kubernetes minor: by their own word, judged by Helm, and by their projects'."""

import json
import subprocess
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

import yaml

from operations.rehearsed import Rehearsed
from operations.upgrade.findings import Finding, against, fine, to_look_at
from rehearsal.charts.archives import OtherVersionError
from rehearsal.charts.library import Library
from rehearsal.report.words import count

_TESTED: Final = Path(__file__).parent / "tested.toml"
_SECONDS: Final = 30

Judge: TypeAlias = Callable[[str, str], str]
"""Returns why Helm refuses a constraint on a minor; empty if it does not."""

# A constraint that takes this one has no upper bound, and so nothing to say of any minor to come.
_BEYOND_ALL: Final = "1.999"


def findings(rehearsed: Rehearsed, target: str, library: Library | None, judge: Judge) -> Iterator[Finding]:
    """Yield what is known of every chart that the stack installs."""
    silent, unbounded, fitting = list[str](), list[str](), list[str]()
    for (chart, version), constraint in sorted(_declared(rehearsed, library).items()):
        name = f"`{chart}` {version}"
        refusal = judge(constraint, target) if constraint else ""
        if refusal:
            yield against(f"{name} refuses {target}: {refusal}. Take a version of it that does not.")
        elif constraint:
            (fitting if judge(constraint, _BEYOND_ALL) else unbounded).append(f"{name} ({constraint})")
        elif constraint is None:
            yield to_look_at(f"{name}: its files are not at hand (`make charts` fetches them); nothing is known of it.")
        else:
            silent.append(name)
        yield from _tested(chart, version, target)
    if fitting:
        yield fine(f"Helm takes {count(len(fitting), 'chart')} on {target}: {', '.join(fitting)}.")
    if unbounded:
        yield to_look_at(
            f"Unknown, as their `kubeVersion` names only a least minor, which no newer one can miss: "
            f"{', '.join(unbounded)}. Read their releases' notes."
        )
    if silent:
        yield to_look_at(f"Unknown, as they declare no `kubeVersion`: {', '.join(silent)}. Read their releases' notes.")


def helm(program: Path) -> Judge:
    """Return Helm's own judgement of a constraint."""

    @cache
    def judged(constraint: str, minor: str) -> str:
        with TemporaryDirectory(prefix="chart-") as folder:
            metadata = {"apiVersion": "v2", "name": "asked", "version": "0.0.0", "kubeVersion": constraint}
            (Path(folder) / "Chart.yaml").write_text(json.dumps(metadata), encoding="utf-8")
            run = subprocess.run(
                [program, "template", "asked", folder, "--kube-version", f"v{minor}.0"],
                capture_output=True,
                text=True,
                check=False,
                timeout=_SECONDS,
            )
        return run.stderr.strip().splitlines()[0].removeprefix("Error: ") if run.returncode else ""

    return judged


def _declared(rehearsed: Rehearsed, library: Library | None) -> dict[tuple[str, str], str | None]:
    """Return for each chart and version its constraint: empty if it has none, None where its files are not at hand."""
    found: dict[tuple[str, str], str | None] = {}
    for node in rehearsed.of("helm.sh/v3:Release"):
        reference, version = str(node.inputs["chart"]), str(node.inputs.get("version", ""))
        repository = str((node.inputs.get("repositoryOpts") or {}).get("repo", ""))
        name = reference.rpartition("/")[2]
        found[name, version] = _constraint(library, reference, version, repository)
    return found


def _constraint(library: Library | None, reference: str, version: str, repository: str) -> str | None:
    try:
        chart = library.find(reference, version, repository) if library else None
    except OtherVersionError:
        return None
    path = chart.folder / "Chart.yaml" if chart else None
    if path is None or not path.is_file():
        return None
    return str(yaml.safe_load(path.read_text(encoding="utf-8")).get("kubeVersion") or "")


@cache
def _projects() -> Mapping[str, Any]:
    return tomllib.loads(_TESTED.read_text(encoding="utf-8"))


def _tested(chart: str, version: str, target: str) -> Iterator[Finding]:
    """Yield what a chart's project says of a minor, where the table has it of this version."""
    told = _projects().get(chart)
    if isinstance(told, Mapping) and version.startswith(f"{told['version']}."):
        source = f"{told['source']}, {_projects()['retrieved']}"
        until = f"its project names {told['minors'][0]} to {told['minors'][-1]} ({source})"
        if target in told["minors"]:
            yield fine(f"`{chart}` {version}: {until}.")
        else:
            yield to_look_at(
                f"`{chart}` {version} is untested on {target}: {until}. Take a version of it that names it."
            )
