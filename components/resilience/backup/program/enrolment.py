"""Has one Schedule for each class cover the namespaces that chose the class by their label."""

import json
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from .api import CORE, VELERO, Api, in_the_pod, of

_NONE: Final = "none"
_OURS: Final = "platform/enrolment"


def enrol(api: Api, plan: Mapping[str, Any]) -> list[str]:
    """Bring the Schedules to what namespaces ask for, and return what nobody can fulfil, a line each.

    A Schedule without a namespace would be one of every namespace: where nobody chose a class, there is none. One that
    was kept under another name goes, else it would save all the same to the end of its days.

    Args:
        api: The cluster.
        plan: ``label``, ``namespace`` of the Schedules, ``schedules`` by class, the form of the ``names`` that they may
            have had, the namespaces to leave ``alone``, and the ``canary``, which is in each for drills to restore.

    """
    chosen: dict[str, list[str]] = {}
    for namespace in api.items(f"{CORE}/namespaces", plan["label"]):
        metadata = namespace["metadata"]
        if metadata["name"] not in plan["alone"] and not metadata.get("deletionTimestamp"):
            chosen.setdefault(metadata["labels"][plan["label"]], []).append(metadata["name"])
    wanted = [
        _covering(schedule, [plan["canary"], *sorted(names)])
        for name, schedule in plan["schedules"].items()
        if (names := chosen.pop(name, []))
    ]
    _bring(api, plan["namespace"], {each["metadata"]["name"]: each for each in wanted}, re.compile(plan["names"]))
    chosen.pop(_NONE, None)
    return [
        f"{', '.join(sorted(names))}: there is no class {unknown}; label it with one of "
        f"{', '.join(plan['schedules'])} or {_NONE}"
        for unknown, names in sorted(chosen.items())
    ]


def _covering(schedule: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    labels = {**schedule["metadata"]["labels"], _OURS: "true"}
    template = {**schedule["spec"]["template"], "includedNamespaces": names}
    return {
        **schedule,
        "metadata": {**schedule["metadata"], "labels": labels},
        "spec": {**schedule["spec"], "template": template},
    }


def _bring(api: Api, namespace: str, wanted: Mapping[str, Mapping[str, Any]], names: re.Pattern[str]) -> None:
    there = {each["metadata"]["name"]: each for each in api.items(of(VELERO, namespace, "schedules"))}
    for name, schedule in wanted.items():
        found = there.pop(name, None)
        if found is None:
            api.create(of(VELERO, namespace, "schedules"), schedule)
        elif _differs(found, schedule):
            labels = {"labels": schedule["metadata"]["labels"]}
            api.change(of(VELERO, namespace, "schedules", name), {"metadata": labels, "spec": schedule["spec"]})
    for name, found in there.items():
        # Those made before there was a mark are known by how they are called.
        if _OURS in (found["metadata"].get("labels") or {}) or names.fullmatch(name):
            api.delete(of(VELERO, namespace, "schedules", name))


def _differs(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    labels = found["metadata"].get("labels") or {}
    return any(labels.get(key) != value for key, value in wanted["metadata"]["labels"].items()) or any(
        found["spec"].get(key) != value for key, value in wanted["spec"].items()
    )


def main(plan: Path, api: Api) -> int:
    """Enrol once; what cannot be fulfilled fails the run, after all else is done."""
    refused = enrol(api, json.loads(plan.read_text(encoding="utf-8")))
    for line in refused:
        sys.stderr.write(f"{line}\n")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), in_the_pod(time.sleep)))
