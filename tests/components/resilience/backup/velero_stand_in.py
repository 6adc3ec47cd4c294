"""A cluster's API server, and what stands for Velero's server, the kubelet and time in tests of programs against it."""

import json
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from components.resilience.backup.classes import LABEL
from components.resilience.backup.program.api import Api
from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.rest import ApiError, Rest

VELERO: Final = "/apis/velero.io/v1/namespaces/velero"
SCRATCH: Final = "/api/v1/namespaces/backup-drill"
_CRDS: Final = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def prepare(rest: Rest, definitions: Path) -> None:
    """Bring Velero's definitions and the namespaces of backups to an API server."""
    for file in sorted(definitions.glob("*.yaml")):
        rest.request("POST", _CRDS, body=yaml.safe_load(file.read_text(encoding="utf-8")))
    rest.request("POST", _CRDS, body=_snapshots())
    for name in ("velero", "backup-canary", "backup-drill"):
        rest.request("POST", "/api/v1/namespaces", body={"metadata": {"name": name}})


def client(plane: ControlPlane, pause: Callable[[float], None]) -> Api:
    """Return the program's own client, as an administrator known by a certificate."""
    configuration = plane.api_client().configuration
    trust = ssl.create_default_context(cafile=configuration.ssl_ca_cert)
    trust.load_cert_chain(configuration.cert_file, configuration.key_file)
    return Api(host=urlsplit(plane.url).netloc, trust=trust, bearer=str, pause=pause)


def merge(rest: Rest, path: str, body: Mapping[str, Any]) -> None:
    """Change the fields of an object that a body names."""
    rest.request("PUT", path, body=_merged(rest.get(path), body))


def _merged(old: Any, new: Any) -> Any:
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        return new
    kept = {name: value for name, value in old.items() if new.get(name, value) is not None}
    return {**kept, **{name: _merged(old.get(name), value) for name, value in new.items() if value is not None}}


@dataclass
class Cluster:
    """What happens while the program waits: a step of Velero and of the kubelet for each pause.

    Attributes:
        rest: The API server.
        step: What Velero makes of a Restore that is not over, each time the program waits.
        words: What the container of a reader says at its end, and whether it succeeds.
        clock: The time, which only pauses move on.

    """

    rest: Rest
    step: Callable[["Cluster", dict[str, Any]], None]
    words: tuple[str, str] = ("Succeeded", '{"written": 900}')
    clock: float = 1000.0
    readers: int = 0
    asked: list[dict[str, Any]] = field(default_factory=list)

    def now(self) -> float:
        """Tell the time."""
        return self.clock

    def pause(self, seconds: float) -> None:
        """Let time pass, and Velero and the kubelet go on."""
        self.clock += seconds
        for restore in self.rest.get(f"{VELERO}/restores")["items"]:
            if (restore.get("status") or {}).get("phase") not in {"Completed", "Failed", "PartiallyFailed"}:
                self.asked.append(restore)
                self.step(self, restore)
        for pod in self.rest.get(f"{SCRATCH}/pods")["items"]:
            self._kubelet(pod)
        for claim in self.rest.get(f"{SCRATCH}/persistentvolumeclaims")["items"]:
            # No pod uses it any more: the protection of volumes in use lets go.
            if claim["metadata"].get("deletionTimestamp"):
                path = f"{SCRATCH}/persistentvolumeclaims/{claim['metadata']['name']}"
                # The controller manager may have been quicker.
                with suppress(ApiError):
                    self._merge(path, metadata={"finalizers": None})

    def _kubelet(self, pod: dict[str, Any]) -> None:
        if pod["metadata"].get("deletionTimestamp"):
            path = f"{SCRATCH}/pods/{pod['metadata']['name']}"
            self.rest.request("DELETE", path, body={"gracePeriodSeconds": 0})
            return
        self.readers += 1
        phase, message = self.words
        ended = {"exitCode": int(phase == "Failed"), "message": message}
        container = {
            "name": "reader",
            "image": "python",
            "imageID": "",
            "ready": False,
            "restartCount": 0,
            "state": {"terminated": ended},
        }
        self._merge(
            f"{SCRATCH}/pods/{pod['metadata']['name']}/status",
            status={"phase": phase, "containerStatuses": [container]},
        )

    def phase(self, restore: dict[str, Any], phase: str, **status: Any) -> None:
        """Set a restore's phase."""
        self._merge(f"{VELERO}/restores/{restore['metadata']['name']}", status={"phase": phase, **status})

    def bring(self, restore: dict[str, Any], *, data: dict[str, str] | None = None, claim: bool = True) -> None:
        """Make what a restore brings: the marker and the claim, labelled as Velero labels them."""
        labels = {"velero.io/restore-name": restore["metadata"]["name"]}
        metadata = {"name": "canary", "labels": labels}
        says = {"says": "what is read here came out of a backup"} if data is None else data
        self.rest.request("POST", f"{SCRATCH}/configmaps", body={"metadata": metadata, "data": says})
        if claim:
            self.rest.request("POST", f"{SCRATCH}/persistentvolumeclaims", body={"metadata": metadata, "spec": _CLAIM})

    def backup(
        self,
        name: str,
        schedule: str,
        phase: str,
        started: str,
        *,
        location: str = "default",
        namespaces: tuple[str, ...] = ("backup-canary",),
    ) -> None:
        """Make a backup as a Schedule leaves it, or as Velero finds it in another cluster's bucket.

        A class alone stands for the Schedule of its platform namespaces.
        """
        kind, _, backup_class = schedule.rpartition("-")
        labels = {LABEL: backup_class, "velero.io/schedule-name": f"{kind or 'platform'}-{backup_class}"}
        self.rest.request(
            "POST",
            f"{VELERO}/backups",
            body={
                "apiVersion": "velero.io/v1",
                "kind": "Backup",
                "metadata": {"name": name, "labels": labels},
                "spec": {"storageLocation": location, "includedNamespaces": [*namespaces]},
                "status": {"phase": phase, "startTimestamp": started},
            },
        )

    def left(self) -> list[str]:
        """Return what a drill has left behind in the scratch namespace, and its restores."""
        found = [
            f"{kind}/{each['metadata']['name']}"
            for kind in ("pods", "persistentvolumeclaims", "configmaps")
            for each in self.rest.get(f"{SCRATCH}/{kind}")["items"]
            if each["metadata"]["name"] != "kube-root-ca.crt"
        ]
        return found + [each["metadata"]["name"] for each in self.rest.get(f"{VELERO}/restores")["items"]]

    def results(self) -> dict[str, Any]:
        """Return what the last drill of each class wrote down."""
        data = self.rest.get("/api/v1/namespaces/velero/configmaps/backup-drill-results").get("data", {})
        return {name.removesuffix(".json"): json.loads(text) for name, text in data.items()}

    def _merge(self, path: str, **body: Any) -> None:
        merge(self.rest, path, body)


_CLAIM: Final = {
    "accessModes": ["ReadWriteOnce"],
    "storageClassName": "backup-canary",
    "resources": {"requests": {"storage": "1Gi"}},
}


def _snapshots() -> dict[str, Any]:
    """Return a definition of snapshots in name only: the kind is an add-on's, and a drill lists and deletes them."""
    open_schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": "volumesnapshots.snapshot.storage.k8s.io",
            "annotations": {"api-approved.kubernetes.io": "https://github.com/kubernetes-csi/external-snapshotter"},
        },
        "spec": {
            "group": "snapshot.storage.k8s.io",
            "scope": "Namespaced",
            "names": {"plural": "volumesnapshots", "singular": "volumesnapshot", "kind": "VolumeSnapshot"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": open_schema}}],
        },
    }
