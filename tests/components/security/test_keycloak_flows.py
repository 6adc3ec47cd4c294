"""Keycloak talks to its database and its brokers, and nobody talks to Keycloak but the entry and its own."""

from typing import Any

import pytest

from components.kit.flows import Cidr, Entity, Fqdn
from components.security import keycloak_flows
from components.security.keycloak_flows import CONFIGURATION, KEYCLOAK
from components.security.keycloak_settings import IdentitySettings
from tests.components import examples

_RDS: dict[str, Any] = {"database": {"rds": {}}}
_EXISTING: dict[str, Any] = {"database": {"existing": {"host": "postgres.example.com", "port": 6432, "name": "people"}}}
_OIDC = {
    "issuer": "https://login.example.com",
    "authorization_url": "https://login.example.com/authorize",
    "token_url": "https://login.example.com/token",
    "jwks_url": "https://keys.example.com:8443/keys",
    "client_id": "platform",
}
_LDAP = {
    "host": "directory.example.com",
    "bind_dn": "CN=keycloak,DC=example,DC=com",
    "users_dn": "OU=People,DC=example,DC=com",
    "groups_dn": "OU=Groups,DC=example,DC=com",
}


def _settings(**settings: Any) -> IdentitySettings:
    brokers = {"oidc": {"corporate": _OIDC}, "ldap": {"directory": _LDAP}}
    return examples.parsed(
        IdentitySettings, **{"enabled": True, "brokers": brokers, "clients": ["grafana"], **settings}
    )


def test_nobody_comes_to_keycloak_but_the_entry_its_own_and_who_watches() -> None:
    flows = keycloak_flows.connections(_settings(**_RDS), examples.account(), cluster_name="platform-test")

    came = {(str(flow.client), flow.port) for flow in flows if flow.server == KEYCLOAK}
    assert came == {
        ("ingress", 8080),
        ("host", 9000),
        ("monitoring/prometheus", 9000),
        ("keycloak/keycloak", 7800),
        ("keycloak/keycloak", 57800),
        (str(CONFIGURATION), 8443),
    }


@pytest.mark.parametrize(
    ("settings", "database"),
    [
        (_RDS, ("platform-test-keycloak.*.eu-central-1.rds.amazonaws.com", 5432)),
        (_EXISTING, ("postgres.example.com", 6432)),
    ],
)
def test_keycloak_reaches_its_database_and_its_brokers_and_nothing_in_kubernetes(
    settings: dict[str, Any], database: tuple[str, int]
) -> None:
    flows = keycloak_flows.connections(_settings(**settings), examples.account(), cluster_name="platform-test")

    named = {(flow.server.name, flow.port) for flow in flows if isinstance(flow.server, Fqdn)}
    assert named == {
        database,
        ("login.example.com", 443),
        ("keys.example.com", 8443),
        ("directory.example.com", 636),
    }
    assert not [flow for flow in flows if isinstance(flow.server, Cidr) or flow.server is Entity.KUBE_APISERVER]
