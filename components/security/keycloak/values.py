"""What Keycloak's chart is told: a pair at least, closed at every port, with the database's certificate verified."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pulumi

from components.kit import placement
from components.security.keycloak.configuration import ACCOUNT, ADMIN_KEY, ADMIN_SECRET, TLS_SECRET
from components.security.keycloak.flows import CLUSTER, KEYCLOAK, MANAGEMENT

DATABASE_SECRET: Final = "keycloak-database"  # noqa: S105 - a Secret's name
AUTHORITIES: Final = "keycloak-authorities"
"""The ConfigMap with whom Keycloak trusts."""

DATABASE_AUTHORITY: Final = "database.pem"
BROKERS_AUTHORITY: Final = "brokers.pem"

_LIVENESS: Final = Path(__file__).parent / "liveness.sh"
_CREDENTIALS: Final = "/credentials"
# Keycloak reads what lies there without being told: https://www.keycloak.org/server/keycloak-truststore
_TRUSTED: Final = "/opt/keycloak/conf/truststores"
_USER: Final = 1000
# As many at first as at most: a pool that never opens another outlives a change of the password until its server
# starts again. https://www.keycloak.org/high-availability/concepts-database-connections
_CONNECTIONS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What is known of Keycloak's surroundings.

    Attributes:
        host: Its name in DNS.
        replicas: How many there are.
        database_host: The database's name.
        database_port: Its port.
        database_name: The database in it.

    """

    host: str
    replicas: int
    database_host: pulumi.Input[str]
    database_port: int
    database_name: str


def values(server: Server) -> dict[str, Any]:
    """Return what differs from the chart's own values."""
    return {
        "fullnameOverride": KEYCLOAK.name,
        "replicas": server.replicas,
        "command": ["/opt/keycloak/bin/kc.sh"],
        "args": ["start"],
        # Kubernetes' variables for Services begin like Keycloak's own.
        "enableServiceLinks": False,
        # It calls nothing in Kubernetes.
        "serviceAccount": {"automountServiceAccountToken": False},
        **_restricted(),
        "http": {"relativePath": "/"},
        "proxy": {"mode": "xforwarded"},
        "database": {
            "vendor": "postgres",
            "hostname": server.database_host,
            "port": server.database_port,
            "database": server.database_name,
            "existingSecret": DATABASE_SECRET,
        },
        "extraEnv": _lines(_environment(server.host)),
        "extraVolumes": _lines(_volumes()),
        "extraVolumeMounts": _lines(
            {"name": name, "mountPath": path, "readOnly": True}
            for name, path in (("tls", "/tls"), ("credentials", _CREDENTIALS), ("trusted", _TRUSTED))
        ),
        "extraPorts": [{"name": port.name, "containerPort": port.number, "protocol": "TCP"} for port in CLUSTER],
        "livenessProbe": json.dumps(liveness()),
        "podDisruptionBudget": {"maxUnavailable": 1},
        "topologySpreadConstraints": _lines(placement.apart_for_sure(KEYCLOAK.labels)),
        # Two thirds for its heap, and the least with which it was tried for some hundred sign-ins a minute:
        # https://www.keycloak.org/high-availability/concepts-memory-and-cpu-sizing
        "resources": {"requests": {"cpu": "500m", "memory": "1536Mi"}, "limits": {"memory": "1536Mi"}},
    }


def _restricted() -> dict[str, Any]:
    return {
        "podSecurityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "fsGroup": _USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "securityContext": {
            "runAsUser": _USER,
            "runAsNonRoot": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        },
    }


def liveness() -> dict[str, Any]:
    """Return the probe that ends a server which answers no more, or which has yesterday's password."""
    return {
        "exec": {"command": ["bash", "-c", _LIVENESS.read_text(encoding="utf-8")]},
        "periodSeconds": 30,
        "timeoutSeconds": 5,
        "failureThreshold": 3,
    }


def _environment(host: str) -> list[dict[str, Any]]:
    plain = {
        "KC_HOSTNAME": f"https://{host}",
        # Probes and Prometheus speak HTTP; without, they would have to speak what the main port speaks.
        "KC_HTTP_MANAGEMENT_SCHEME": "http",
        "KC_HTTPS_CERTIFICATE_FILE": "/tls/tls.crt",
        "KC_HTTPS_CERTIFICATE_KEY_FILE": "/tls/tls.key",
        "KC_DB_URL_PROPERTIES": f"?sslmode=verify-full&sslrootcert={_TRUSTED}/{DATABASE_AUTHORITY}",
        **{f"KC_DB_POOL_{size}_SIZE": str(_CONNECTIONS) for size in ("INITIAL", "MIN", "MAX")},
        "KC_BOOTSTRAP_ADMIN_CLIENT_ID": ACCOUNT,
        "CREDENTIALS": _CREDENTIALS,
        "MANAGEMENT_PORT": str(MANAGEMENT.number),
        "NOTICED": "/tmp/password-changed",  # noqa: S108 - in the container
    }
    return [
        *({"name": name, "value": value} for name, value in plain.items()),
        {"name": "KC_DB_USERNAME", "valueFrom": _key(DATABASE_SECRET, "username")},
        {"name": "KC_BOOTSTRAP_ADMIN_CLIENT_SECRET", "valueFrom": _key(ADMIN_SECRET, ADMIN_KEY)},
        # It would look for an address of RFC 1918, and pods' are of RFC 6598.
        # https://www.keycloak.org/server/caching#_network_bind_address
        {
            "name": "KC_CACHE_EMBEDDED_NETWORK_BIND_ADDRESS",
            "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}},
        },
    ]


def _volumes() -> list[dict[str, Any]]:
    password = [{"key": "password", "path": "password"}]
    pair = [{"key": key, "path": key} for key in ("tls.crt", "tls.key")]
    return [
        {"name": "tls", "secret": {"secretName": TLS_SECRET, "items": pair}},
        {"name": "credentials", "secret": {"secretName": DATABASE_SECRET, "items": password}},
        {"name": "trusted", "configMap": {"name": AUTHORITIES}},
    ]


def _key(secret: str, key: str) -> dict[str, Any]:
    return {"secretKeyRef": {"name": secret, "key": key}}


def _lines(items: Iterable[Mapping[str, Any]]) -> str:
    """Return a list as the chart wants it: as text, one item a line."""
    return "\n".join(f"- {json.dumps(item)}" for item in items)
