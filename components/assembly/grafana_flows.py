"""Whom the stack's Grafanas talk to, collected from what the stack chose."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from components.kit import postgres
from components.kit.flows import Flow, Fqdn
from components.observability.grafana import database as grafana_database
from components.observability.grafana import flows as grafana_flows
from components.observability.grafana.flows import Address
from components.security.keycloak.flows import HTTPS, KEYCLOAK
from settings import PlatformSettings

_HTTPS: Final = 443


def connections(settings: PlatformSettings) -> tuple[Flow, ...]:
    """Return the connections of the stack's Grafanas."""
    chosen = settings.observability.grafana
    existing = chosen.database.existing
    database = None
    if chosen.database.rds:
        host = grafana_database.endpoint(settings.cluster.name, settings.account)
        database = Address(server=Fqdn(host), port=postgres.PORT)
    elif existing:
        database = Address(server=Fqdn(existing.host), port=existing.port)
    return grafana_flows.connections(
        chosen.instances,
        database=database,
        issuers=_issuers(settings),
        thanos=settings.observability.thanos.enabled,
    )


def _issuers(settings: PlatformSettings) -> Sequence[Address]:
    oidc = settings.observability.grafana.oidc
    if oidc:
        asked = [urlsplit(url) for url in (oidc.token_url, oidc.userinfo_url)]
        places = dict.fromkeys((url.hostname or "", url.port or _HTTPS) for url in asked)
        return [Address(server=Fqdn(host), port=port) for host, port in places]
    return [Address(server=KEYCLOAK, port=HTTPS.number)] if settings.identity.enabled else []
