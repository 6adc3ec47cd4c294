"""The state that Vault is to be in, for the bootstrap program: each part as Vault's own API takes and gives it."""

from collections.abc import Sequence
from typing import Any, Final

from components.security.vault.access import BOOTSTRAP_ROLE, KV, Role
from components.security.vault.access_settings import (
    CertificateSettings,
    DatabaseKind,
    DatabaseSettings,
    VaultAccessSettings,
)
from components.security.vault.policies import hcl
from components.security.vault.settings import ADDRESS, AUDIENCE, AUDIT_LOG

_HOURS: Final = 60 * 60
_DAYS: Final = 24 * _HOURS
# As long as the cluster's private CA lives.
_ROOT_LIFE: Final = 10 * 365 * _DAYS

_PKI: Final = "pki"
_DATABASE: Final = "database"

# How Vault's plug-ins reach a database: over TLS, with its certificate checked. Vault itself fills in the user.
# https://developer.hashicorp.com/vault/docs/secrets/databases
_PLUGINS: Final = {DatabaseKind.POSTGRESQL: "postgresql-database-plugin", DatabaseKind.MYSQL: "mysql-database-plugin"}
_CONNECTIONS: Final = {
    DatabaseKind.POSTGRESQL: "postgresql://{{{{username}}}}:{{{{password}}}}@{host}:{port}/{database}?sslmode=verify-full",
    DatabaseKind.MYSQL: "{{{{username}}}}:{{{{password}}}}@tcp({host}:{port})/{database}?tls=true",
}


def wanted(settings: VaultAccessSettings, granted: Sequence[Role], *, replicas: int) -> dict[str, Any]:
    """Return the whole state.

    Args:
        settings: What Vault holds.
        granted: Who gets what of it.
        replicas: How many servers there are.

    """
    return {
        "role": BOOTSTRAP_ROLE,
        "audit": {"file": {"type": "file", "description": "Every request", "options": {"file_path": AUDIT_LOG}}},
        "mounts": _mounts(settings),
        "auth": {"kubernetes": {"type": "kubernetes", "description": "The cluster's service accounts"}},
        "authorities": {_PKI: _root()} if settings.certificates else {},
        "documents": _documents(settings, replicas),
        "databases": {name: _connection(name, each) for name, each in sorted(settings.databases.items())},
        "owned": {
            "sys/policies/acl": {role.policy.name: {"policy": hcl(role.policy)} for role in granted},
            f"{_PKI}/roles": {name: _issuing(each) for name, each in sorted(settings.certificates.items())},
            f"{_DATABASE}/roles": {name: _users(name, each) for name, each in sorted(settings.databases.items())},
            "auth/kubernetes/role": {role.name: _binding(role) for role in granted},
        },
    }


def _mounts(settings: VaultAccessSettings) -> dict[str, Any]:
    mounts: dict[str, Any] = {
        KV: {"type": "kv", "description": "Secrets, in versions", "options": {"version": "2"}},
    }
    if settings.certificates:
        # The engine's own limit is the system's, 32 days: no root would outlive it.
        config = {"max_lease_ttl": _ROOT_LIFE}
        mounts[_PKI] = {"type": "pki", "description": "Certificates inside the cluster", "config": config}
    if settings.databases:
        mounts[_DATABASE] = {"type": "database", "description": "Credentials made when they are asked for"}
    return mounts


def _documents(settings: VaultAccessSettings, replicas: int) -> dict[str, Any]:
    days = settings.key_value.delete_after_days
    documents: dict[str, Any] = {
        # By the server's own token and authority, which Kubernetes renews: nothing to store, nothing to expire.
        "auth/kubernetes/config": {"kubernetes_host": "https://kubernetes.default.svc"},
        f"{KV}/config": {
            "max_versions": settings.key_value.max_versions,
            "delete_version_after": f"{days * 24}h0m0s" if days else "0s",
        },
        "sys/storage/raft/autopilot/configuration": {
            # A server that is gone for good must not count for the quorum; one whose zone is away for a night must.
            "cleanup_dead_servers": True,
            "dead_server_last_contact_threshold": "24h0m0s",
            "min_quorum": replicas,
            "server_stabilization_time": "10s",
        },
    }
    if settings.certificates:
        documents[f"{_PKI}/config/urls"] = {
            "issuing_certificates": [f"{ADDRESS}/v1/{_PKI}/ca"],
            "crl_distribution_points": [f"{ADDRESS}/v1/{_PKI}/crl"],
        }
        # Else every certificate that was ever issued stays in the servers' storage.
        documents[f"{_PKI}/config/auto-tidy"] = {
            "enabled": True,
            "tidy_cert_store": True,
            "tidy_revoked_certs": True,
            "interval_duration": 12 * _HOURS,
            "safety_buffer": 3 * _DAYS,
        }
    return documents


def _root() -> dict[str, Any]:
    return {
        "common_name": "Platform certificates by Vault",
        "issuer_name": "root",
        "key_type": "ec",
        "key_bits": 384,
        "ttl": f"{_ROOT_LIFE}s",
    }


def _issuing(certificate: CertificateSettings) -> dict[str, Any]:
    return {
        "allowed_domains": sorted(certificate.domains),
        "allow_subdomains": True,
        "allow_localhost": False,
        "allow_ip_sans": False,
        "server_flag": True,
        "client_flag": certificate.client,
        "key_type": "ec",
        "key_bits": 256,
        "max_ttl": certificate.max_hours * _HOURS,
        # Some callers give names below `subjectAltName` only.
        "require_cn": False,
    }


def _connection(name: str, database: DatabaseSettings) -> dict[str, Any]:
    place = {"host": database.host, "port": database.port, "database": database.database}
    return {
        "secret": database.credentials_arn,
        "plugin_name": _PLUGINS[database.kind],
        "allowed_roles": [name],
        "connection_url": _CONNECTIONS[database.kind].format(**place),
    }


def _users(name: str, database: DatabaseSettings) -> dict[str, Any]:
    seconds = database.hours * _HOURS
    return {
        "db_name": name,
        "creation_statements": list(database.creation),
        "default_ttl": seconds,
        "max_ttl": seconds,
    }


def _binding(role: Role) -> dict[str, Any]:
    return {
        "bound_service_account_names": sorted(role.service_accounts),
        "bound_service_account_namespaces": [role.namespace],
        "audience": AUDIENCE,
        "token_policies": [role.policy.name],
        "token_ttl": role.lifetime,
        "token_max_ttl": role.max_lifetime,
    }
