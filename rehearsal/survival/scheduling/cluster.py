"""A control plane with the real kube-scheduler, where nodes are declared and volumes come when they are asked for."""

import time
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.process_group import ProcessGroup
from rehearsal.kubernetes.rest import ApiError, Rest
from rehearsal.survival.nodes import HOSTNAME, ZONE
from tools.build import path_of

_SCHEDULER: Final = "kube-scheduler"
# Written by the scheduler onto a claim whose volume it wants, and by whoever binds the two:
# https://kubernetes.io/docs/reference/labels-annotations-taints/
_WANTED: Final = "volume.kubernetes.io/selected-node"
_BOUND: Final = "pv.kubernetes.io/bind-completed"
_PAUSE: Final = 0.5
# It says of a pod within milliseconds whether it fits; after this long nothing more will come.
_QUIET_SECONDS: Final = 8.0
_LONGEST_SECONDS: Final = 240.0


class Cluster:
    """Starts it on entering, stops it on leaving.

    No kubelet runs: a pod that has a node stays there and starts nothing. Nodes are ready because nothing says
    otherwise, and no controller is there that would wait for a sign of life.

    Args:
        directory: Where data and logs go; one that nothing has used.

    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._plane = ControlPlane(directory)
        self._group: ProcessGroup | None = None
        self._namespaces: set[str] = set()

    def __enter__(self) -> Self:
        # Before anything is started: without the program there is nothing to start for.
        program = path_of(_SCHEDULER)
        self._plane.__enter__()
        self._group = ProcessGroup()
        self._rest = Rest(self._plane.api_client())
        flags = (f"--kubeconfig={self._plane.kubeconfig}", "--leader-elect=false", "--secure-port=0")
        self._group.start(
            _SCHEDULER,
            (str(program), *flags),
            directory=self._directory,
            log=self._plane.logs / f"{_SCHEDULER}.log",
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._group:
            self._group.stop()
        self._plane.__exit__(kind, error, trace)

    def add(self, manifest: Mapping[str, Any], collection: str) -> None:
        """Create an object in a collection, ``/api/v1/nodes``; one that is there already stays as it is."""
        try:
            self._rest.request("POST", collection, body=manifest)
        except ApiError as error:
            if error.status != HTTPStatus.CONFLICT:
                raise

    def add_node(
        self, name: str, labels: Mapping[str, str], taints: Iterable[Mapping[str, str]], room: Mapping[str, str]
    ) -> None:
        """Declare a node that is ready.

        Args:
            name: Its name.
            labels: What it carries.
            taints: What keeps pods away.
            room: What it lets pods have, by resource.

        """
        node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": {**labels, HOSTNAME: name}}}
        self._rest.request("POST", "/api/v1/nodes", body=node)
        made = self._rest.get(f"/api/v1/nodes/{name}")
        ready = {"type": "Ready", "status": "True", "reason": "Declared", "message": ""}
        status = {"capacity": dict(room), "allocatable": dict(room), "conditions": [ready]}
        made = self._rest.request("PUT", f"/api/v1/nodes/{name}/status", body={**made, "status": status}).body
        # The API server gives a new node a taint that a controller takes away once it is ready.
        self._rest.request("PUT", f"/api/v1/nodes/{name}", body={**made, "spec": {"taints": list(taints)}})

    def add_pod(self, pod: Mapping[str, Any], claims: Iterable[Mapping[str, Any]]) -> None:
        """Create a pod, its volume claims and its namespace."""
        namespace = pod["metadata"]["namespace"]
        self._add_namespace(namespace)
        for claim in claims:
            self.add_claim(claim)
        self.add(pod, f"/api/v1/namespaces/{namespace}/pods")

    def add_claim(self, claim: Mapping[str, Any]) -> None:
        """Create a volume claim and its namespace."""
        namespace = claim["metadata"]["namespace"]
        self._add_namespace(namespace)
        self.add(claim, f"/api/v1/namespaces/{namespace}/persistentvolumeclaims")

    def _add_namespace(self, namespace: str) -> None:
        if namespace not in self._namespaces:
            self.add({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}, "/api/v1/namespaces")
            account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
            self.add(account, f"/api/v1/namespaces/{namespace}/serviceaccounts")
            self._namespaces.add(namespace)

    def settle(self) -> list[dict[str, Any]]:
        """Wait until nothing moves any more, giving a volume to whoever is promised a node; return all pods."""
        begun = moved = time.monotonic()
        seen: tuple[int, int] = (-1, -1)
        while True:
            given = self._provide()
            pods: list[dict[str, Any]] = self._rest.get("/api/v1/pods")["items"]
            placed = sum("nodeName" in pod["spec"] for pod in pods)
            told = sum(bool(reason(pod)) for pod in pods)
            now = time.monotonic()
            if given or (placed, told) != seen:
                seen, moved = (placed, told), now
            if placed == len(pods) or now - moved > _QUIET_SECONDS or now - begun > _LONGEST_SECONDS:
                return pods
            time.sleep(_PAUSE)

    def _provide(self) -> int:
        """Make the volumes that the scheduler has chosen a node for, in that node's zone; return how many."""
        claims = self._rest.get("/api/v1/persistentvolumeclaims")["items"]
        wanted = [each for each in claims if not each["spec"].get("volumeName") and _node(each)]
        for claim in wanted:
            zone = self._rest.get(f"/api/v1/nodes/{_node(claim)}")["metadata"]["labels"][ZONE]
            name = f"pv-{claim['metadata']['uid']}"
            self._rest.request("POST", "/api/v1/persistentvolumes", body=_volume(name, claim, zone))
            annotations = {**claim["metadata"]["annotations"], _BOUND: "yes"}
            bound = {
                **claim,
                "metadata": {**claim["metadata"], "annotations": annotations},
                "spec": {**claim["spec"], "volumeName": name},
            }
            place = f"/api/v1/namespaces/{claim['metadata']['namespace']}/persistentvolumeclaims"
            self._rest.request("PUT", f"{place}/{claim['metadata']['name']}", body=bound)
        return len(wanted)


def reason(pod: Mapping[str, Any]) -> str:
    """Return why the scheduler has found no node for a pod, in its words; nothing where it has, or has not looked."""
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return next((str(each.get("message", "")) for each in conditions if each.get("reason") == "Unschedulable"), "")


def _node(claim: Mapping[str, Any]) -> str:
    return str((claim["metadata"].get("annotations") or {}).get(_WANTED, ""))


def _volume(name: str, claim: Mapping[str, Any], zone: str) -> dict[str, Any]:
    metadata, spec = claim["metadata"], claim["spec"]
    in_zone = {"matchExpressions": [{"key": ZONE, "operator": "In", "values": [zone]}]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            "accessModes": spec["accessModes"],
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "storageClassName": spec.get("storageClassName", ""),
            "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": name},
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "name": metadata["name"],
                "namespace": metadata["namespace"],
                "uid": metadata["uid"],
            },
            "nodeAffinity": {"required": {"nodeSelectorTerms": [in_zone]}},
        },
    }
