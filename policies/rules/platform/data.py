"""Rules about what cannot be made anew: it is backed up, elsewhere too, and nobody deletes it by the way."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from policies.rule import Finding, GraphRule, Resource, ResourceRule
from policies.rules.kubernetes.releases import RELEASE
from policies.rules.platform import graph
from policies.values import Properties, Unknown, read, split

_SCHEDULE: Final = "kubernetes:velero.io/v1:Schedule"
_NAMESPACE: Final = "kubernetes:core/v1:Namespace"
_CLAIM: Final = "kubernetes:core/v1:PersistentVolumeClaim"
_STATEFUL_SET: Final = "kubernetes:apps/v1:StatefulSet"
_OPERATED: Final = (
    "kubernetes:monitoring.coreos.com/v1:Alertmanager",
    "kubernetes:monitoring.coreos.com/v1:Prometheus",
)
_BUCKET: Final = "aws:s3/bucket:Bucket"
_REPLICATION: Final = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"

HOLDS_STATE: Final = (
    "aws:dynamodb/table:Table",
    "aws:ec2/vpc:Vpc",
    "aws:efs/fileSystem:FileSystem",
    "aws:eks/cluster:Cluster",
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:s3/bucket:Bucket",
    "aws:secretsmanager/secret:Secret",
)
"""The types whose loss no update mends: data, the keys it is encrypted with, and what everything else stands in."""

# Whose volumes hold what is fetched or asked anew.
_DISPOSABLE: Final = "Delete"


def _keeps_volumes(resource: Resource) -> bool:
    """Tell whether an object claims volumes that are to outlive it."""
    inputs = resource.inputs
    if resource.type == _CLAIM:
        return True
    retained = (
        read(inputs, "spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted", default="Retain") != _DISPOSABLE
    )
    if resource.type == _STATEFUL_SET:
        return retained and bool(read(inputs, "spec", "volumeClaimTemplates"))
    return retained and read(inputs, "spec", "storage", "volumeClaimTemplate") is not None


def _backed_up(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    schedules = list(graph.of(resources, _SCHEDULE))
    backing = any(read(each.inputs, "chart") == "velero" for each in graph.of(resources, RELEASE))
    if not schedules and not backing:
        return
    covered: set[str] = set()
    for schedule in schedules:
        names, unknown = split(read(schedule.inputs, "spec", "template", "includedNamespaces"))
        yield from ((schedule.urn, each) for each in unknown)
        if not read(schedule.inputs, "spec", "paused", default=False):
            covered |= {str(each) for each in names} or {"*"}
    for resource in graph.of(resources, _CLAIM, _STATEFUL_SET, *_OPERATED):
        home = read(resource.inputs, "metadata", "namespace", default="default")
        if not _keeps_volumes(resource):
            continue
        if isinstance(home, Unknown):
            yield resource.urn, home
        elif not {home, "*"} & covered:
            yield (
                resource.urn,
                f"its volumes in {home} are in no backup; add {home} to includedNamespaces of a Schedule",
            )


def _schedule(schedule: Properties) -> Iterator[Finding]:
    ttl, paused = read(schedule, "spec", "template", "ttl"), read(schedule, "spec", "paused", default=False)
    for given in (ttl, paused):
        if isinstance(given, Unknown):
            yield given
            return
    if not ttl:
        yield "nobody decided how long its backups are kept; set spec.template.ttl"
    if paused:
        yield "it makes no backups; remove spec.paused"


def _elsewhere(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    """Where a stack protects its data, its backups are in another region too."""
    if not any(each.protect for each in graph.of(resources, _BUCKET)):
        return
    yield from _moved(resources)
    copied = list(_copied(resources))
    for release in graph.of(resources, RELEASE):
        if read(release.inputs, "chart") != "velero":
            continue
        places, unknown = split(read(release.inputs, "values", "configuration", "backupStorageLocation"))
        yield from ((release.urn, each) for each in unknown)
        for place in places:
            yield from ((release.urn, finding) for finding in _kept(place, copied))


def _copied(resources: Sequence[Resource]) -> Iterator[Any]:
    for replication in graph.of(resources, _REPLICATION):
        rules, _ = split(read(replication.inputs, "rules"))
        if any(read(each, "status", default="Enabled") == "Enabled" for each in rules):
            yield read(replication.inputs, "bucket")


def _kept(place: Properties, copied: Sequence[Any]) -> Iterator[Finding]:
    # What is only read from is itself the copy of another stack's.
    if read(place, "accessMode") == "ReadOnly":
        return
    bucket = read(place, "bucket")
    hidden = [each for each in (bucket, *copied) if isinstance(each, Unknown)]
    if copied and hidden:
        yield hidden[0]
    elif bucket not in copied:
        yield (
            f"backups in {read(place, 'name', default='a place')} are lost with their region, in a stack that keeps "
            "its data; add a replication of their bucket to another region"
        )


def _moved(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    for schedule in graph.of(resources, _SCHEDULE):
        template = read(schedule.inputs, "spec", "template", default={})
        moved = read(template, "snapshotMoveData", default=False)
        if isinstance(moved, Unknown):
            yield schedule.urn, moved
        elif not moved and read(template, "snapshotVolumes", default=True):
            yield (
                schedule.urn,
                "its snapshots stay in the region of what they are of; set spec.template.snapshotMoveData to true",
            )


def _protected(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    holding = list(graph.of(resources, *HOLDS_STATE))
    kept = [each for each in holding if each.protect]
    for resource in holding if kept else ():
        if not resource.protect:
            yield (
                resource.urn,
                (
                    f"it may be deleted with an update, while {kept[0].name} and others like it may not; "
                    "set protect to true"
                ),
            )


RULES: Final = (
    GraphRule(
        name="volumes-backed-up",
        why="A namespace that nobody enrolled is missed on the day it is to be restored.",
        types=(_STATEFUL_SET, _CLAIM, *_OPERATED, _SCHEDULE),
        check=_backed_up,
        references=("Velero documentation: Backup Reference, schedules",),
    ),
    ResourceRule(
        name="schedule-keeps",
        why="A schedule that is paused, or whose backups nobody decided to keep, is a backup on paper only.",
        types=(_SCHEDULE,),
        check=_schedule,
        references=("Velero documentation: Backup Reference, time to live",),
    ),
    GraphRule(
        name="backups-in-another-region",
        why="A backup beside what it is of is lost with it.",
        types=(RELEASE, _REPLICATION, _SCHEDULE),
        check=_elsewhere,
        references=("Velero documentation: CSI Snapshot Data Movement",),
    ),
    GraphRule(
        name="data-protected",
        why="Where some data is protected all is meant to be, and what was forgotten is what gets deleted.",
        types=HOLDS_STATE,
        check=_protected,
        references=("Pulumi documentation: Resource options, protect",),
    ),
)
