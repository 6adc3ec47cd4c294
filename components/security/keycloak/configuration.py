"""What brings Keycloak's realm to the wanted state: at every change at once, and every hour whatever was changed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from components.kit import placement
from components.security.keycloak.flows import CONFIGURATION, HTTPS, NAMESPACE
from components.security.keycloak.realms import REALM

# Built for the client library of Keycloak 26.5; it serves every 26: https://github.com/adorsys/keycloak-config-cli
# renovate: datasource=docker depName=quay.io/adorsys/keycloak-config-cli
IMAGE: Final = "quay.io/adorsys/keycloak-config-cli:6.5.0-26.5.4"

ACCOUNT: Final = "configuration"
"""The client of the realm `master` that configures: Keycloak makes it when it starts on an empty database."""

ADMIN_SECRET: Final = "keycloak-admin"  # noqa: S105 - a Secret's name
ADMIN_KEY: Final = "client_secret"
VARIABLES: Final = "keycloak-configuration"
"""The Secret with what the realm's references stand for."""

TLS_SECRET: Final = "keycloak-tls"  # noqa: S105 - a Secret's name
SERVICE: Final = f"keycloak-http.{NAMESPACE}.svc"
_AUTHORITY: Final = "ca.crt"
_TRUST: Final = "/scratch/trust.jks"
_UNLOCKED: Final = "changeit"
"""Java's word for none. To read whom to trust from a JKS, which is not encrypted, takes none."""

# The image's own: https://github.com/adorsys/keycloak-config-cli/blob/v6.5.0/Dockerfile
_USER: Final = 65534
_DEADLINE_SECONDS: Final = 600
_HASH_DIGITS: Final = 8

SCHEDULE: Final = "17 * * * *"


def content(realm: Mapping[str, Any]) -> dict[str, str]:
    """Return the files of a run."""
    return {f"{REALM}.json": json.dumps(realm, indent=1, sort_keys=True)}


def run_name(files: Mapping[str, str]) -> str:
    """Return what the Job and its files are called: another content is another Job, for a Job runs once."""
    digest = hashlib.sha256(json.dumps([IMAGE, files], sort_keys=True).encode()).hexdigest()
    return f"{CONFIGURATION.name}-{digest[:_HASH_DIGITS]}"


def job(files: str) -> dict[str, Any]:
    """Return the spec of a run; `files` is the ConfigMap with the realm.

    It has no time to live: a Job that Kubernetes deletes would be missed by the next refresh, and made again.
    """
    return {
        "backoffLimit": 6,
        "activeDeadlineSeconds": _DEADLINE_SECONDS,
        "template": {"metadata": {"labels": dict(CONFIGURATION.labels)}, "spec": pod(files)},
    }


def every_hour(files: str) -> dict[str, Any]:
    """Return the spec of the CronJob that undoes what was changed by hand, and brings new secrets in."""
    return {
        "schedule": SCHEDULE,
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": _DEADLINE_SECONDS,
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 1,
        "jobTemplate": {"spec": {**job(files), "backoffLimit": 2}},
    }


def environment() -> dict[str, str]:
    """Return what keycloak-config-cli is told, besides secrets.

    https://github.com/adorsys/keycloak-config-cli/blob/v6.5.0/src/main/resources/application.properties
    """
    return {
        "KEYCLOAK_URL": f"https://{SERVICE}:{HTTPS.number}",
        "KEYCLOAK_LOGINREALM": "master",
        "KEYCLOAK_GRANTTYPE": "client_credentials",
        "KEYCLOAK_CLIENTID": ACCOUNT,
        "KEYCLOAK_SSLVERIFY": "true",
        "KEYCLOAK_AVAILABILITYCHECK_ENABLED": "true",
        "KEYCLOAK_AVAILABILITYCHECK_TIMEOUT": "300s",
        "IMPORT_FILES_LOCATIONS": "/config/*.json",
        "IMPORT_VARSUBSTITUTION_ENABLED": "true",
        "IMPORT_VARSUBSTITUTION_UNDEFINEDISERROR": "true",
        # Else the same file is not applied twice, whatever has become of the realm meanwhile.
        "IMPORT_CACHE_ENABLED": "false",
        # What it did not make itself it leaves alone.
        "IMPORT_REMOTESTATE_ENABLED": "true",
        # A realm's keys are components: whoever deletes what the file does not name deletes them, and a directory that
        # is deleted takes its people along.
        "IMPORT_MANAGED_COMPONENT": "no-delete",
        "IMPORT_MANAGED_SUBCOMPONENT": "no-delete",
        "JAVA_OPTS": f"-XX:MaxRAMPercentage=70 -Djavax.net.ssl.trustStoreType=JKS -Djavax.net.ssl.trustStore={_TRUST}",
    }


def pod(files: str) -> dict[str, Any]:
    """Return the spec of the pod, as Pod Security's level restricted wants it."""
    secret = {"secretKeyRef": {"name": ADMIN_SECRET, "key": ADMIN_KEY}}
    told = [{"name": name, "value": value} for name, value in environment().items()]
    authority = [{"key": _AUTHORITY, "path": _AUTHORITY}]
    trust = ["keytool", "-importcert", "-noprompt", "-alias", "authority", "-file", f"/authority/{_AUTHORITY}"]
    return {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "runAsGroup": _USER,
            "fsGroup": _USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        # Java takes no PEM for a list of whom to trust.
        "initContainers": [
            {
                **_container("trust"),
                "command": [*trust, "-keystore", _TRUST, "-storetype", "JKS", "-storepass", _UNLOCKED],
                "volumeMounts": [{"name": "authority", "mountPath": "/authority", "readOnly": True}, *_SCRATCH],
            }
        ],
        "containers": [
            {
                **_container("configuration"),
                "env": [*told, {"name": "KEYCLOAK_CLIENTSECRET", "valueFrom": secret}],
                # A realm of SAML alone refers to none.
                "envFrom": [{"secretRef": {"name": VARIABLES, "optional": True}}],
                "volumeMounts": [{"name": "realm", "mountPath": "/config", "readOnly": True}, *_SCRATCH],
            }
        ],
        "volumes": [
            {"name": "realm", "configMap": {"name": files}},
            # Of the certificate only who signed it, never the key.
            {"name": "authority", "secret": {"secretName": TLS_SECRET, "items": authority}},
            {"name": "scratch", "emptyDir": {"sizeLimit": "64Mi"}},
        ],
    }


_SCRATCH: Final = [{"name": "scratch", "mountPath": path} for path in ("/scratch", "/tmp")]  # noqa: S108 - in the pod


def _container(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "image": IMAGE,
        "resources": {"requests": {"cpu": "100m", "memory": "512Mi"}, "limits": {"memory": "512Mi"}},
        "securityContext": {**placement.RESTRICTED_CONTAINER},
    }
