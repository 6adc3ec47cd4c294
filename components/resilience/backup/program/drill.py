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
_OF_SCHEDULE: Final = "velero.io/schedule-name"
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
            results, each with its ``class``, the ``location`` of its backups, the ``schedule`` that makes them,
            ``rpo_seconds`` and ``rto_seconds``, and for a Schedule that is not always there the one ``beside`` it that
            is; the ``label`` of a class, the ``claim`` and the ``marker`` (a ConfigMap and its data) to look for, the
            ``reader``, a pod, and the name of the ``results``, a ConfigMap.
        now: Tells the time, in seconds.

    """

    api: Api
    plan: Mapping[str, Any]
    now: Callable[[], float] = field(repr=False)

    def run(self) -> dict[str, dict[str, Any]]:
        """Try every class, leave nothing behind, and return how each went, with ``error`` where it did not go well.

        A class that no namespace has chosen has nothing to try, and no result.
        """
        results = {name: self._tried(name, each) for name, each in self.plan["classes"].items()}
        return {name: result for name, result in results.items() if result is not None}

    def _tried(self, name: str, of_class: Mapping[str, Any]) -> dict[str, Any] | None:
        began = self.now()
        try:
            if self._unchosen(of_class):
                return None
            self._clean()
            result = {"succeeded": 1, **self._restored(name, of_class, began)}
        except (DrillError, ApiError) as error:
            result = {"succeeded": 0, "error": str(error)}
        try:
            self._clean()
        except (DrillError, ApiError) as error:
            result = {**result, "succeeded": 0, "error": f"{result.get('error', '')} what was restored stays: {error}"}
        return {**result, "finished": self.now()}

    def _unchosen(self, of_class: Mapping[str, Any]) -> bool:
        """Tell whether there is no such Schedule: it saved nothing while the one beside it did.

        That one which is there saves nothing any more is told by the age of its last backup, which is an alert's.
        """
        if "beside" not in of_class:
            return False
        last, beside = (
            max(map(_begun, self._backups(of_class, of_class[key])), default=0.0) for key in ("schedule", "beside")
        )
        return not last or last < beside - of_class["rpo_seconds"]

    def _restored(self, name: str, of_class: Mapping[str, Any], began: float) -> dict[str, Any]:
        backup = self._newest(of_class)
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

    def _newest(self, of_class: Mapping[str, Any]) -> str:
        """Return the newest good backup of the canary by a class."""
        backups = self._backups(of_class, of_class["schedule"])
        good = [each for each in backups if each["status"].get("phase") == _GOOD]
        if not good:
            raise DrillError(
                f"the class {of_class['class']} has no complete backup of {self.plan['canary']} by "
                f"{of_class['schedule']} in the location {of_class['location']}, of {len(backups)}"
            )
        return str(max(good, key=_begun)["metadata"]["name"])

    def _backups(self, of_class: Mapping[str, Any], schedule: str) -> list[dict[str, Any]]:
        """Return the backups of the canary that a Schedule began, its name with or without a region before it.

        Another cluster's differ by their location.
        """
        selector = f"{self.plan['label']}={of_class['class']}"
        return [
            each
            for each in self.api.items(of(VELERO, self.plan["velero"], "backups"), selector)
            if each["spec"].get("storageLocation") == of_class["location"]
            and self.plan["canary"] in (each["spec"].get("includedNamespaces") or ())
            and f"-{each['metadata']['labels'].get(_OF_SCHEDULE, '')}".endswith(f"-{schedule}")
            and (each.get("status") or {}).get("startTimestamp")
        ]

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

        A volume may be made where its first pod runs: the reader comes with its claim.
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


def _begun(backup: Mapping[str, Any]) -> float:
    return datetime.fromisoformat(backup["status"]["startTimestamp"]).timestamp()


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
    """Write the results down, each with the time of the last good one, which may be an earlier one's.

    What was not tried has no result any more: it would be told of as overdue for ever.
    """
    path = of(CORE, plan["velero"], "configmaps", plan["results"])
    there = (api.find(path) or {}).get("data") or {}
    data: dict[str, str | None] = {key: None for key in there if key.removesuffix(".json") not in results}
    for name, result in results.items():
        before = json.loads(there.get(f"{name}.json", "{}"))
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
