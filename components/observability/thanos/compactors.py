"""The compactors: who thins blocks and deletes them, exactly one for each tenant's and one for everybody else's."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.kit import custom_object, placement
from components.kit.layer import Layer
from components.kit.monitoring import Instance, watched_by
from components.kit.spec import as_given
from components.observability.thanos.flows import HTTP, labels
from components.observability.thanos.settings import (
    CHART,
    NAMESPACE,
    OBJECTS_KEY,
    OBJECTS_SECRET,
    RetentionSettings,
    ThanosSettings,
)

IMAGE: Final = "quay.io/thanos/thanos:v0.42.4"
"""The image and version that the pinned chart runs."""

ACCOUNT: Final = "thanos-compactor"
"""The service account of every compactor, which alone may delete from the bucket."""

TENANT_LABEL: Final = "tenant_id"
"""What Receive marks a tenant's blocks with: https://thanos.io/tip/components/receive.md/#flags"""

_COMPONENT: Final = "compactor"
_DATA: Final = "/var/thanos/compact"
_CONFIG: Final = "/etc/thanos"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compactor:
    """A compactor and the blocks that are its own.

    Attributes:
        name: Of its StatefulSet and its Service.
        retention: For how long it keeps them.
        selector: Which they are, as Thanos' relabelling of blocks' external labels; empty for all.

    """

    name: str
    retention: RetentionSettings
    selector: Sequence[Mapping[str, Any]]


def of(settings: ThanosSettings) -> tuple[Compactor, ...]:
    """Return the compactors of a stack: no block has two of them, which would destroy it, and none has none.

    https://thanos.io/tip/components/compact.md/#warning-only-one-instance-of-compactor-may-run-against-a-single-stream-of-blocks-in-a-single-object-storage
    """
    own = settings.retentions
    rest = [_rule("drop", "|".join(sorted(own)))] if own else []
    return (
        Compactor(name=ACCOUNT, retention=settings.retention, selector=rest),
        *(
            Compactor(name=f"{ACCOUNT}-{tenant}", retention=retention, selector=[_rule("keep", tenant)])
            for tenant, retention in sorted(own.items())
        ),
    )


def _rule(action: str, tenants: str) -> dict[str, Any]:
    return {"action": action, "source_labels": [TENANT_LABEL], "regex": tenants}


def create(
    layer: Layer,
    settings: ThanosSettings,
    *,
    storage_class: pulumi.Input[str],
    depends_on: Sequence[pulumi.Resource],
) -> None:
    """Make the compactors within a layer, with their service account and what has them watched."""
    name = layer.pulumi_resource_name
    account = kubernetes.core.v1.ServiceAccount(
        f"{name}-{_COMPONENT}",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name=ACCOUNT, namespace=NAMESPACE, labels=labels(_COMPONENT)),
        automount_service_account_token=False,
        opts=layer.child(),
    )
    for compactor in of(settings):
        role = compactor.name.removeprefix(f"{CHART}-")
        metadata = kubernetes.meta.v1.ObjectMetaArgs(
            name=compactor.name, namespace=NAMESPACE, labels=_labels(compactor)
        )
        stateful = kubernetes.apps.v1.StatefulSet(
            f"{name}-{role}",
            metadata=metadata,
            spec=as_given(stateful_set(compactor, settings, storage_class)),
            opts=layer.child(depends_on=[account, *depends_on]),
        )
        kubernetes.core.v1.Service(
            f"{name}-{role}",
            metadata=metadata,
            spec=as_given(
                {
                    "clusterIP": "None",
                    "selector": _labels(compactor),
                    "ports": [{"name": "http", "port": HTTP, "targetPort": "http"}],
                }
            ),
            opts=layer.child(depends_on=[stateful]),
        )
    custom_object.create(layer, f"{_COMPONENT}-monitor", monitor(), depends_on=[])


def _labels(compactor: Compactor) -> dict[str, str]:
    return labels(_COMPONENT) | {"platform/compactor": compactor.name}


def stateful_set(compactor: Compactor, settings: ThanosSettings, storage_class: pulumi.Input[str]) -> dict[str, Any]:
    """Return the spec of a compactor's StatefulSet: never two of its pod, not even while a node is lost."""
    return {
        "serviceName": compactor.name,
        "replicas": 1,
        "selector": {"matchLabels": _labels(compactor)},
        "template": {"metadata": {"labels": _labels(compactor)}, "spec": _pod(compactor)},
        # What it works on can be fetched again.
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete", "whenScaled": "Delete"},
        "volumeClaimTemplates": [
            {
                "metadata": {"name": "data"},
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "storageClassName": storage_class,
                    "resources": {"requests": {"storage": f"{settings.compactor_gib}Gi"}},
                },
            }
        ],
    }


def _pod(compactor: Compactor) -> dict[str, Any]:
    return {
        "serviceAccountName": ACCOUNT,
        "automountServiceAccountToken": False,
        "nodeSelector": {**placement.GENERAL_NODES},
        "securityContext": {**placement.RESTRICTED_POD, "fsGroupChangePolicy": "OnRootMismatch"},
        # A block that is being written is finished, or thrown away.
        "terminationGracePeriodSeconds": 120,
        "containers": [
            {
                "name": _COMPONENT,
                "image": IMAGE,
                "args": arguments(compactor),
                "ports": [{"name": "http", "containerPort": HTTP}],
                "securityContext": {**placement.RESTRICTED_CONTAINER},
                "resources": placement.resources("200m", "1Gi", memory_limit="4Gi"),
                "readinessProbe": _probe("ready"),
                "livenessProbe": _probe("healthy") | {"initialDelaySeconds": 30, "failureThreshold": 6},
                "volumeMounts": [
                    {"name": "data", "mountPath": _DATA},
                    {"name": "objects", "mountPath": _CONFIG, "readOnly": True},
                ],
            }
        ],
        "volumes": [{"name": "objects", "secret": {"secretName": OBJECTS_SECRET}}],
    }


def _probe(path: str) -> dict[str, Any]:
    return {"httpGet": {"path": f"/-/{path}", "port": "http"}, "periodSeconds": 10, "timeoutSeconds": 5}


def arguments(compactor: Compactor) -> list[str]:
    """Return a compactor's arguments."""
    retention = compactor.retention
    return [
        "compact",
        "--wait",
        f"--http-address=0.0.0.0:{HTTP}",
        f"--data-dir={_DATA}",
        f"--objstore.config-file={_CONFIG}/{OBJECTS_KEY}",
        f"--retention.resolution-raw={retention.raw_days}d",
        f"--retention.resolution-5m={retention.five_minutes_days}d",
        f"--retention.resolution-1h={retention.one_hour_days}d",
        # Whoever gets at its pages could have blocks deleted.
        "--disable-admin-operations",
        "--enable-auto-gomemlimit",
        *([f"--selector.relabel-config={json.dumps(compactor.selector)}"] if compactor.selector else []),
    ]


def monitor() -> dict[str, Any]:
    """Return the ServiceMonitor of all compactors: each is a job of its own, by its Service's name."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "ServiceMonitor",
        "metadata": {
            "name": ACCOUNT,
            "namespace": NAMESPACE,
            "labels": {**labels(_COMPONENT), **watched_by(Instance.PLATFORM)},
        },
        "spec": {"selector": {"matchLabels": labels(_COMPONENT)}, "endpoints": [{"port": "http"}]},
    }
