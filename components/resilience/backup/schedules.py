"""What is backed up when, and in which order it comes back: Velero's own objects, made of the classes."""

import json
from collections.abc import Sequence
from typing import Any, Final

import yaml

from components.resilience.backup.classes import CANARY, LABEL, BackupClass, Plan, apps_schedule_name, schedule_name
from components.resilience.backup.settings import LOCATION, NAMESPACE, BackupSettings, HookSettings

API: Final = "velero.io/v1"
VOLUMES: Final = "backup-volumes"
"""The ConfigMap with what becomes of which volume."""
STORAGE_CLASSES: Final = "change-storage-class"
IMAGES: Final = "change-image-name"

PASSING: Final = (
    # They pass, and Velero would bring back what is over.
    "events",
    "events.events.k8s.io",
    "leases.coordination.k8s.io",
    # Each is about one pod on one node, and an agent does not take over one that it did not make: the pod that comes
    # back under the same name would be reached by nobody. https://github.com/cilium/cilium/issues/33268
    "ciliumendpoints.cilium.io",
)
"""Kinds of which no backup holds anything."""

RESTORE_ORDER: Final = (
    # Kinds, then where things live.
    "customresourcedefinitions",
    "namespaces",
    "storageclasses",
    "priorityclasses",
    # Data before whoever uses it. Without the third no volume finds what was moved to the bucket.
    # https://github.com/vmware-tanzu/velero/blob/v1.18.1/pkg/cmd/server/config/config.go
    "volumesnapshotclass.snapshot.storage.k8s.io",
    "volumesnapshotcontents.snapshot.storage.k8s.io",
    "volumesnapshots.snapshot.storage.k8s.io",
    "datauploads.velero.io",
    "persistentvolumes",
    "persistentvolumeclaims",
    # Rights, limits and walls before the first pod.
    "clusterroles",
    "roles",
    "serviceaccounts",
    "clusterrolebindings",
    "rolebindings",
    "limitranges",
    "resourcequotas",
    "networkpolicies.networking.k8s.io",
    "ciliumnetworkpolicies.cilium.io",
    "secrets",
    "configmaps",
    "pods",
    "replicasets.apps",
    "endpoints",
    "services",
    "-",
    # Who may refuse and who sends traffic, when all that they ask or send to is there.
    "validatingwebhookconfigurations.admissionregistration.k8s.io",
    "mutatingwebhookconfigurations.admissionregistration.k8s.io",
    "ingresses.networking.k8s.io",
    "httproutes.gateway.networking.k8s.io",
)
"""The order in which kinds are restored; a hyphen divides those that come first from those that come last."""


def of_the_platform(settings: BackupSettings, region: str) -> list[dict[str, Any]]:
    """Return the Schedule of each class for the platform's own namespaces, the canary's always among them."""
    chosen = settings.of_the_platform
    return [
        schedule(
            schedule_name(name, mark(settings, region)),
            name,
            plan,
            namespaces=[
                CANARY,
                *sorted(namespace for namespace, choice in chosen.items() if choice.value == name.value),
            ],
            hooks=settings.hooks,
        )
        for name, plan in settings.plans.items()
    ]


def mark(settings: BackupSettings, region: str) -> str:
    """Return how the names of this cluster's backups begin: with its region, if another cluster's are beside them."""
    return f"{region}-" if settings.source else ""


def of_apps(settings: BackupSettings, region: str) -> dict[str, dict[str, Any]]:
    """Return for each class the Schedule of the namespaces that choose it by their label, which lacks those yet."""
    own = mark(settings, region)
    return {
        str(name): schedule(apps_schedule_name(name, own), name, plan, namespaces=[], hooks=settings.hooks)
        for name, plan in settings.plans.items()
    }


def schedule(
    name: str, backup_class: BackupClass, plan: Plan, *, namespaces: Sequence[str], hooks: Sequence[HookSettings]
) -> dict[str, Any]:
    """Return a Schedule of Velero."""
    labels = {LABEL: str(backup_class)}
    return {
        "apiVersion": API,
        "kind": "Schedule",
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": labels},
        "spec": {
            "schedule": plan.schedule,
            "template": {
                "metadata": {"labels": labels},
                "includedNamespaces": [*namespaces],
                "excludedResources": [*PASSING],
                "storageLocation": LOCATION,
                "ttl": plan.ttl,
                "snapshotVolumes": True,
                "snapshotMoveData": plan.move_data,
                "csiSnapshotTimeout": "10m0s",
                "itemOperationTimeout": f"{plan.timeout_hours}h0m0s",
                "resourcePolicy": {"kind": "configmap", "name": VOLUMES},
                "hooks": {"resources": [hook(each) for each in hooks]},
            },
        },
    }


def hook(settings: HookSettings) -> dict[str, Any]:
    """Return what is done in a database's pods, as a Backup says it."""

    def step(command: Sequence[str], on_error: str) -> dict[str, Any]:
        return {
            "exec": {
                "container": settings.container,
                "command": [*command],
                "onError": on_error,
                "timeout": f"{settings.timeout_seconds}s",
            }
        }

    return {
        "name": f"{settings.namespace}-{settings.app}",
        "includedNamespaces": [settings.namespace],
        "includedResources": ["pods"],
        "labelSelector": {"matchLabels": {"app.kubernetes.io/name": settings.app}},
        "pre": [step(settings.before, "Fail")],
        # A database that was told to hold its writers must be let go whatever happened.
        **({"post": [step(settings.after, "Continue")]} if settings.after else {}),
    }


def volume_policies() -> str:
    """Return what becomes of which volume, as Velero's resource policies say it."""
    skip, snapshot = {"type": "skip"}, {"type": "snapshot"}
    policies = [
        # Nothing is in a volume that was never bound, and a snapshot of it never ends.
        {"conditions": {"pvcPhase": ["Pending", "Lost"]}, "action": skip},
        # A node's own disk has no snapshots: whoever keeps data there keeps copies elsewhere.
        {"conditions": {"storageClass": ["local-nvme"]}, "action": skip},
        {"conditions": {"csi": {"driver": "ebs.csi.aws.com"}}, "action": snapshot},
    ]
    return yaml.safe_dump({"version": "v1", "volumePolicies": policies}, sort_keys=False)


def as_json(content: object) -> str:
    """Return what a program or Velero reads from a ConfigMap, in the order it is written in."""
    return json.dumps(content, indent=1)
