"""What holds a resource against its deletion, what lifts that, and what is left when it is gone."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from operations.destroy.phases import GUARD
from operations.rehearsed import Rehearsed
from rehearsal.report.graph import Node

_SWITCH: Final = "`retain_data: false` and an `up`"
# The provider's own defaults, where an input is left out.
# https://www.pulumi.com/registry/packages/aws/api-docs/kms/key/ and secretsmanager/secret/
_KEY_DAYS: Final = 30
_SECRET_DAYS: Final = 30

PROTECTED: Final = "platform/protected"
"""The annotation of a namespace that admission refuses to delete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One thing that keeps a resource, or something of it.

    Attributes:
        node: The resource.
        held: What holds it, as it stands.
        lifted: What lifts that; empty where nothing needs lifting.
        left: What is left of it afterwards; empty if nothing is.

    """

    node: Node
    held: str
    lifted: str = ""
    left: str = ""


def retains(rehearsed: Rehearsed) -> bool:
    """Tell whether the stack refuses to be destroyed as it stands."""
    return any(node.protect for node in rehearsed.resources if node.type == GUARD)


def holds(rehearsed: Rehearsed) -> list[Hold]:
    """Return everything that keeps resources, in the order of types here."""
    found: list[Hold] = []
    for end, judge in _JUDGES.items():
        for node in rehearsed.of(end):
            found.extend(judge(node, rehearsed))
    return found


def protected(rehearsed: Rehearsed) -> tuple[Node, ...]:
    """Return what Pulumi itself refuses to delete."""
    return tuple(node for node in rehearsed.resources if node.protect)


def emptied(rehearsed: Rehearsed) -> tuple[Node, ...]:
    """Return the databases whose last snapshot is given up together with their protection."""
    return tuple(node for node in rehearsed.of("rds/instance:Instance") if not node.inputs.get("skipFinalSnapshot"))


def _cluster(node: Node, rehearsed: Rehearsed) -> Iterator[Hold]:
    del rehearsed
    if node.inputs.get("deletionProtection"):
        yield Hold(node=node, held="deletion protection in AWS: `DeleteCluster` is refused", lifted=_SWITCH)


def _database(node: Node, rehearsed: Rehearsed) -> Iterator[Hold]:
    del rehearsed
    given = node.inputs
    if given.get("deletionProtection"):
        yield Hold(node=node, held="deletion protection in AWS: `DeleteDBInstance` is refused", lifted=_SWITCH)
    if not given.get("skipFinalSnapshot"):
        name = given.get("finalSnapshotIdentifier", "without a name")
        yield Hold(
            node=node,
            held=f"a last snapshot, `{name}`; AWS refuses if one of that name is there from an earlier destroy",
            lifted=f"{_SWITCH}, **which also gives up the last snapshot**: take one by hand before",
            left="the snapshot taken by hand, as long as the key it is encrypted under",
        )
    if given.get("deleteAutomatedBackups") is False:
        days = given.get("backupRetentionPeriod", 0)
        yield Hold(
            node=node,
            held=f"its automated backups would outlive it, for {days} days",
            lifted=f"{_SWITCH}, which deletes them with the instance",
        )


def _bucket(node: Node, rehearsed: Rehearsed) -> Iterator[Hold]:
    if not node.inputs.get("forceDestroy"):
        yield Hold(
            node=node,
            held="`BucketNotEmpty` as long as one version of one object is in it",
            lifted=f"{_SWITCH}, after which the destroy empties it",
        )
    for lock in _locks(node, rehearsed):
        mode, days = lock.get("mode", ""), lock.get("days")
        if mode == "COMPLIANCE":
            yield Hold(
                node=node,
                held=f"object lock, {mode}: no version goes before it is {days} days old, whoever asks",
                lifted="nothing but time; the destroy stops here, and can be run again then",
                left=f"the bucket, for up to {days} days after the last write",
            )
        else:
            yield Hold(
                node=node,
                held=f"object lock, {mode}: a version younger than {days} days goes only with a right of its own",
                lifted="`s3:BypassGovernanceRetention` for the deployer, who then empties it",
            )


def _locks(node: Node, rehearsed: Rehearsed) -> Iterator[Mapping[str, Any]]:
    for each in rehearsed.of("s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"):
        if each.inputs.get("bucket") == node.inputs.get("bucket"):
            rule: Mapping[str, Any] = each.inputs.get("rule") or {}
            yield rule.get("defaultRetention") or {}


def _key(node: Node, rehearsed: Rehearsed) -> Iterator[Hold]:
    days = int(node.inputs.get("deletionWindowInDays") or _KEY_DAYS)
    if _denies(node, "kms:ScheduleKeyDeletion"):
        yield Hold(node=node, held="its own policy: nobody may schedule its deletion", lifted=_SWITCH)
    copies = [
        int(copy.inputs.get("deletionWindowInDays") or _KEY_DAYS)
        for copy in rehearsed.of("kms/replicaKey:ReplicaKey")
        if node.urn in copy.dependencies
    ]
    # https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-delete.html
    waits = f"; its wait begins when its copy in the other region is gone, after {max(copies)} days" if copies else ""
    yield Hold(
        node=node,
        held="a waiting period",
        left=f"the key, pending deletion for {days} days{waits}; `aws kms cancel-key-deletion` takes it back",
    )


def _secret(node: Node, rehearsed: Rehearsed) -> Iterator[Hold]:
    del rehearsed
    days = node.inputs.get("recoveryWindowInDays", _SECRET_DAYS)
    if days:
        yield Hold(
            node=node,
            held="a waiting period",
            left=f"the secret, for {days} days; `aws secretsmanager restore-secret` takes it back until then, with "
            "what is in it as long as its key can be taken back too",
        )


def _storage_class(node: Node, rehearsed: Rehearsed) -> Iterator[Hold]:
    del rehearsed
    if node.inputs.get("reclaimPolicy") == "Retain":
        name = node.inputs.get("metadata", {}).get("name", node.name)
        yield Hold(
            node=node,
            held=f"volumes of the class `{name}` outlive their claims (`reclaimPolicy: Retain`)",
            left="every such volume, in EBS, until it is deleted by hand; its data as long as its key",
        )


def _namespace(node: Node, rehearsed: Rehearsed) -> Iterator[Hold]:
    del rehearsed
    if node.inputs.get("metadata", {}).get("annotations", {}).get(PROTECTED) == "true":
        yield Hold(node=node, held=f"the annotation `{PROTECTED}`: admission refuses its deletion", lifted=_SWITCH)


def _denies(node: Node, action: str) -> bool:
    """Tell whether a key's policy refuses an action to everybody."""
    statements = json.loads(node.inputs.get("policy") or "{}").get("Statement", [])
    return any(
        statement["Effect"] == "Deny" and action in statement.get("Action", []) and not statement.get("Condition")
        for statement in statements
    )


_JUDGES: Final[Mapping[str, Callable[[Node, Rehearsed], Iterator[Hold]]]] = {
    "eks/cluster:Cluster": _cluster,
    "rds/instance:Instance": _database,
    "s3/bucket:Bucket": _bucket,
    "kms/key:Key": _key,
    "kms/replicaKey:ReplicaKey": _key,
    "secretsmanager/secret:Secret": _secret,
    "storage.k8s.io/v1:StorageClass": _storage_class,
    "core/v1:Namespace": _namespace,
}
