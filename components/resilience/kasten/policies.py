"""What is backed up when, how long it is kept and where: Kasten's own objects, made of the classes."""

from collections.abc import Sequence
from typing import Any, Final

from components.kit.object_clients import Bucket
from components.resilience.backup.classes import (
    LABEL,
    BackupClass,
    Plan,
    apps_schedule_name,
    schedule_name,
)
from components.resilience.backup.settings import BackupSettings
from components.resilience.kasten.frequency import frequency
from components.resilience.kasten.settings import CREDENTIALS, NAMESPACE, PROFILE

API: Final = "config.kio.kasten.io/v1alpha1"

CATALOGUE: Final = "k10-disaster-recovery-policy"
"""The policy that saves Kasten's own catalogue, by the one name that Kasten looks for."""
TRANSFORMS: Final = "storage-classes"
"""The TransformSet that a restore names to have volumes made of other classes."""

_APPLICATION: Final = "k10.kasten.io/appNamespace"
# What finds backups in the bucket again when the cluster is gone: a day of hours and a week of days.
_CATALOGUE_KEPT: Final = {"hourly": 24, "daily": 7}


def profile(bucket: Bucket, region: str) -> dict[str, Any]:
    """Return the bucket as Kasten knows it. Below it Kasten begins with the id of the cluster.

    https://docs.kasten.io/latest/api/profiles/
    """
    secret = {"apiVersion": "v1", "kind": "Secret", "name": CREDENTIALS, "namespace": NAMESPACE}
    return _object(
        "Profile",
        PROFILE,
        {
            "type": "Location",
            "locationSpec": {
                "type": "ObjectStore",
                "objectStore": {"objectStoreType": "S3", "name": bucket.name, "region": region},
                "credential": {"secretType": "AwsAccessKey", "secret": secret},
            },
        },
    )


def of_classes(settings: BackupSettings) -> list[dict[str, Any]]:
    """Return two Policies for each class: for the platform's own namespaces, and for those that chose it by label.

    Kasten itself selects namespaces by their labels, and takes new ones up with the next run. It also takes the
    namespace of a Deployment or a StatefulSet with the label: https://docs.kasten.io/latest/usage/protect/
    """
    chosen = settings.of_the_platform
    made = []
    for name, plan in settings.plans.items():
        own = sorted(namespace for namespace, choice in chosen.items() if choice.value == name.value)
        if own:
            made.append(policy(schedule_name(name), name, plan, _named(own)))
        made.append(policy(apps_schedule_name(name), name, plan, {"matchLabels": {LABEL: str(name)}}))
    return made


def policy(name: str, backup_class: BackupClass, plan: Plan, selector: dict[str, Any]) -> dict[str, Any]:
    """Return a Policy: a snapshot, and its export to the bucket.

    Where data is moved, snapshots stay for one period only, to restore from quickly; where it is not, the export holds
    objects alone and snapshots stay as long as the class keeps a backup. https://docs.kasten.io/latest/api/policies/
    """
    when = frequency(plan.schedule)
    kept = when.kept(plan.retention_days)
    return _object(
        "Policy",
        name,
        {
            "comment": f"{backup_class}: at most the changes of {plan.rpo_hours} hours are lost",
            "frequency": f"@{when.period}",
            "subFrequency": {part: [*values] for part, values in when.within.items()},
            "retention": when.of_one_period if plan.move_data else kept,
            "selector": selector,
            "actions": [{"action": "backup"}, {**_export(data=plan.move_data), "retention": kept}],
        },
        labels={LABEL: str(backup_class)},
    )


def catalogue() -> dict[str, Any]:
    """Return the Policy that saves what Kasten knows: without it nobody finds backups in the bucket again.

    It needs the Secret `PASSPHRASE`. https://docs.kasten.io/latest/operating/dr/
    """
    own = {"name": PROFILE, "namespace": NAMESPACE}
    return _object(
        "Policy",
        CATALOGUE,
        {
            "comment": "What Kasten knows of backups",
            "frequency": "@hourly",
            "retention": {**_CATALOGUE_KEPT},
            "selector": _named([NAMESPACE]),
            "actions": [{"action": "backup", "backupParameters": {"filters": {}, "profile": own}}, _export(data=True)],
            "kdrSnapshotConfiguration": {"takeLocalCatalogSnapshot": True, "exportCatalogSnapshot": True},
        },
    )


def transforms(settings: BackupSettings) -> dict[str, Any]:
    """Return what a restore changes when it names it: claims of one storage class become another's.

    https://docs.kasten.io/latest/api/transformsets/
    """
    path = "/spec/storageClassName"
    return _object(
        "TransformSet",
        TRANSFORMS,
        {
            "comment": "Storage classes of this cluster in the place of those in the backup",
            "transforms": [
                {
                    "name": f"{old}-to-{new}",
                    "subject": {"resource": "persistentvolumeclaims"},
                    "json": [
                        {"op": "test", "path": path, "value": old},
                        {"op": "replace", "path": path, "value": new},
                    ],
                }
                for old, new in settings.storage_classes.items()
            ],
        },
    )


def _named(namespaces: Sequence[str]) -> dict[str, Any]:
    return {"matchExpressions": [{"key": _APPLICATION, "operator": "In", "values": [*namespaces]}]}


def _export(*, data: bool) -> dict[str, Any]:
    # Without a frequency of its own, every snapshot is exported.
    parameters = {"profile": {"name": PROFILE, "namespace": NAMESPACE}, "exportData": {"enabled": data}}
    return {"action": "export", "exportParameters": parameters}


def _object(kind: str, name: str, spec: dict[str, Any], labels: dict[str, str] | None = None) -> dict[str, Any]:
    metadata = {"name": name, "namespace": NAMESPACE, **({"labels": labels} if labels else {})}
    return {"apiVersion": API, "kind": kind, "metadata": metadata, "spec": spec}
