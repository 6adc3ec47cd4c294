"""The parts of Thanos that the chart makes, as its values."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from components.kit import placement
from components.kit.monitoring import ALERTMANAGER_URL, NAMESPACE
from components.observability.thanos.flows import GRPC, HTTP, REMOTE_WRITE
from components.observability.thanos.settings import ReceiveSettings, ThanosSettings

SIDECARS: Final = f"dnssrv+_grpc._tcp.prometheus-operated.{NAMESPACE}.svc.cluster.local"
"""Every Prometheus' sidecar, by the Service that the operator keeps for all of them."""

REPLICA_LABELS: Final = ("replica", "receive_replica", "ruler_replica")
"""By which series that differ in nothing else are one: of a pair of Prometheus, of ingestors, of Rulers."""

RULES: Final = "thanos-own-rules"
"""The ConfigMap with the files of rules."""

_RULES_FOLDER: Final = "/etc/thanos-rules"
_LABEL_LENGTH: Final = 16
# The chart's own, by which the shards of the store are told apart.
_SHARD: Final = "thanos.io/storegateway-shard"
# Of the memory's limit, the rest being its own and the runtime's.
_MEMORY: Final = "--enable-auto-gomemlimit"
_STATEFUL: Final[Mapping[str, Any]] = {**placement.RESTRICTED_POD, "fsGroupChangePolicy": "OnRootMismatch"}


def _spread(component: str) -> dict[str, Any]:
    return {"topologySpreadConstraints": placement.apart(component=component)}


def _bound(component: str, replicas: int, zones: int, *, each: str = "") -> dict[str, Any]:
    return {"topologySpreadConstraints": placement.apart_for_good(replicas, zones, each=each, component=component)}


def query(settings: ThanosSettings) -> dict[str, Any]:
    """Return what answers from sidecars, the store, ingestors and Rulers at once."""
    return {
        "replicaCount": settings.replicas,
        "replicaLabels": [*REPLICA_LABELS],
        # Those of the chart's own parts it finds itself.
        "endpoints": {"static": [SIDECARS]},
        "extraArgs": [
            "--log.level=info",
            # A year at a glance is answered from one-hour samples.
            "--query.auto-downsampling",
            _MEMORY,
        ],
        "resources": placement.resources("100m", "512Mi", memory_limit="2Gi"),
        **_spread("query"),
    }


def query_frontend(settings: ThanosSettings) -> dict[str, Any]:
    """Return what splits long ranges by day and remembers each day's answer."""
    return {
        "enabled": True,
        "replicaCount": settings.replicas,
        # The chart has no memcached; each pod remembers for itself, and forgets when it ends.
        "cacheConfig": "type: IN-MEMORY\nconfig:\n  max_size: 256MB\n  validity: 6h\n",
        "extraArgs": ["--query-frontend.compress-responses", _MEMORY],
        "resources": placement.resources("50m", "256Mi", memory_limit="1Gi"),
        **_spread("query-frontend"),
    }


def store(settings: ThanosSettings, *, zones: int) -> dict[str, Any]:
    """Return what reads the bucket: each shard has the blocks whose id falls to it."""
    sharded = settings.store_shards > 1
    shards = {"sharded": {"enabled": True, "hashPartitioning": {"shards": settings.store_shards}}}
    return {
        "replicaCount": settings.replicas,
        **(shards if sharded else {}),
        "persistence": {"size": f"{settings.store_gib}Gi"},
        "podSecurityContext": {**_STATEFUL},
        "cachingBucketConfig": "type: IN-MEMORY\nconfig:\n  max_size: 256MB\n  max_item_size: 16MB\n",
        # The pool's own size, 2 GB, is beyond the memory's limit. The index is cached in 250 MB besides.
        "extraArgs": ["--chunk-pool-size=512MB", _MEMORY],
        "resources": placement.resources("100m", "1Gi", memory_limit="2Gi"),
        **_bound("storegateway", settings.replicas, zones, each=_SHARD if sharded else ""),
    }


def receive(settings: ReceiveSettings | None, *, replicas: int, zones: int) -> dict[str, Any]:
    """Return the way in: routers, which are written to, and ingestors, among whom they share the series."""
    # By the chart there is one, standing alone.
    if settings is None:
        return {"enabled": False}
    return {
        "mode": "split",
        "ingester": _ingester(settings, zones),
        "router": {
            "replicaCount": replicas,
            "replicationFactor": settings.copies,
            # Else that of a Receive that stands alone, which says nothing but its group.
            "podSecurityContext": {**placement.RESTRICTED_POD},
            "extraArgs": [_MEMORY],
            "resources": placement.resources("100m", "128Mi", memory_limit="512Mi"),
            "pdb": {"enabled": True, "maxUnavailable": 1},
            **_spread("receive-router"),
        },
    }


def _ingester(settings: ReceiveSettings, zones: int) -> dict[str, Any]:
    # In this mode the chart takes everything from here, and nothing from what it says of a Receive that stands alone.
    return {
        "replicaCount": settings.ingestors,
        # Else the ring would be the first pod alone.
        "hashrings": {"autogen": {"enabled": True}},
        "service": {"type": "ClusterIP", "grpcPort": GRPC, "httpPort": HTTP, "remoteWritePort": REMOTE_WRITE},
        "tsdb": {"retention": "24h"},
        "persistence": {"enabled": True, "size": f"{settings.volume_gib}Gi"},
        "podSecurityContext": {**_STATEFUL},
        "extraArgs": [_MEMORY],
        "resources": placement.resources("200m", "1Gi", memory_limit="4Gi"),
        # Empty, for the schema asks for them: Receive's own probes count then.
        "probes": {},
        "vpa": {"enabled": False},
        "serviceMonitor": {},
        "pdb": {},
        **_bound("receive", settings.ingestors, zones),
    }


def ruler(settings: ThanosSettings, rules: Mapping[str, str], *, zones: int) -> dict[str, Any]:
    """Return what evaluates rules over all instances."""
    host = ALERTMANAGER_URL.removeprefix("http://")
    return {
        "enabled": True,
        "replicaCount": settings.replicas,
        # The chart's alert that always fires, which only another of its name replaces. Rules of one's own do not go
        # this way: Helm would read what is in double braces, which is Prometheus' own.
        "rules": {"example-alerts.yaml": "groups: []\n"},
        "extraVolumes": [{"name": "own-rules", "configMap": {"name": RULES}}],
        "extraVolumeMounts": [{"name": "own-rules", "mountPath": _RULES_FOLDER, "readOnly": True}],
        # No pod reads a changed rule by itself.
        "podLabels": {"platform/rules": digest(rules)},
        # It would read every PrometheusRule of the cluster, which the Prometheus instances do.
        "autoImportPrometheusRules": {"enabled": False},
        "alertmanagers": {
            "config": f"alertmanagers:\n  - static_configs: [dns+{host}]\n    scheme: http\n    api_version: v2\n"
        },
        "podSecurityContext": {**_STATEFUL},
        "extraArgs": [f"--rule-file={_RULES_FOLDER}/*.yaml", _MEMORY],
        "resources": placement.resources("50m", "256Mi", memory_limit="1Gi"),
        **_bound("ruler", settings.replicas, zones),
    }


def digest(rules: Mapping[str, str]) -> str:
    """Return a label's value that changes with the rules."""
    return hashlib.sha256(repr(sorted(rules.items())).encode()).hexdigest()[:_LABEL_LENGTH]
