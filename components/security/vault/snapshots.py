"""Vault's snapshots: taken in the cluster on a schedule, kept outside it where nobody changes them."""

from pathlib import Path
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.kit import chart, identity, object_store, placement, python_program
from components.kit.layer import Layer
from components.security.vault import permissions as vault_permissions
from components.security.vault.flows import SNAPSHOT
from components.security.vault.settings import (
    ADDRESS,
    AUDIENCE,
    CA_KEY,
    CA_SECRET,
    CHART,
    NAMESPACE,
    SNAPSHOT_ACCOUNT,
    SNAPSHOT_ROLE,
    VaultSettings,
)

_PROGRAM: Final = Path(__file__).parent / "snapshot_job.py"
# A snapshot of some GiB takes minutes. The next run is an hour away at the usual schedule.
_DEADLINE_SECONDS: Final = 1800


def fill(
    layer: Layer,
    settings: VaultSettings,
    bucket: object_store.ObjectStore,
    *,
    account: AccountSettings,
    cluster: ClusterOutputs,
    key_arn: pulumi.Input[str],
) -> None:
    """Make the job that stores snapshots within a layer."""
    name = layer.pulumi_resource_name
    role = _role(layer, bucket, account=account, cluster=cluster, key_arn=key_arn)
    metadata = kubernetes.meta.v1.ObjectMetaArgs(name=SNAPSHOT_ACCOUNT, namespace=NAMESPACE)
    service_account = kubernetes.core.v1.ServiceAccount(
        f"{name}-snapshot", metadata=metadata, automount_service_account_token=False, opts=layer.child()
    )
    program = kubernetes.core.v1.ConfigMap(
        f"{name}-snapshot",
        metadata=metadata,
        data={_PROGRAM.name: _PROGRAM.read_text(encoding="utf-8")},
        opts=layer.child(),
    )
    kubernetes.batch.v1.CronJob(
        f"{name}-snapshot",
        metadata=metadata,
        spec=job(settings, region=account.region, cluster=cluster.name, bucket=bucket.name),
        opts=layer.child(depends_on=[*role.complete, *bucket.settled, service_account, program]),
    )


def _role(
    layer: Layer,
    bucket: object_store.ObjectStore,
    *,
    account: AccountSettings,
    cluster: ClusterOutputs,
    key_arn: pulumi.Input[str],
) -> identity.PodRole:
    return identity.pod_role(
        layer,
        SNAPSHOT_ACCOUNT,
        account=account,
        service_account=chart.service_account(CHART, cluster.name, SNAPSHOT_ACCOUNT),
        permissions=identity.Permissions(
            statements=vault_permissions.storing_snapshots(account, bucket.arn, key=key_arn)
        ),
    )


def job(settings: VaultSettings, *, region: str, cluster: pulumi.Input[str], bucket: pulumi.Input[str]) -> Any:
    """Return the spec of the job, in the API's own form, which the SDK takes although its types do not say so."""
    return {
        "schedule": settings.snapshots.schedule,
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
                "template": {
                    "metadata": {"labels": dict(SNAPSHOT.labels)},
                    "spec": _pod(settings.data_gib, region=region, cluster=cluster, bucket=bucket),
                },
            }
        },
    }


def _pod(data_gib: int, *, region: str, cluster: pulumi.Input[str], bucket: pulumi.Input[str]) -> dict[str, Any]:
    token = {"serviceAccountToken": {"path": "token", "audience": AUDIENCE, "expirationSeconds": 600}}
    volumes: dict[str, dict[str, Any]] = {
        "program": {"configMap": {"name": SNAPSHOT_ACCOUNT}},
        "authority": {"secret": {"secretName": CA_SECRET, "items": [{"key": CA_KEY, "path": CA_KEY}]}},
        "token": {"projected": {"sources": [token]}},
        "scratch": {"emptyDir": {"sizeLimit": f"{data_gib}Gi"}},
    }
    return {
        "serviceAccountName": SNAPSHOT_ACCOUNT,
        "automountServiceAccountToken": False,
        "restartPolicy": "Never",
        "nodeSelector": {"node-role": "general"},
        "securityContext": {**placement.RESTRICTED_POD},
        "containers": [
            {
                "name": "snapshot",
                "image": python_program.IMAGE,
                "command": _command(region=region, cluster=cluster, bucket=bucket),
                # Where the image keeps AWS's SDK for functions, which this is none of.
                "env": [{"name": "PYTHONPATH", "value": "/var/runtime"}],
                "securityContext": {**placement.RESTRICTED_CONTAINER},
                "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
                "volumeMounts": [
                    {"name": volume, "mountPath": f"/{volume}", "readOnly": volume != "scratch"} for volume in volumes
                ],
            }
        ],
        "volumes": [{"name": volume, **source} for volume, source in volumes.items()],
    }


def _command(*, region: str, cluster: pulumi.Input[str], bucket: pulumi.Input[str]) -> list[pulumi.Input[str]]:
    arguments = {
        "address": ADDRESS,
        "authority": f"/authority/{CA_KEY}",
        "role": SNAPSHOT_ROLE,
        "token": "/token/token",
        "cluster": cluster,
        "bucket": bucket,
        "region": region,
        "path": "/scratch/snapshot",
    }
    options = [part for name, value in arguments.items() for part in (f"--{name}", value)]
    return ["python3", f"/program/{_PROGRAM.name}", *options]
