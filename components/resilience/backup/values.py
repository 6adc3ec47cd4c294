"""What differs from Velero's chart's own values."""

import hashlib
import json
from typing import Any, Final

import pulumi

from components.kit import object_clients, placement
from components.kit.object_clients import Bucket
from components.resilience.backup.flows import DATA_MOVER, DEFINITIONS, MAINTENANCE
from components.resilience.backup.schedules import RESTORE_ORDER
from components.resilience.backup.settings import LOCATION, SOURCE, BackupSettings, SourceSettings

AGENT_CONFIG: Final = "velero-node-agent"
"""How the ConfigMap that node agents read is called, but for what its content adds."""

_HASH_DIGITS: Final = 8

# renovate: datasource=docker depName=docker.io/velero/velero-plugin-for-aws
PLUGIN: Final = "docker.io/velero/velero-plugin-for-aws:v1.14.2"
"""The plug-in of Velero 1.18: https://github.com/vmware-tanzu/velero-plugin-for-aws#compatibility."""

_PRIVILEGES: Final = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
# Of the pods that Velero makes, in its own words. Chunks of a volume are compared and compressed in memory.
# https://velero.io/docs/v1.18/performance-guidance/
_MOVER: Final = {"cpuRequest": "100m", "memoryRequest": "512Mi", "cpuLimit": "0", "memoryLimit": "2Gi"}
_CLEANER: Final = {"cpuRequest": "50m", "memoryRequest": "256Mi", "cpuLimit": "0", "memoryLimit": "1Gi"}


def values(settings: BackupSettings, bucket: Bucket, *, region: str, prefix: pulumi.Input[str]) -> dict[str, Any]:
    """Return what differs from the chart's own values."""
    default = {"name": LOCATION, "default": True, **object_clients.velero(bucket, region, prefix=prefix)}
    others = [_source(settings.source)] if settings.source else []
    return {
        "initContainers": [
            {
                "name": "velero-plugin-for-aws",
                "image": PLUGIN,
                "volumeMounts": [{"mountPath": "/target", "name": "plugins"}],
                "securityContext": _PRIVILEGES,
                "resources": placement.resources("10m", "64Mi"),
            }
        ],
        # Pod Identity gives credentials: there is no file of them.
        "credentials": {"useSecret": False},
        # Volumes are the CSI driver's; with the plug-in's own snapshots Velero would need rights in EC2.
        "snapshotsEnabled": False,
        "deployNodeAgent": True,
        "nodeAgent": _node_agent(),
        "configuration": {
            "backupStorageLocation": [default, *others],
            "features": "EnableCSI",
            "defaultSnapshotMoveData": True,
            # Velero's own half an hour ends before the first snapshot of a large volume is complete, and before a
            # cluster that is small until it is needed has the nodes for what is restored.
            "dataMoverPrepareTimeout": f"{max(plan.timeout_hours for plan in settings.plans.values())}h",
            "restoreResourcePriorities": ",".join(RESTORE_ORDER),
            "repositoryMaintenanceJob": {
                "repositoryConfigData": {"global": {"podResources": _CLEANER, "podLabels": {**MAINTENANCE.labels}}}
            },
        },
        "resources": placement.resources("100m", "256Mi", memory_limit="1Gi"),
        "containerSecurityContext": _PRIVILEGES,
        "nodeSelector": {**placement.GENERAL_NODES},
        "upgradeJobResources": placement.resources("50m", "128Mi"),
        "kubectl": {"labels": {**DEFINITIONS.labels}},
    }


def agent_config() -> dict[str, Any]:
    """Return what node agents are told of the pods that they have a volume's data moved by."""
    return {
        "podResources": _MOVER,
        "podLabels": {**DATA_MOVER.labels},
        # Else a volume is restored only where a pod waits for it, and a workload that was scaled to nothing when it was
        # saved has lost its data. The zone is then that of the node on which the mover runs.
        # https://velero.io/docs/v1.18/data-movement-restore-pvc-configuration/
        "restorePVC": {"ignoreDelayBinding": True},
    }


def agent_config_name() -> str:
    """Return the ConfigMap's name, which its content decides on: agents read it when they start, and never again."""
    digest = hashlib.sha256(json.dumps(agent_config()).encode()).hexdigest()
    return f"{AGENT_CONFIG}-{digest[:_HASH_DIGITS]}"


def _node_agent() -> dict[str, Any]:
    return {
        "resources": placement.resources("20m", "128Mi", memory_limit="512Mi"),
        # A volume may be in use on any node.
        "tolerations": [*placement.EVERY_TAINT],
        "extraArgs": [f"--node-agent-configmap={agent_config_name()}"],
    }


def _source(source: SourceSettings) -> dict[str, Any]:
    there = Bucket(name=source.bucket, arn="", key_arn=source.key_arn)
    return {
        "name": SOURCE,
        "accessMode": "ReadOnly",
        **object_clients.velero(there, source.region, prefix=source.prefix),
    }
