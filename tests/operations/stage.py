"""A small stack as a rehearsal leaves it: what plans are tried on."""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from operations.rehearsed import Rehearsed, read

_TYPES: Final = {
    "guard": "platform:resilience:DestroyGuard",
    "layer": "platform:compute:Nodes",
    "vpc": "aws:ec2/vpc:Vpc",
    "subnet": "aws:ec2/subnet:Subnet",
    "cluster": "aws:eks/cluster:Cluster",
    "addon": "aws:eks/addon:Addon",
    "nodes": "aws:eks/nodeGroup:NodeGroup",
    "bucket": "aws:s3/bucket:Bucket",
    "lock": "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "key": "aws:kms/key:Key",
    "copy": "aws:kms/replicaKey:ReplicaKey",
    "database": "aws:rds/instance:Instance",
    "secret": "aws:secretsmanager/secret:Secret",
    "release": "kubernetes:helm.sh/v3:Release",
    "class": "kubernetes:storage.k8s.io/v1:StorageClass",
    "gateway": "kubernetes:gateway.networking.k8s.io/v1:Gateway",
    "route": "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
    "service": "kubernetes:core/v1:Service",
    "namespace": "kubernetes:core/v1:Namespace",
    "pool": "kubernetes:karpenter.sh/v1:NodePool",
    "machines": "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass",
    "set": "kubernetes:apps/v1:StatefulSet",
    "claim": "kubernetes:core/v1:PersistentVolumeClaim",
    "snapshots": "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass",
}

STACK: Final = "prod"


def entry(
    kind: str,
    name: str,
    inputs: Mapping[str, Any] | None = None,
    *,
    after: Sequence[str] = (),
    parent: str = "",
    protect: bool = False,
) -> dict[str, Any]:
    """Return a resource's entry of graph.json; others are named ``<kind> <name>``."""
    made = _TYPES.get(kind, kind)
    return {
        "urn": urn(f"{kind} {name}"),
        "type": made,
        "name": name,
        "parent": urn(parent) if parent else "",
        "provider": "" if made.startswith("platform:") else f"urn:pulumi:{STACK}::platform::pulumi:providers:any::any",
        "dependencies": [urn(each) for each in after],
        "protect": protect,
        "inputs": dict(inputs or {}),
    }


def urn(named: str) -> str:
    """Return the URN of a resource that is named ``<kind> <name>``."""
    kind, _, name = named.partition(" ")
    return f"urn:pulumi:{STACK}::platform::{_TYPES.get(kind, kind)}::{name}"


def write(
    project: Path, entries: Sequence[Mapping[str, Any]], *, verdict: str = "passed", at: datetime | None = None
) -> Path:
    """Write what a rehearsal of the stack would leave in a project's folder, and its stack file; return graph.json."""
    folder = project / ".rehearsal" / STACK
    folder.mkdir(parents=True, exist_ok=True)
    (project / f"Pulumi.{STACK}.yaml").write_text("config: {}\n", encoding="utf-8")
    path = folder / "graph.json"
    path.write_text(json.dumps(entries), encoding="utf-8")
    (folder / "report.json").write_text(json.dumps({"verdict": verdict}), encoding="utf-8")
    seconds = (at or datetime.now(UTC)).timestamp()
    os.utime(path, (seconds, seconds))
    return path


def rehearsed(project: Path, *entries: Mapping[str, Any], **told: Any) -> Rehearsed:
    """Return the stack as it is read from what a rehearsal would leave."""
    write(project, entries, **told)
    return read(STACK, project)
