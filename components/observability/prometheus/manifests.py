"""The objects that make up one Prometheus, each as a pure function of the settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.kit import placement
from components.kit.flows import PROMETHEUS
from components.kit.monitoring import ALERTMANAGER, LABEL, NAMESPACE, Instance
from components.observability.prometheus import instances
from components.observability.prometheus.selection import KINDS
from components.observability.prometheus.settings import EdgeSettings, PrometheusSettings

API: Final = "monitoring.coreos.com/v1"

ACCOUNT: Final = "prometheus"
"""The service account of every Prometheus: one identity in the cluster, and one in AWS."""

VERSION: Final = "v3.14.0"
"""The version that the pinned operator is made for, and that the chart would run."""
IMAGE: Final = f"quay.io/prometheus/prometheus:{VERSION}-distroless"
SIDECAR_VERSION: Final = "v0.42.4"
SIDECAR_IMAGE: Final = f"quay.io/thanos/thanos:{SIDECAR_VERSION}"
"""Likewise; the version that Thanos itself runs in."""

OBJECTS_KEY: Final = "objstore.yml"
"""The key of the Secret with Thanos' configuration of a bucket."""

REPLICA_LABEL: Final = "replica"
"""The external label that sets replicas apart, which Thanos takes away when it merges them."""

CLUSTER_LABEL: Final = "cluster"
"""The external label with the cluster's name."""

_MIB_LIMIT: Final = 2
"""A query, a start and a compaction take up to as much again as what is in memory all the time."""

# Replaying a write-ahead log of a few GiB takes minutes, in which the pod is not to be started anew.
_STARTUP_SECONDS: Final = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every instance of a stack shares.

    Attributes:
        cluster_name: The cluster's name, which all that leaves it is marked with.
        platform: The names of the platform's own namespaces.
        storage_class: The class of the instances' volumes.
        objstore_secret: The Secret with the bucket for blocks; None where nothing is uploaded.
        retain_data: Whether volumes outlive what asked for them.
        zones: How many zones the nodes are in.

    """

    cluster_name: str
    platform: Sequence[str]
    storage_class: pulumi.Input[str]
    objstore_secret: pulumi.Input[str] | None
    retain_data: bool
    zones: int


def labels(instance: Instance) -> dict[str, str]:
    """Return what the operator's pods of an instance, and of no other, are known by."""
    return {**PROMETHEUS.labels, "app.kubernetes.io/instance": instance.value}


def prometheus(settings: PrometheusSettings, instance: Instance, around: Surroundings) -> dict[str, Any]:
    """Return the Prometheus object of an instance."""
    return {
        "apiVersion": API,
        "kind": "Prometheus",
        "metadata": {"name": instance.value, "namespace": NAMESPACE, "labels": {LABEL: instance.value}},
        "spec": {
            "image": IMAGE,
            "version": VERSION,
            "replicas": settings.replicas,
            "shards": settings.of(instance).shards,
            "portName": PROMETHEUS.ports[0].name,
            "logFormat": "json",
            **_identity(instance, around),
            **_selection(settings, instance, around.platform),
            **_guards(settings, instance),
            **_keeping(settings, instance, around),
            **_pods(settings, instance, around.zones),
            "alerting": {"alertmanagers": [_alertmanagers()]},
            **(_forwarding(settings.edge) if settings.edge else {}),
        },
    }


def _identity(instance: Instance, around: Surroundings) -> dict[str, Any]:
    return {
        "externalLabels": {CLUSTER_LABEL: around.cluster_name, LABEL: instance.value},
        # The operator would call it by namespace and name.
        "prometheusExternalLabelName": "",
        "replicaExternalLabelName": REPLICA_LABEL,
    }


def _selection(settings: PrometheusSettings, instance: Instance, platform: Sequence[str]) -> dict[str, Any]:
    return {
        f"{prefix}{what}": selector
        for prefix in KINDS.values()
        for what, selector in (
            ("Selector", instances.selector(settings, instance)),
            ("NamespaceSelector", instances.namespace_selector(instance, platform)),
        )
    }


def _guards(settings: PrometheusSettings, instance: Instance) -> dict[str, Any]:
    """Return what keeps one target, or one team, from being everybody's trouble."""
    limits: dict[str, Any] = {
        "enforcedSampleLimit": instances.samples_per_target(settings, instance),
        "enforcedLabelLimit": instances.LABELS_PER_SERIES,
        "enforcedLabelValueLengthLimit": instances.LABEL_VALUE_LENGTH,
        # What was found and dropped by relabelling is kept in memory to be shown.
        "enforcedKeepDroppedTargets": 100,
        "arbitraryFSAccessThroughSMs": {"deny": not instances.SIZES[instance].reads_own_files},
    }
    if instance is Instance.APP:
        # A team's series and rules say nothing of another team's namespace; the platform's own rules do.
        limits["enforcedNamespaceLabel"] = "namespace"
        limits["excludedFromEnforcement"] = [
            {"group": "monitoring.coreos.com", "resource": f"{kind.lower()}s", "namespace": NAMESPACE} for kind in KINDS
        ]
    return limits


def _keeping(settings: PrometheusSettings, instance: Instance, around: Surroundings) -> dict[str, Any]:
    keep = "Retain" if around.retain_data else "Delete"
    uploads = around.objstore_secret is not None and settings.edge is None
    claim = {
        "storageClassName": around.storage_class,
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": f"{instances.storage_gib(settings, instance)}Gi"}},
    }
    sidecar = {
        "image": SIDECAR_IMAGE,
        "version": SIDECAR_VERSION,
        "objectStorageConfig": {"name": around.objstore_secret, "key": OBJECTS_KEY},
        "resources": placement.resources("20m", "128Mi", memory_limit="512Mi"),
    }
    return {
        "retention": instances.retention(settings, instance),
        "retentionSize": instances.retention_size(settings, instance),
        "walCompression": True,
        "storage": {"volumeClaimTemplate": {"spec": claim}},
        # A replica that is scaled away comes back to what it had.
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": keep, "whenScaled": "Retain"},
        **({"thanos": sidecar} if uploads else {}),
    }


def _pods(settings: PrometheusSettings, instance: Instance, zones: int) -> dict[str, Any]:
    interval = f"{settings.scrape_interval_seconds}s"
    memory = instances.memory_mib(settings, instance)
    return {
        "serviceAccountName": ACCOUNT,
        "serviceDiscoveryRole": "EndpointSlice",
        "scrapeInterval": interval,
        "evaluationInterval": interval,
        "maximumStartupDurationSeconds": _STARTUP_SECONDS,
        "nodeSelector": {**placement.GENERAL_NODES},
        "topologySpreadConstraints": _spread(settings, instance, zones),
        "securityContext": {**placement.RESTRICTED_POD, "fsGroupChangePolicy": "OnRootMismatch"},
        "resources": placement.resources(
            instances.SIZES[instance].cpu, f"{memory}Mi", memory_limit=f"{memory * _MIB_LIMIT}Mi"
        ),
    }


def _spread(settings: PrometheusSettings, instance: Instance, zones: int) -> list[dict[str, Any]]:
    spread = placement.apart_for_good(settings.replicas, zones, name=PROMETHEUS.name, instance=instance.value)
    if settings.of(instance).shards > 1:
        # Replicas of one shard hold the same; two shards may well be neighbours.
        return [{**each, "additionalLabelSelectors": "OnShard"} for each in spread]
    return spread


def _alertmanagers() -> dict[str, str]:
    return {
        "namespace": ALERTMANAGER.namespace,
        "name": "alertmanager-operated",
        "port": ALERTMANAGER.ports[0].name,
        "apiVersion": "v2",
    }


def _forwarding(edge: EdgeSettings) -> dict[str, Any]:
    receiver = edge.receiver
    token = {"name": receiver.secret_name, "key": "token"}
    write: dict[str, Any] = {
        "name": "receiver",
        "url": receiver.url,
        # What waits is read again from the write-ahead log, which covers two hours, so that batches may be large.
        "queueConfig": {"maxSamplesPerSend": 5000, "capacity": 20000, "maxShards": 20},
        **({"authorization": {"type": "Bearer", "credentials": token}} if receiver.secret_name else {}),
        **({"headers": {"THANOS-TENANT": receiver.tenant}} if receiver.tenant else {}),
    }
    return {"remoteWrite": [write]}


def rights() -> list[dict[str, Any]]:
    """Return what every Prometheus may read: where targets are, and the metrics that the API server guards.

    No Secret, no ConfigMap and no log: what a monitor refers to is read by the operator.
    """
    read = ["get", "list", "watch"]
    return [
        {"apiGroups": [""], "resources": ["nodes", "services", "pods"], "verbs": read},
        {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": read},
        # The kubelet asks whether its caller may get this of its node.
        {"apiGroups": [""], "resources": ["nodes/metrics"], "verbs": ["get"]},
        # https://docs.aws.amazon.com/eks/latest/userguide/view-raw-metrics.html
        {
            "apiGroups": ["metrics.eks.amazonaws.com"],
            "resources": ["kcm/metrics", "ksh/metrics"],
            "verbs": ["get"],
        },
        {"nonResourceURLs": ["/metrics", "/metrics/slis"], "verbs": ["get"]},
    ]


def service(instance: Instance) -> dict[str, Any]:
    """Return the spec of an instance's Service: whoever asks keeps to one replica, for each has its own small gaps."""
    return {
        "selector": labels(instance),
        "sessionAffinity": "ClientIP",
        "ports": [{"name": "http-web", "port": PROMETHEUS.ports[0].number, "targetPort": "http-web"}],
    }


def disruption_budget(instance: Instance) -> Mapping[str, Any]:
    """Return the spec of an instance's PodDisruptionBudget, for one that has several replicas."""
    return {
        "maxUnavailable": 1,
        "selector": {"matchLabels": labels(instance)},
        "unhealthyPodEvictionPolicy": placement.UNREADY_MAY_GO,
    }
