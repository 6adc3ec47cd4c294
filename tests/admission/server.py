"""Tries objects on a real API server, which holds the rules, and tells what it said."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kubernetes import client

from rehearsal.kubernetes.rest import Rest
from tests.admission.rows import CLUSTER_SCOPED, Row

REGISTRATION: Final = "/apis/admissionregistration.k8s.io/v1"
TENANT: Final = "shop"
"""The namespace that rows are tried in. Its Pod Security level is privileged, so that the rules alone judge."""

# A policy counts within a second of its creation; on a busy machine within a few.
_SECONDS: Final = 30
_PAUSE: Final = 0.1


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the API server said.

    Attributes:
        refusal: Why it refused; empty if it did not.
        warnings: What it warned about.

    """

    refusal: str
    warnings: tuple[str, ...]

    def rules(self) -> frozenset[str]:
        """Return the names of the rules that warned."""
        # Validation failed for ValidatingAdmissionPolicy 'platform-x' with binding 'platform-x': x: ...
        named = (text.partition("'platform-")[2].partition("'")[0] for text in self.warnings)
        return frozenset(filter(None, named))


class Server:
    """The API server, as somebody with an administrator's rights sees it."""

    def __init__(self, api_client: client.ApiClient) -> None:
        self._client = api_client
        self.rest = Rest(api_client)

    def make(self, manifest: Mapping[str, Any], namespace: str = "") -> None:
        """Create an object for good.

        Raises:
            ApiError: the API server refuses.

        """
        self.rest.request("POST", path_of(manifest, namespace), body=manifest)

    def attempt(self, row: Row) -> Answer:
        """Try a row without a trace; what it was before is there already if it is an update."""
        if row.before is None:
            return self.create(row.manifest)
        name = name_of(row)
        path = f"{path_of(row.manifest, TENANT)}/{name}"
        manifest = {**row.manifest, "metadata": {**row.manifest["metadata"], "name": name}}
        current = self.rest.get(path)
        if row.kind == "Pod":
            # Of a pod's spec next to nothing may change: everything else stays as the API server filled it in.
            manifest = {**current, "metadata": {**current["metadata"], **manifest["metadata"]}}
            images = [each["image"] for each in row.manifest["spec"]["containers"]]
            containers = [
                {**each, "image": image} for each, image in zip(current["spec"]["containers"], images, strict=True)
            ]
            manifest["spec"] = {**current["spec"], "containers": containers}
        if row.kind == "Service":
            manifest = {**manifest, "spec": {**current["spec"], **manifest["spec"]}}
        return self.send("PUT", path, manifest)

    def create(self, manifest: Mapping[str, Any], namespace: str = TENANT) -> Answer:
        """Try to create an object."""
        return self.send("POST", path_of(manifest, namespace), manifest)

    def send(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, dry: bool = True, user: str = ""
    ) -> Answer:
        """Send a request, as an administrator and without a trace unless it is said otherwise."""
        url = f"{self._client.configuration.host}{path}" + ("?dryRun=All" if dry else "")
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        headers |= {"Impersonate-User": user} if user else {}
        response = self._client.call_api(method, url, headers, body)
        content = response.read()  # type: ignore[no-untyped-call]  # published without types
        refused = response.status >= 400
        message = _message(content) if refused else ""
        warnings = response.getheaders().getlist("Warning")  # type: ignore[no-untyped-call]  # published without types
        return Answer(refusal=message, warnings=tuple(warnings))


def until(holds: Callable[[], bool]) -> bool:
    """Ask until something holds, for as long as the API server may take to see a policy."""
    deadline = time.monotonic() + _SECONDS
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(_PAUSE)
    return held


def path_of(manifest: Mapping[str, Any], namespace: str) -> str:
    """Return where objects of a kind are created."""
    version, kind = manifest["apiVersion"], manifest["kind"]
    plural = f"{kind.lower()[:-1]}ies" if kind.endswith("y") else f"{kind.lower()}s"
    within = f"/namespaces/{namespace}" if namespace and kind not in CLUSTER_SCOPED else ""
    return f"/{'apis' if '/' in version else 'api'}/{version}{within}/{plural}"


def name_of(row: Row) -> str:
    """Return the name under which the former state of an update is there."""
    return "".join(each if each.isalnum() else "-" for each in row.what.lower())


def prepare(server: Server, updates: Iterable[Row]) -> None:
    """Make the namespace, its service account, and the former states of updates."""
    labels = {"pod-security.kubernetes.io/enforce": "privileged", "owner": "shop"}
    server.make({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": TENANT, "labels": labels}})
    server.make({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "app"}}, TENANT)
    assert until(lambda: _exists(server, f"/api/v1/namespaces/{TENANT}/serviceaccounts/default"))
    for row in updates:
        assert row.before is not None
        server.make({**row.before, "metadata": {**row.before["metadata"], "name": name_of(row)}}, TENANT)


def _exists(server: Server, path: str) -> bool:
    return server.rest.find(path) is not None


def _message(content: bytes) -> str:
    try:
        return str(json.loads(content)["message"])
    except (ValueError, KeyError):
        return content.decode(errors="replace")
