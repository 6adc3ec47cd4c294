"""Who talks to Keycloak, and with whom Keycloak talks."""

from typing import Final
from urllib.parse import urlsplit

from components.foundation.account import AccountSettings
from components.kit import chart, flows, postgres
from components.kit.flows import Entity, Flow, Fqdn, Port, Workload
from components.security.keycloak import database as keycloak_database
from components.security.keycloak.settings import BrokersSettings, DatabaseSettings, IdentitySettings

_CHART: Final = "keycloakx"
NAMESPACE: Final = chart.pinned()[_CHART].namespace

HTTP: Final = Port(name="http", number=8080)
HTTPS: Final = Port(name="https", number=8443)
MANAGEMENT: Final = Port(name="http-internal", number=9000)
# Where JGroups sends, and where it sees that a server is gone: 50000 above.
# https://www.keycloak.org/server/caching#_transport_stacks
CLUSTER: Final = (Port(name="jgroups", number=7800), Port(name="jgroups-fd", number=57800))
_HTTPS: Final = 443

KEYCLOAK: Final = Workload(
    namespace=NAMESPACE,
    name="keycloak",
    labels={"app.kubernetes.io/name": _CHART, "app.kubernetes.io/instance": _CHART},
    ports=(HTTP, HTTPS, MANAGEMENT, *CLUSTER),
)
"""The servers."""

CONFIGURATION: Final = Workload(
    namespace=NAMESPACE,
    name="keycloak-configuration",
    labels={"app.kubernetes.io/name": "keycloak-configuration"},
)
"""What brings the realm to the wanted state."""


def connections(settings: IdentitySettings, account: AccountSettings, *, cluster_name: str) -> tuple[Flow, ...]:
    """Return the connections that Keycloak needs; it calls nothing in Kubernetes."""
    return (
        *flows.dns(KEYCLOAK),
        Flow(client=Entity.INGRESS, server=KEYCLOAK, port=HTTP.number, why="brings people from the internal entry"),
        *(
            Flow(client=KEYCLOAK, server=KEYCLOAK, port=port.number, why="shares sessions in memory")
            for port in CLUSTER
        ),
        _database(settings.database, account, cluster_name),
        *flows.probes(KEYCLOAK, MANAGEMENT.number),
        *flows.scrape(KEYCLOAK, MANAGEMENT.number),
        *_brokers(settings.brokers),
        *flows.dns(CONFIGURATION),
        Flow(client=CONFIGURATION, server=KEYCLOAK, port=HTTPS.number, why="configures the realm"),
    )


def _database(settings: DatabaseSettings, account: AccountSettings, cluster_name: str) -> Flow:
    host, port = keycloak_database.endpoint(cluster_name, account), postgres.PORT
    if settings.existing:
        host, port = settings.existing.host, settings.existing.port
    return Flow(client=KEYCLOAK, server=Fqdn(host), port=port, why="keeps everything there")


def _brokers(settings: BrokersSettings) -> tuple[Flow, ...]:
    """Return the ways to who vouches for people; of SAML, browsers carry everything."""
    asked = [
        (address.hostname or "", address.port or _HTTPS)
        for broker in settings.oidc.values()
        for address in (urlsplit(broker.token_url), urlsplit(broker.jwks_url))
    ]
    asked += [(broker.host, broker.port) for broker in settings.ldap.values()]
    return tuple(
        Flow(client=KEYCLOAK, server=Fqdn(host), port=port, why="asks who people are")
        for host, port in dict.fromkeys(asked)
    )
