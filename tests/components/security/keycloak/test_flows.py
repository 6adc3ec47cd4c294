"""Keycloak talks to its database and its brokers, and nobody talks to Keycloak but the entry and its own."""

from typing import Any

import pytest

from components.kit.flows import Cidr, Entity, Fqdn
from components.security.keycloak import flows as keycloak_flows
from components.security.keycloak.flows import CONFIGURATION, KEYCLOAK
from components.security.keycloak.settings import IdentitySettings
from tests.components import examples
from tests.components.security.keycloak.examples import EXISTING, LDAP, OIDC, RDS


def _settings(**settings: Any) -> IdentitySettings:
    brokers = {"oidc": {"corporate": OIDC}, "ldap": {"directory": LDAP}}
    return examples.parsed(
        IdentitySettings, **{"enabled": True, "brokers": brokers, "clients": ["grafana"], **settings}
    )


def test_nobody_comes_to_keycloak_but_the_entry_its_own_and_who_watches() -> None:
    flows = keycloak_flows.connections(_settings(**RDS), examples.account(), cluster_name="platform-test")

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
        (RDS, ("platform-test-keycloak.*.eu-central-1.rds.amazonaws.com", 5432)),
        (EXISTING, ("postgres.example.com", 6432)),
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
