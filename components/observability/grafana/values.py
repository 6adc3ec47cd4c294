"""What Grafana's chart is told: closed to whoever is nobody, with what it shows read from files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from components.kit import placement
from components.kit.monitoring import Instance, watched_by
from components.observability.dashboards.panels import Grafana
from components.observability.grafana import databases, datasources, instances, sign_in
from components.observability.grafana import secrets as grafana_secrets
from components.observability.grafana.databases import Database
from components.observability.grafana.sign_in import Provider

FOLDER: Final = "platform/folder"
"""The annotation of a dashboard's ConfigMap that says in which folder it lies."""

_DASHBOARDS: Final = "/etc/grafana-dashboards"
_SCRATCH: Final = {"name": "tmp", "mountPath": "/tmp"}  # noqa: S108 - in the pod
_SECRET_KEY: Final = "$__file{/etc/grafana-keys/secret-key}"  # noqa: S105 - a path
_READ_BY_GROUP: Final = 0o440


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every Grafana of a stack is told.

    Attributes:
        replicas: How many pods each has.
        volume_gib: The size of each one's volume where there is no database.
        database: Where they keep what people make.
        provider: Who vouches for people.
        thanos: Whether there is one to ask.
        domain: The entry's, below which each has its name; empty where there is no way in but a port-forward.

    """

    replicas: int
    volume_gib: int
    database: Database | None
    provider: Provider | None
    thanos: bool
    domain: str


def values(grafana: Grafana, around: Surroundings) -> dict[str, Any]:
    """Return what differs from the chart's own values."""
    return {
        **_pods(grafana, around),
        **_restricted(),
        # Its own role could read every Secret beside it.
        "rbac": {"create": False},
        "testFramework": {"enabled": False},
        "serviceMonitor": {"enabled": True, "labels": {**watched_by(Instance.TOOLING)}},
        "env": sign_in.environment(around.provider),
        "grafana.ini": configuration(grafana, around),
        "datasources": {
            "datasources.yaml": datasources.provisioned(datasources.datasources([*Instance], thanos=around.thanos))
        },
        "sidecar": _sidecar(grafana),
        "extraSecretMounts": _secrets(grafana, around),
        "extraConfigmapMounts": _authority() if around.database else [],
        "extraEmptyDirMounts": [{**_SCRATCH}],
    }


def _pods(grafana: Grafana, around: Surroundings) -> dict[str, Any]:
    release = instances.release(grafana)
    chosen: dict[str, Any] = {
        "replicas": around.replicas,
        "enableServiceLinks": False,
        "topologySpreadConstraints": placement.apart_for_sure(placement.recommended(name="grafana", instance=release)),
        # Estimates for some dozens of people who look at once.
        "resources": placement.resources("100m", "512Mi"),
        "nodeSelector": {**placement.GENERAL_NODES},
    }
    if around.replicas > 1:
        chosen["podDisruptionBudget"] = {"maxUnavailable": 1}
    if not around.database:
        # The volume is one pod's at a time.
        chosen["deploymentStrategy"] = {"type": "Recreate"}
        chosen["persistence"] = {"enabled": True, "size": f"{around.volume_gib}Gi"}
    return chosen


def _restricted() -> dict[str, Any]:
    return {
        "containerSecurityContext": {"readOnlyRootFilesystem": True},
        # It would run as root, for what the volume's group does by itself.
        "initChownData": {"enabled": False},
    }


def configuration(grafana: Grafana, around: Surroundings) -> dict[str, Any]:
    """Return Grafana's own configuration, in which secrets are paths.

    https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/
    """
    found: dict[str, Any] = {
        **sign_in.configuration(around.provider, grafana),
        "analytics": {
            "reporting_enabled": False,
            "check_for_updates": False,
            "check_for_plugin_updates": False,
            "feedback_links_enabled": False,
        },
        "security": {
            "secret_key": _SECRET_KEY,
            "cookie_secure": bool(around.domain),
            "cookie_samesite": "lax",
            "content_security_policy": True,
            "disable_gravatar": True,
            "strict_transport_security": bool(around.domain),
        },
        "snapshots": {"enabled": False, "external_enabled": False},
        "public_dashboards": {"enabled": False},
        # What is not in the image is not there: no plug-in is fetched, at a start or by anybody's click.
        "plugins": {"plugin_admin_enabled": False, "preinstall_disabled": True, "public_key_retrieval_disabled": True},
        # Rules are Prometheus' and Thanos', and Alertmanager tells of them; it shows both.
        "unified_alerting": {"enabled": True, "execute_alerts": False},
        "news": {"news_feed_enabled": False},
        "log": {"level": "info"},
    }
    if around.domain:
        host = instances.host(grafana, around.domain)
        found["server"] = {"domain": host, "root_url": f"https://{host}/"}
    if around.database:
        found["database"] = _database(grafana, around.database)
    return found


def _database(grafana: Grafana, database: Database) -> dict[str, Any]:
    role = databases.role(grafana)
    return {
        "type": "postgres",
        "host": database.address,
        "name": role,
        "user": role,
        "password": f"$__file{{/etc/grafana-keys/{grafana_secrets.DATABASE_PASSWORD}}}",
        "ssl_mode": "verify-full",
        "ca_cert_path": f"{databases.AUTHORITY_PATH}/{databases.AUTHORITY_FILE}",
        # Four Grafanas with two pods each take 160 of the 225 connections that RDS has with 2 GiB of memory.
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
        "max_open_conn": 20,
        "max_idle_conn": 5,
        "conn_max_lifetime": 3600,
    }


def _sidecar(grafana: Grafana) -> dict[str, Any]:
    return {
        "securityContext": {"readOnlyRootFilesystem": True},
        "resources": placement.resources("10m", "128Mi"),
        "dashboards": {
            "enabled": True,
            "label": instances.label(grafana),
            # A Secret is no dashboard.
            "resource": "configmap",
            "folder": _DASHBOARDS,
            "folderAnnotation": FOLDER,
            # Grafana looks at its files every half minute; to be told to it would take an administrator's password.
            "skipReload": True,
            "sizeLimit": "64Mi",
            "extraMounts": [{**_SCRATCH}],
            "provider": {
                "name": "platform",
                "disableDelete": False,
                "allowUiUpdates": False,
                "foldersFromFilesStructure": True,
            },
        },
    }


def _secrets(grafana: Grafana, around: Surroundings) -> list[dict[str, Any]]:
    found = [_mounted("keys", "/etc/grafana-keys", grafana_secrets.keys(grafana))]
    if around.provider:
        found.append(_mounted("client", "/etc/grafana-client", grafana_secrets.client(grafana)))
        if around.provider.private:
            authority = {"items": [{"key": "ca.crt", "path": "ca.crt"}]}
            found.append(
                {**_mounted("authority", "/etc/grafana-authority", grafana_secrets.AUTHORITY_SECRET), **authority}
            )
    return found


def _mounted(name: str, path: str, secret: str) -> dict[str, Any]:
    return {"name": name, "mountPath": path, "secretName": secret, "readOnly": True, "defaultMode": _READ_BY_GROUP}


def _authority() -> Sequence[Mapping[str, Any]]:
    mount = {"name": "database-authority", "mountPath": databases.AUTHORITY_PATH, "configMap": databases.AUTHORITY}
    return [{**mount, "readOnly": True}]
