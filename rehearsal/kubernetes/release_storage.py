"""Helm's own record of releases, kept on the API server as Helm keeps it: one Secret for each revision."""

import base64
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from rehearsal.kubernetes.rest import ApiError, Rest

# https://github.com/helm/helm/blob/main/pkg/storage/driver/secrets.go
_TYPE: Final = "helm.sh/release.v1"
_OWNER: Final = "owner=helm"

DEPLOYED: Final = "deployed"
"""The status of the revision that is in force."""
SUPERSEDED: Final = "superseded"
"""The status of a revision that another has taken the place of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One revision of a release.

    Attributes:
        namespace: The release's namespace.
        name: The release's name.
        revision: The number, from 1.
        status: Helm's word, ``deployed``.

    """

    namespace: str
    name: str
    revision: int
    status: str

    @property
    def path(self) -> str:
        """The path of its Secret."""
        return f"/api/v1/namespaces/{self.namespace}/secrets/sh.helm.release.v1.{self.name}.v{self.revision}"


class ReleaseStorage:
    """Reads and writes the records as `helm` would; `helm list` shows them."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    def history(self, namespace: str, name: str) -> tuple[Record, ...]:
        """Return all revisions of a release, the newest last; none where there is no such release."""
        path = f"/api/v1/namespaces/{namespace}/secrets"
        items = self._rest.get(path, {"labelSelector": f"{_OWNER},name={name}"})["items"] or ()
        found = [_record(namespace, item["metadata"]["labels"]) for item in items]
        return tuple(sorted(found, key=lambda record: record.revision))

    def add(self, record: Record, chart: Mapping[str, str], values: Mapping[str, Any]) -> None:
        """Write a new revision.

        Args:
            record: The revision.
            chart: ``name``, ``version`` and ``appVersion`` of the chart.
            values: What the release sets.

        Raises:
            ApiError: the API server refuses, for there is no such namespace, or such a revision already.

        """
        metadata = {"name": record.path.rpartition("/")[2], "labels": {"owner": "helm", **_labels(record)}}
        body = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": _TYPE}
        path = record.path.rpartition("/")[0]
        self._rest.request("POST", path, body={**body, "data": {"release": _payload(record, chart, values)}})

    def mark(self, record: Record, status: str) -> None:
        """Change the status of a revision."""
        secret = self._rest.get(record.path)
        release = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(secret["data"]["release"]))))
        release["info"]["status"] = status
        secret["metadata"]["labels"]["status"] = status
        self._rest.request("PUT", record.path, body={**secret, "data": {"release": _encoded(release)}})

    def remove(self, record: Record) -> None:
        """Delete a revision; one that is gone is gone already."""
        try:
            self._rest.request("DELETE", record.path)
        except ApiError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise


def _labels(record: Record) -> dict[str, str]:
    return {"name": record.name, "status": record.status, "version": str(record.revision)}


def _record(namespace: str, labels: Mapping[str, str]) -> Record:
    return Record(namespace=namespace, name=labels["name"], revision=int(labels["version"]), status=labels["status"])


def _payload(record: Record, chart: Mapping[str, str], values: Mapping[str, Any]) -> str:
    now = datetime.now(UTC).isoformat()
    info = {"first_deployed": now, "last_deployed": now, "status": record.status, "description": "rehearsed"}
    return _encoded(
        {
            "name": record.name,
            "namespace": record.namespace,
            "version": record.revision,
            "info": info,
            "chart": {"metadata": {"apiVersion": "v2", **chart}},
            "config": values,
            "manifest": "",
        }
    )


def _encoded(release: Mapping[str, Any]) -> str:
    # Once by Helm, once more because it is the value of a Secret.
    packed = gzip.compress(json.dumps(release).encode())
    return base64.b64encode(base64.b64encode(packed)).decode()
