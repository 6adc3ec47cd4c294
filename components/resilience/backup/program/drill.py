"""Restores what the canary left in each class's newest backup, judges what came back, and measures how long it took."""

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from .api import CORE, SNAPSHOTS, VELERO, Api, ApiError, in_the_pod, of

_POLL_SECONDS: Final = 5.0
_OURS: Final = "platform/drill"
_OF_RESTORE: Final = "velero.io/restore-name"
_GOOD: Final = "Completed"
_BAD: Final = frozenset({"FailedValidation", "PartiallyFailed", "Failed"})
_READER: Final = "reader"
_KINDS: Final = ((CORE, "pods"), (CORE, "persistentvolumeclaims"), (CORE, "configmaps"), (SNAPSHOTS, "volumesnapshots"))


class DrillError(Exception):
    """A restore did not bring back what it should; the text says what is wrong."""


@dataclass(slots=True)
class Drill:
    """One run over all classes.

    Attributes:
        api: The cluster.
        plan: Where what is (``velero``, ``canary`` and ``scratch``, namespaces), the ``classes`` by the names of their
            results, each with its ``class``, the ``location`` of its backups and ``rto_seconds``, the ``label`` of
            a class, the ``claim`` and the ``marker`` (a ConfigMap and its data) to look for, the
            ``reader``, a pod, and the name of the ``results``, a ConfigMap.
        now: Tells the time, in seconds.

    """

    api: Api
    plan: Mapping[str, Any]
    now: Callable[[], float] = field(repr=False)

    def run(self) -> dict[str, dict[str, Any]]:
        """Try every class, leave nothing behind, and return how each went, with ``error`` where it did not go well."""
        return {name: self._tried(name, each) for name, each in self.plan["classes"].items()}

    def _tried(self, name: str, of_class: Mapping[str, Any]) -> dict[str, Any]:
        began = self.now()
        try:
            self._clean()
            result = {"succeeded": 1, **self._restored(name, of_class, began)}
        except (DrillError, ApiError) as error:
            result = {"succeeded": 0, "error": str(error)}
        try:
            self._clean()
        except (DrillError, ApiError) as error:
            result = {**result, "succeeded": 0, "error": f"{result.get('error', '')} what was restored stays: {error}"}
        return {**result, "finished": self.now()}

    def _restored(self, name: str, of_class: Mapping[str, Any], began: float) -> dict[str, Any]:
        backup = self._newest(of_class["class"], of_class["location"])
        limit = began + of_class["rto_seconds"]
        restore = f"drill-{name}-{int(began)}"
        self.api.create(of(VELERO, self.plan["velero"], "restores"), self._restore(restore, backup))
        objects = self._await(restore, limit)
        written = self._written(restore, limit)
        return {
            "rto_seconds": self.now() - began,
            "loss_seconds": began - written,
            "objects": objects,
            "backup": backup,
        }

    def _newest(self, backup_class: str, location: str) -> str:
        """Return the newest good backup of the canary by a class. Another cluster's differ by their location."""
        found = self.api.items(of(VELERO, self.plan["velero"], "backups"), f"{self.plan['label']}={backup_class}")
        backups = [
            each
            for each in found
            if each["spec"].get("storageLocation") == location
            and self.plan["canary"] in (each["spec"].get("includedNamespaces") or ())
        ]
        good = [each for each in backups if (each.get("status") or {}).get("phase") == _GOOD]
        if not good:
            raise DrillError(
                f"the class {backup_class} has no complete backup of {self.plan['canary']} in the location {location}, "
                f"of {len(backups)}"
            )
        newest = max(good, key=lambda each: datetime.fromisoformat(each["status"]["startTimestamp"]))
        return str(newest["metadata"]["name"])

    def _restore(self, name: str, backup: str) -> dict[str, Any]:
        canary, scratch = self.plan["canary"], self.plan["scratch"]
        return {
            "apiVersion": "velero.io/v1",
            "kind": "Restore",
            "metadata": {"name": name, "namespace": self.plan["velero"], "labels": {_OURS: "true"}},
            "spec": {
                "backupName": backup,
                "includedNamespaces": [canary],
                "namespaceMapping": {canary: scratch},
                # What writes, and what opens networks, stays where it is.
                "excludedResources": self.plan["excluded"],
                "restorePVs": True,
                "itemOperationTimeout": self.plan["operation_timeout"],
            },
        }

    def _await(self, name: str, limit: float) -> int:
        """Wait for a restore to end, and return how many objects it made.

        The volume is made where its first pod runs, and Velero waits for that: the reader comes with its claim.
        """
        path = of(VELERO, self.plan["velero"], "restores", name)
        while True:
            found = self.api.find(path)
            if found is None:
                raise DrillError(f"somebody deleted the restore {name}")
            status = found.get("status") or {}
            phase = status.get("phase", "")
            if phase in _BAD:
                reasons = "; ".join(status.get("validationErrors") or ()) or status.get("failureReason") or ""
                raise DrillError(
                    f"the restore {name} ended as {phase} with {status.get('errors', 0)} errors, "
                    f"{status.get('warnings', 0)} warnings {reasons}".strip()
                )
            if phase == _GOOD:
                if status.get("errors"):
                    raise DrillError(f"the restore {name} is complete with {status['errors']} errors")
                self._read_when_possible()
                return int((status.get("progress") or {}).get("itemsRestored", 0))
            self._read_when_possible()
            self._wait(limit, f"the restore {name} is {phase or 'not begun'}")

    def _read_when_possible(self) -> None:
        claim = of(CORE, self.plan["scratch"], "persistentvolumeclaims", self.plan["claim"])
        reader = of(CORE, self.plan["scratch"], "pods", _READER)
        if self.api.find(claim) is not None and self.api.find(reader) is None:
            self.api.create(of(CORE, self.plan["scratch"], "pods"), self.plan["reader"])

    def _written(self, restore: str, limit: float) -> float:
        """Return when the restored data was written, after the marker and the claim were found to be the restore's."""
        for kind, name in (("configmaps", self.plan["marker"]["name"]), ("persistentvolumeclaims", self.plan["claim"])):
            found = self.api.find(of(CORE, self.plan["scratch"], kind, name))
            if found is None or (found["metadata"].get("labels") or {}).get(_OF_RESTORE) != restore:
                raise DrillError(f"the restore {restore} is complete without the canary's {kind} {name}")
            if kind == "configmaps" and found.get("data") != self.plan["marker"]["data"]:
                raise DrillError(f"the restored ConfigMap {name} does not say what the canary's says")
        while True:
            pod = self.api.find(of(CORE, self.plan["scratch"], "pods", _READER)) or {}
            status = pod.get("status") or {}
            if status.get("phase") in {"Succeeded", "Failed"}:
                told = _last_words(status)
                if status["phase"] == "Failed" or "written" not in told:
                    raise DrillError(f"the restored volume is not the canary's: {told.get('error', 'no word of it')}")
                return float(told["written"])
            self._wait(limit, f"the reader of the restored volume is {status.get('phase', 'not there')}")

    def _wait(self, limit: float, what: str) -> None:
        if self.now() >= limit:
            raise DrillError(f"{what} after the time that the class promises to be back in")
        self.api.pause(_POLL_SECONDS)

    def _clean(self) -> None:
        """Delete what drills restored and made, an earlier run's that was stopped included, and wait for it to go."""
        for each in self.api.items(of(VELERO, self.plan["velero"], "restores"), f"{_OURS}=true"):
            self.api.delete(of(VELERO, self.plan["velero"], "restores", each["metadata"]["name"]))
        limit = self.now() + self.plan["clean_seconds"]
        while left := self._left():
            for path in left:
                self.api.delete(path)
            self._wait(limit, f"{len(left)} objects of a drill are still there")

    def _left(self) -> list[str]:
        scratch = self.plan["scratch"]
        return [
            of(base, scratch, kind, each["metadata"]["name"])
            for base, kind in _KINDS
            for selector in (_OF_RESTORE, _OURS)
            for each in self.api.items(of(base, scratch, kind), selector)
        ]


def _last_words(status: Mapping[str, Any]) -> dict[str, Any]:
    for container in status.get("containerStatuses") or ():
        ended = (container.get("state") or {}).get("terminated") or {}
        try:
            told = json.loads(ended.get("message") or "{}")
        except ValueError:
            return {"error": ended["message"]}
        if isinstance(told, dict):
            return told
    return {}


def keep(api: Api, plan: Mapping[str, Any], results: Mapping[str, dict[str, Any]]) -> None:
    """Write the results down, each with the time of the last good one, which may be an earlier one's."""
    path = of(CORE, plan["velero"], "configmaps", plan["results"])
    data = (api.find(path) or {}).get("data") or {}
    for name, result in results.items():
        before = json.loads(data.get(f"{name}.json", "{}"))
        good = {"last_success": result["finished"]} if result["succeeded"] else {}
        earlier = {key: before[key] for key in ("last_success",) if key in before}
        data[f"{name}.json"] = json.dumps({**earlier, **result, **good})
    api.change(path, {"data": data})


def main(plan: Path, api: Api) -> int:
    """Try every class once; one that did not come back fails the run."""
    wanted = json.loads(plan.read_text(encoding="utf-8"))
    results = Drill(api, wanted, time.time).run()
    keep(api, wanted, results)
    for name, result in results.items():
        sys.stdout.write(f"{name}: {json.dumps(result)}\n")
    return 0 if all(result["succeeded"] for result in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), in_the_pod(time.sleep)))
