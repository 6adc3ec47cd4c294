"""The jobs that keep the platform's etcd: snapshots in S3, and members that give back what was deleted."""

from pathlib import Path
from typing import Any, Final

import pulumi

from components.kit import placement, python_program
from components.observability.etcd import certificates
from components.observability.etcd.flows import MAINTENANCE
from components.observability.etcd.settings import CLIENT_PORT, MAINTENANCE_ACCOUNT, EtcdSettings

PROGRAM: Final = "etcd-maintenance"
"""The ConfigMap with the program."""

_FOLDER: Final = Path(__file__).parent / "maintenance"
_PACKAGE: Final = "etcd_maintenance"
# Some GiB take minutes. The next snapshot is an hour away at the usual schedule.
_DEADLINE_SECONDS: Final = 1800


def program() -> dict[str, str]:
    """Return the program's files by name, as they are tested."""
    return python_program.files(_FOLDER)


def snapshot(
    settings: EtcdSettings, *, region: str, cluster: pulumi.Input[str], bucket: pulumi.Input[str]
) -> dict[str, Any]:
    """Return the spec of the job that stores snapshots."""
    options = {"cluster": cluster, "bucket": bucket, "region": region}
    task = ["snapshot", *(part for name, value in options.items() for part in (f"--{name}", value))]
    return _job(settings, settings.snapshots.schedule, task)


def defragmentation(settings: EtcdSettings) -> dict[str, Any]:
    """Return the spec of the job that defragments the members, one after the other."""
    return _job(settings, settings.defragmentation, ["defragment"])


def _job(settings: EtcdSettings, schedule: str, task: list[pulumi.Input[str]]) -> dict[str, Any]:
    return {
        "schedule": schedule,
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": "Forbid",
        # A run that is missed while the control plane is away is made up for, unless the next is near.
        "startingDeadlineSeconds": _DEADLINE_SECONDS,
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {
            "spec": {
                "backoffLimit": 2,
                "activeDeadlineSeconds": _DEADLINE_SECONDS,
                "template": {"metadata": {"labels": dict(MAINTENANCE.labels)}, "spec": _pod(settings, task)},
            }
        },
    }


def _pod(settings: EtcdSettings, task: list[pulumi.Input[str]]) -> dict[str, Any]:
    modules = [{"key": name, "path": f"{_PACKAGE}/{name}"} for name in program()]
    volumes: dict[str, dict[str, Any]] = {
        "program": {"configMap": {"name": PROGRAM, "items": modules}},
        "tls": {"secret": {"secretName": certificates.secret(certificates.MAINTENANCE), "defaultMode": 0o440}},
        "tmp": {"emptyDir": {"sizeLimit": f"{settings.quota_gib + 1}Gi"}},
    }
    members = [f"https://{certificates.address(number)}:{CLIENT_PORT}" for number in range(settings.members)]
    return {
        "serviceAccountName": MAINTENANCE_ACCOUNT,
        "automountServiceAccountToken": False,
        "restartPolicy": "Never",
        "nodeSelector": {**placement.GENERAL_NODES},
        "securityContext": {**placement.RESTRICTED_POD},
        "containers": [
            {
                "name": "maintenance",
                "image": python_program.IMAGE,
                "command": [
                    *("python3", "-m", _PACKAGE, "--tls", "/tls"),
                    *(part for member in members for part in ("--member", member)),
                    *task,
                ],
                # Where the image keeps AWS's SDK for functions, which this is none of.
                "env": [{"name": "PYTHONPATH", "value": "/program:/var/runtime"}],
                "workingDir": "/program",
                "securityContext": {**placement.RESTRICTED_CONTAINER},
                "resources": placement.resources("50m", "128Mi", memory_limit="256Mi"),
                "volumeMounts": [
                    {"name": volume, "mountPath": f"/{volume}", "readOnly": volume != "tmp"} for volume in volumes
                ],
            }
        ],
        "volumes": [{"name": volume, **source} for volume, source in volumes.items()],
    }
