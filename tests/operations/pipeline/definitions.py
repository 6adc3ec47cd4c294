"""Reads the three systems' pipelines as data: their jobs, their pieces of shell, and what each step must call."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from tests.environments import PROJECT

WORKFLOWS: Final = tuple(sorted((PROJECT / ".github" / "workflows").glob("*.yml")))
ACTIONS: Final = tuple(sorted((PROJECT / ".github" / "actions").glob("*/action.yml")))
GITLAB: Final = PROJECT / ".gitlab-ci.yml"
JENKINS: Final = PROJECT / "Jenkinsfile"
SYSTEMS: Final[Mapping[str, tuple[Path, ...]]] = {
    "GitHub": (*WORKFLOWS, *ACTIONS),
    "GitLab": (GITLAB,),
    "Jenkins": (JENKINS,),
}

STEPS: Final[Mapping[str, str]] = {
    "tools": r"make --silent tools\b",
    "test": r"make test\b",
    "rehearse": r'make rehearse STACK="\$STACK"',
    "base": r'-m operations\.pipeline base "\$STACK" --revision ["\w$/^]+ --out "\.rehearsal/base-\$STACK"',
    "review": r'-m operations\.pipeline review "\$STACK" --base "\.rehearsal/base-\$STACK" --out "review-\$STACK\.md"',
    "comment": r'-m operations\.pipeline comment --number "\$\w+" --marker "review-\$STACK" '
    r'--file "review-\$STACK\.md"',
    "preview": r'-m operations\.pipeline preview "\$STACK" --plan \S+',
    "up": r'-m operations\.pipeline up "\$STACK" --plan \S+',
    "drift": r'-m operations\.pipeline drift "\$STACK" --out \S+',
    "issue": r'-m operations\.pipeline issue "\$STACK" --file \S+',
}
"""What every system does, by the words in which it does it."""

_GROOVY: Final = re.compile(r"\bsh\s+(?:'''(.*?)'''|'((?:[^'\\]|\\.)*)')", re.DOTALL)


@cache
def loaded(path: Path) -> Mapping[str, Any]:
    """Return a file of YAML; the key that YAML 1.1 takes for a truth, `on`, is there by its name."""
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in found.items()}


def jobs(path: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return the jobs of a workflow of GitHub."""
    found: dict[str, dict[str, Any]] = loaded(path)["jobs"]
    return found


def steps(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each step of a workflow or an action, with the name of its job."""
    if path in ACTIONS:
        yield from (("action", step) for step in loaded(path)["runs"]["steps"])
        return
    for name, job in jobs(path).items():
        yield from ((name, step) for step in job.get("steps", ()))


def gitlab() -> Mapping[str, Mapping[str, Any]]:
    """Return the jobs of GitLab, hidden ones too, each as its templates make it."""
    words = {"stages", "workflow", "default", "variables", "include"}
    raw = {name: job for name, job in loaded(GITLAB).items() if name not in words}
    return {name: _extended(name, raw) for name in raw}


def _extended(name: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    own = raw[name]
    extends = own.get("extends", [])
    found: dict[str, Any] = {}
    for parent in [extends] if isinstance(extends, str) else extends:
        found |= _extended(parent, raw)
    merged = {**found.get("variables", {}), **own.get("variables", {})}
    return {**found, **own, "variables": merged}


def shell(system: str) -> list[str]:
    """Return every piece of shell of a system."""
    if system == "GitHub":
        return [step["run"] for path in SYSTEMS[system] for _, step in steps(path) if "run" in step]
    if system == "GitLab":
        keys = ("before_script", "script", "after_script")
        return ["\n".join(job[key]) for job in gitlab().values() for key in keys if key in job]
    return [block or line.replace("\\'", "'") for block, line in _GROOVY.findall(JENKINS.read_text(encoding="utf-8"))]
