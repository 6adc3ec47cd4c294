"""The Job that gives each Grafana a database and a user of its own in the one PostgreSQL."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.kit import placement
from components.kit.layer import Layer
from components.kit.spec import as_given
from components.observability.dashboards.panels import Grafana
from components.observability.grafana import secrets as grafana_secrets
from components.observability.grafana.flows import DATABASES
from components.observability.grafana.instances import NAMESPACE
from components.observability.grafana.secrets import DATABASE_STORE

# renovate: datasource=docker depName=public.ecr.aws/docker/library/postgres
IMAGE: Final = "public.ecr.aws/docker/library/postgres:17.6-alpine"
# Alpine's: https://github.com/docker-library/postgres/blob/master/17/alpine3.22/Dockerfile
_USER: Final = 70
_DEADLINE_SECONDS: Final = 900
_HASH_DIGITS: Final = 8

AUTHORITY: Final = "grafana-database-authority"
"""The ConfigMap with whom Grafanas trust for the database's certificate, and its one key."""
AUTHORITY_FILE: Final = "database.pem"
AUTHORITY_PATH: Final = "/etc/grafana-database"

_SCRIPT: Final = Path(__file__).parent / "databases.sh"
_FILE: Final = "databases.sh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A PostgreSQL: its name, and its port."""

    host: pulumi.Input[str]
    port: int

    @property
    def address(self) -> pulumi.Input[str]:
        """Both, as Grafana takes them."""
        if isinstance(self.host, str):
            return f"{self.host}:{self.port}"
        return pulumi.Output.concat(self.host, f":{self.port}")


def create(
    layer: Layer,
    grafanas: Sequence[Grafana],
    database: Database,
    *,
    authority: str,
) -> list[pulumi.Resource]:
    """Give each Grafana a database within a layer, and return what must be there before it starts.

    The Job's pod waits for the passwords, the administrator's among them.

    Args:
        layer: The layer they belong to.
        grafanas: Who gets one.
        database: Where.
        authority: Whom to trust for its certificate, in PEM.

    """
    name = layer.pulumi_resource_name
    run = run_name(grafanas)
    trusted = kubernetes.core.v1.ConfigMap(
        f"{name}-database-authority",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name=AUTHORITY, namespace=NAMESPACE),
        data={AUTHORITY_FILE: authority},
        opts=layer.child(),
    )
    script = kubernetes.core.v1.ConfigMap(
        f"{name}-databases",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name=run, namespace=NAMESPACE),
        data=content(),
        immutable=True,
        opts=layer.child(),
    )
    made = kubernetes.batch.v1.Job(
        f"{name}-databases",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(
            name=run,
            namespace=NAMESPACE,
            # One that failed is made anew by the next up, and its complaint told again.
            annotations={"pulumi.com/replaceUnready": "true"},
        ),
        spec=as_given(job(run, grafanas, database)),
        opts=layer.child(depends_on=[trusted, script]),
    )
    return [trusted, made]


def role(grafana: Grafana) -> str:
    """Return the name of a Grafana's user and of its database."""
    return f"grafana_{grafana}"


def content() -> dict[str, str]:
    """Return the files of a run."""
    return {_FILE: _SCRIPT.read_text(encoding="utf-8")}


def run_name(grafanas: Sequence[Grafana]) -> str:
    """Return what the Job is called: another content is another Job, for a Job runs once."""
    digest = hashlib.sha256(json.dumps([IMAGE, content(), [*grafanas]]).encode()).hexdigest()
    return f"{DATABASES.name}-{digest[:_HASH_DIGITS]}"


def job(files: str, grafanas: Sequence[Grafana], database: Database) -> dict[str, Any]:
    """Return the spec of a run; `files` is the ConfigMap with the script.

    It has no time to live: a Job that Kubernetes deletes would be missed by the next refresh, and made again.
    """
    return {
        "backoffLimit": 6,
        "activeDeadlineSeconds": _DEADLINE_SECONDS,
        "template": {
            "metadata": {"labels": dict(DATABASES.labels)},
            "spec": {
                "restartPolicy": "Never",
                "automountServiceAccountToken": False,
                "enableServiceLinks": False,
                "securityContext": {
                    **placement.RESTRICTED_POD,
                    "runAsUser": _USER,
                    "runAsGroup": _USER,
                    "fsGroup": _USER,
                },
                "containers": [_container(grafanas, database)],
                "volumes": _volumes(files, grafanas),
            },
        },
    }


def _container(grafanas: Sequence[Grafana], database: Database) -> dict[str, Any]:
    told = {
        # https://www.postgresql.org/docs/17/libpq-envars.html
        "PGHOST": database.host,
        "PGPORT": str(database.port),
        "PGDATABASE": "postgres",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": f"{AUTHORITY_PATH}/{AUTHORITY_FILE}",
        "PGCONNECT_TIMEOUT": "10",
        "ROLES": " ".join(role(each) for each in grafanas),
    }
    return {
        "name": "databases",
        "image": IMAGE,
        "command": ["sh", f"/script/{_FILE}"],
        "env": [
            *({"name": name, "value": value} for name, value in told.items()),
            *(
                {"name": name, "valueFrom": {"secretKeyRef": {"name": DATABASE_STORE, "key": key}}}
                for name, key in (("PGUSER", "username"), ("PGPASSWORD", "password"))
            ),
        ],
        "volumeMounts": [
            {"name": "script", "mountPath": "/script", "readOnly": True},
            {"name": "authority", "mountPath": AUTHORITY_PATH, "readOnly": True},
            *({"name": f"{each}-keys", "mountPath": f"/passwords/{role(each)}", "readOnly": True} for each in grafanas),
        ],
        "resources": placement.resources("10m", "64Mi"),
        "securityContext": {**placement.RESTRICTED_CONTAINER},
    }


def _volumes(files: str, grafanas: Sequence[Grafana]) -> list[Mapping[str, Any]]:
    password = [{"key": grafana_secrets.DATABASE_PASSWORD, "path": grafana_secrets.DATABASE_PASSWORD}]
    return [
        {"name": "script", "configMap": {"name": files}},
        {"name": "authority", "configMap": {"name": AUTHORITY}},
        *(
            {"name": f"{each}-keys", "secret": {"secretName": grafana_secrets.keys(each), "items": password}}
            for each in grafanas
        ),
    ]
