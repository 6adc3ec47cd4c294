"""Databases: an exporter for each kind, which asks every database of the kind as a user of its own."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import pulumi_kubernetes as kubernetes

from components.kit import chart, custom_object, placement, postgres
from components.kit.external_secret import API as SECRETS_API
from components.kit.flows import Flow
from components.kit.layer import Layer
from components.kit.monitoring import NAMESPACE, Instance
from components.observability.exporters import probes
from components.observability.exporters.settings import DatabaseKind, DatabaseSettings, ExportersSettings, Tls

if TYPE_CHECKING:
    import pulumi

CHARTS: Final = {
    DatabaseKind.POSTGRES: "prometheus-postgres-exporter",
    DatabaseKind.MYSQL: "prometheus-mysql-exporter",
}
PODS: Final = {
    DatabaseKind.POSTGRES: probes.exporter(CHARTS[DatabaseKind.POSTGRES], 9187),
    DatabaseKind.MYSQL: probes.exporter(CHARTS[DatabaseKind.MYSQL], 9104),
}
_SERVICE_PORTS: Final = {DatabaseKind.POSTGRES: 80, DatabaseKind.MYSQL: 9104}

AUTHORITIES: Final = "database-authorities"
"""The ConfigMap with the roots of RDS's certificates."""
_AUTHORITIES_FILE: Final = "rds.pem"
_AUTHORITIES_FOLDER: Final = "/etc/authorities"

_FILES: Final = {DatabaseKind.POSTGRES: "postgres_exporter.yml", DatabaseKind.MYSQL: "my.cnf"}

# What the MySQL exporter expands in every value, environment variables, a password must not lose.
# https://github.com/prometheus/mysqld_exporter/blob/v0.19.0/config/config.go
_DOLLAR: Final = "DOLLAR"

_POSTGRES_TLS: Final[Mapping[Tls, Mapping[str, str]]] = {
    Tls.RDS: {"sslmode": "verify-full", "sslrootcert": f"{_AUTHORITIES_FOLDER}/{_AUTHORITIES_FILE}"},
    Tls.UNVERIFIED: {"sslmode": "require"},
    Tls.NONE: {"sslmode": "disable"},
}
_MYSQL_TLS: Final[Mapping[Tls, str]] = {
    Tls.RDS: f"ssl-ca = {_AUTHORITIES_FOLDER}/{_AUTHORITIES_FILE}",
    Tls.UNVERIFIED: "tls = skip-verify",
    Tls.NONE: "tls = false",
}


def secret_name(kind: DatabaseKind) -> str:
    """Return the name of the Secret with the users of a kind's databases."""
    return f"{CHARTS[kind]}-users"


def install(layer: Layer, settings: ExportersSettings) -> list[str]:
    """Install within a layer the exporter of each kind that there is, after what it reads at its start.

    Returns:
        The names of the releases.

    """
    if not settings.databases:
        return []
    trusted = kubernetes.core.v1.ConfigMap(
        f"{layer.pulumi_resource_name}-authorities",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name=AUTHORITIES, namespace=NAMESPACE),
        data=authorities(postgres.authorities()),
        opts=layer.child(),
    )
    kinds = [kind for kind in DatabaseKind if settings.of(kind)]
    for kind in kinds:
        before: list[pulumi.Resource] = [trusted]
        made = users(kind, settings.of(kind))
        if made:
            before.append(custom_object.create(layer, f"{kind}-users", made, depends_on=[]))
        chart.install(layer, CHARTS[kind], values(kind), depends_on=before)
    return [CHARTS[kind] for kind in kinds]


def users(kind: DatabaseKind, databases: Mapping[str, DatabaseSettings]) -> dict[str, Any] | None:
    """Return the ExternalSecret of the exporter's configuration; None where somebody makes the Secret by hand.

    A value is put in when the Secret is made, quoted as the file wants it, whatever is in it:
    https://external-secrets.io/latest/guides/templating/
    """
    sources = {name: each.credentials for name, each in databases.items() if each.credentials}
    if not sources:
        return None
    text = _postgres(databases) if kind is DatabaseKind.POSTGRES else _mysql(databases)
    return {
        "apiVersion": SECRETS_API,
        "kind": "ExternalSecret",
        "metadata": {"name": secret_name(kind), "namespace": NAMESPACE},
        "spec": {
            "refreshInterval": "1h",
            "target": {"name": secret_name(kind), "template": {"data": {_FILES[kind]: text}}},
            # Whatever a secret has comes with the database's name before it; the template takes what it knows.
            # `data` would name each under `secretKey`, which reads like a secret in a state.
            "dataFrom": [
                {
                    "extract": {"key": source.key},
                    "rewrite": [{"regexp": {"source": "^(.+)$", "target": f"{name}-$1"}}],
                    "sourceRef": {"storeRef": {"kind": "ClusterSecretStore", "name": source.store}},
                }
                for name, source in sources.items()
            ],
        },
    }


def _value(name: str, key: str, then: str) -> str:
    return f'{{{{ index . "{name}-{key}" | {then} }}}}'


def _postgres(databases: Mapping[str, DatabaseSettings]) -> str:
    """Return the exporter's file, in YAML, of which JSON is a part."""
    lines = ["auth_modules:"]
    for name, each in databases.items():
        lines += [
            f"  {name}:",
            "    type: userpass",
            "    userpass:",
            f"      username: {_value(name, 'username', 'toJson')}",
            f"      password: {_value(name, 'password', 'toJson')}",
            "    options:",
            *(f"      {key}: {text}" for key, text in _POSTGRES_TLS[each.tls].items()),
        ]
    return "\n".join([*lines, ""])


def _mysql(databases: Mapping[str, DatabaseSettings]) -> str:
    """Return the exporter's file, whose values end where three quotation marks do."""
    escaped = f'replace "$" "${{{_DOLLAR}}}"'
    lines = []
    for name, each in databases.items():
        lines += [
            f"[{_module(DatabaseKind.MYSQL, name)}]",
            f'user = """{_value(name, "username", escaped)}"""',
            f'password = """{_value(name, "password", escaped)}"""',
            _MYSQL_TLS[each.tls],
        ]
    return "\n".join([*lines, ""])


def _module(kind: DatabaseKind, name: str) -> str:
    return f"client.{name}" if kind is DatabaseKind.MYSQL else name


def objects(settings: ExportersSettings) -> Iterator[dict[str, Any]]:
    """Yield the Probe of each database."""
    for name, each in settings.databases.items():
        target = f"{each.address}/{each.database}" if each.kind is DatabaseKind.POSTGRES else each.address
        yield probes.probe(
            "database",
            name,
            target,
            prober=probes.service(PODS[each.kind], _SERVICE_PORTS[each.kind]),
            instance=Instance.DATABASE,
            told={"params": [{"name": "auth_module", "values": [_module(each.kind, name)]}]},
        )


def connections(settings: ExportersSettings) -> Iterator[Flow]:
    """Yield the connections of each exporter that has a database to ask."""
    for kind in DatabaseKind:
        asked = {(each.host, each.listens): "asks the database how it is" for each in settings.of(kind).values()}
        yield from probes.connections(PODS[kind], asked) if asked else ()


def values(kind: DatabaseKind) -> dict[str, Any]:
    """Return what differs from the own values of a kind's chart."""
    shared: dict[str, Any] = {
        "nodeSelector": {**placement.GENERAL_NODES},
        "podSecurityContext": {**placement.RESTRICTED_POD},
        "securityContext": {**placement.RESTRICTED_CONTAINER},
        "resources": placement.resources("10m", "64Mi", memory_limit="128Mi"),
        "extraVolumes": [{"name": "authorities", "configMap": {"name": AUTHORITIES}}],
        "extraVolumeMounts": [{"name": "authorities", "mountPath": _AUTHORITIES_FOLDER, "readOnly": True}],
    }
    if kind is DatabaseKind.MYSQL:
        return {
            **shared,
            "mysql": {"existingConfigSecret": {"name": secret_name(kind), "key": _FILES[kind]}},
            "extraEnvs": [{"name": _DOLLAR, "value": "$"}],
        }
    return {
        **shared,
        "config": {
            "existingSecret": {"enabled": True, "name": secret_name(kind)},
            # The chart wants a database of its own, and a Secret with its password. Nobody asks about that one.
            "datasource": {"passwordFile": "/dev/null"},
        },
    }


def authorities(pem: Mapping[str, str]) -> dict[str, str]:
    """Return the file with the roots of RDS's certificates in all regions: a replica may be in another."""
    return {_AUTHORITIES_FILE: "\n".join(pem[region] for region in sorted(pem))}
