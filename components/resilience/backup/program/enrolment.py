"""Has one Schedule for each class cover the namespaces that chose the class by their label."""

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from .api import CORE, VELERO, Api, in_the_pod, of

_NONE: Final = "none"


def enrol(api: Api, plan: Mapping[str, Any]) -> list[str]:
    """Bring the Schedules to what namespaces ask for, and return what nobody can fulfil, a line each.

    A Schedule without a namespace would be one of every namespace: where nobody chose a class, there is none.

    Args:
        api: The cluster.
        plan: ``label``, ``namespace`` of the Schedules, ``schedules`` by class, and the namespaces to leave ``alone``.

    """
    chosen: dict[str, list[str]] = {}
    for namespace in api.items(f"{CORE}/namespaces", plan["label"]):
        metadata = namespace["metadata"]
        if metadata["name"] not in plan["alone"] and not metadata.get("deletionTimestamp"):
            chosen.setdefault(metadata["labels"][plan["label"]], []).append(metadata["name"])
    for name, schedule in plan["schedules"].items():
        _bring(api, plan["namespace"], schedule, sorted(chosen.pop(name, [])))
    chosen.pop(_NONE, None)
    return [
        f"{', '.join(sorted(names))}: there is no class {unknown}; label it with one of "
        f"{', '.join(plan['schedules'])} or {_NONE}"
        for unknown, names in sorted(chosen.items())
    ]


def _bring(api: Api, namespace: str, schedule: Mapping[str, Any], names: list[str]) -> None:
    path = of(VELERO, namespace, "schedules", schedule["metadata"]["name"])
    found = api.find(path)
    if not names:
        if found is not None:
            api.delete(path)
        return
    spec = {**schedule["spec"], "template": {**schedule["spec"]["template"], "includedNamespaces": names}}
    if found is None:
        api.create(of(VELERO, namespace, "schedules"), {**schedule, "spec": spec})
    elif any(found["spec"].get(key) != value for key, value in spec.items()):
        api.change(path, {"spec": spec})


def main(plan: Path, api: Api) -> int:
    """Enrol once; what cannot be fulfilled fails the run, after all else is done."""
    refused = enrol(api, json.loads(plan.read_text(encoding="utf-8")))
    for line in refused:
        sys.stderr.write(f"{line}\n")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), in_the_pod(time.sleep)))
