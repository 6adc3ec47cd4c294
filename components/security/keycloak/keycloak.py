"""Keycloak, which brokers people's identities: who vouches for them upstream, and every interface that asks."""

from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.foundation.account import AccountSettings
from components.kit import chart, postgres
from components.kit.layer import Layer
from components.kit.postgres import Postgres
from components.kit.spec import as_given
from components.security.keycloak import configuration as keycloak_configuration
from components.security.keycloak import database as keycloak_database
from components.security.keycloak import realms as keycloak_realms
from components.security.keycloak import secrets as keycloak_secrets
from components.security.keycloak import values as keycloak_values
from components.security.keycloak.configuration import ADMIN_SECRET, SERVICE, TLS_SECRET, VARIABLES
from components.security.keycloak.flows import CONFIGURATION, KEYCLOAK, NAMESPACE
from components.security.keycloak.realms import REALM
from components.security.keycloak.secrets import RDS_STORE, STORE, Credentials, Keys, Secrets
from components.security.keycloak.settings import IdentitySettings
from components.security.keycloak.values import AUTHORITIES, DATABASE_SECRET

CHART: Final = "keycloakx"
_MINUTES: Final = 15
# RDS changes the password every seven days; whoever connects meanwhile has the old one.
_DATABASE_REFRESH: Final = "1m"

PATHS: Final = (
    f"/realms/{REALM}",
    "/resources",
    # The console of the realm, and what it calls. Keycloak's own realm stays inside the cluster.
    f"/admin/{REALM}/console",
    f"/admin/realms/{REALM}",
    "/admin/serverinfo",
)
"""What is served to the network: https://www.keycloak.org/server/reverseproxy#_exposed_path_recommendations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where Keycloak is reached.

    Attributes:
        domain: The entry's, below which Keycloak and the interfaces have their names.
        gateway: The Gateway's name.
        namespace: The Gateway's namespace.
        api: The Gateway API's group and version.

    """

    domain: str
    gateway: str
    namespace: str
    api: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeycloakOutputs:
    """Where people sign in, whom tokens name as their issuer, and the secrets that must be there, with their keys."""

    url: pulumi.Output[str]
    issuer: pulumi.Output[str]
    secrets: pulumi.Output[dict[str, list[str]]]


class Keycloak(Layer, kind="platform:security:Keycloak"):
    """The servers, their way in, and the realm, applied at every change and every hour."""

    def __init__(
        self,
        name: str,
        settings: IdentitySettings,
        *,
        account: AccountSettings,
        door: Door,
        secrets: Secrets,
        database: Postgres | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        host = f"{settings.host}.{door.domain}"
        variables = keycloak_realms.wanted(settings)
        store = keycloak_secrets.store(self, prefix=secrets.own, region=account.region)
        where = self._credentials(settings, store, database, region=account.region, reader=secrets.reader)
        needed = [
            keycloak_secrets.sync(
                self, DATABASE_SECRET, where.keys, store=where.store, store_name=where.name, every=_DATABASE_REFRESH
            ),
            keycloak_secrets.sync(self, ADMIN_SECRET, [("admin", {})], store=store),
            self._certificate(secrets.issuer),
            kubernetes.core.v1.ConfigMap(
                f"{name}-authorities",
                metadata=_named(AUTHORITIES),
                data=authorities(settings, account),
                opts=self.child(),
            ),
        ]
        release = chart.install(
            self, CHART, keycloak_values.values(server(settings, host, database)), depends_on=needed, minutes=_MINUTES
        )
        if variables:
            found: Keys = [(each.name, {each.key: each.variable}) for each in variables]
            needed.append(keycloak_secrets.sync(self, VARIABLES, found, store=store))
        self._configuration(keycloak_realms.realm(settings, domain=door.domain), [release, *needed])
        kubernetes.apiextensions.CustomResource(
            f"{name}-route",
            api_version=door.api,
            kind="HTTPRoute",
            metadata=_named(KEYCLOAK.name),
            spec=route(door, host),
            opts=self.child(depends_on=[release]),
        )
        self.outputs = self.publish(
            KeycloakOutputs(
                url=pulumi.Output.from_input(f"https://{host}"),
                issuer=pulumi.Output.from_input(f"https://{host}/realms/{REALM}"),
                secrets=pulumi.Output.from_input(keycloak_secrets.required(settings, secrets.own)),
            )
        )

    def _credentials(
        self,
        settings: IdentitySettings,
        store: pulumi.Resource,
        database: Postgres | None,
        *,
        region: str,
        reader: pulumi.Input[str],
    ) -> Credentials:
        if database:
            own = keycloak_secrets.store_of_rds(self, database.secret_arn, region=region, reader=reader)
            return Credentials(secret=database.secret_arn, store=own, name=RDS_STORE)
        existing = settings.database.existing
        return Credentials(secret=existing.secret_name if existing else "", store=store, name=STORE)

    def _certificate(self, issuer: pulumi.Input[str]) -> pulumi.Resource:
        return kubernetes.apiextensions.CustomResource(
            f"{self.pulumi_resource_name}-certificate",
            api_version="cert-manager.io/v1",
            kind="Certificate",
            metadata=_named(TLS_SECRET),
            spec={
                "secretName": TLS_SECRET,
                "dnsNames": [SERVICE, f"{SERVICE}.cluster.local"],
                "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": issuer},
                "privateKey": {"rotationPolicy": "Always"},
            },
            opts=self.child(),
        )

    def _configuration(self, realm: dict[str, Any], after: list[pulumi.Resource]) -> None:
        name = self.pulumi_resource_name
        files = keycloak_configuration.content(realm)
        run = keycloak_configuration.run_name(files)
        content = kubernetes.core.v1.ConfigMap(
            f"{name}-realm", metadata=_named(run), data=files, immutable=True, opts=self.child()
        )
        kubernetes.batch.v1.Job(
            f"{name}-configuration",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=run,
                namespace=NAMESPACE,
                # One that failed is made anew by the next up, and its complaint told again.
                annotations={"pulumi.com/replaceUnready": "true"},
            ),
            spec=as_given(keycloak_configuration.job(run)),
            opts=self.child(depends_on=[content, *after]),
        )
        kubernetes.batch.v1.CronJob(
            f"{name}-every-hour",
            metadata=_named(CONFIGURATION.name),
            spec=as_given(keycloak_configuration.every_hour(run)),
            opts=self.child(depends_on=[content, *after]),
        )


def server(settings: IdentitySettings, host: str, database: Postgres | None) -> keycloak_values.Server:
    """Return what the chart needs to know; the database is the one that is there already where none was made.

    Raises:
        ValueError: there is none at all.

    """
    existing = settings.database.existing
    if database:
        place: tuple[pulumi.Input[str], int, str] = (database.host, postgres.PORT, keycloak_database.DATABASE)
    elif existing:
        place = (existing.host, existing.port, existing.name)
    else:
        raise ValueError("Keycloak needs a database: one that is made, or one that is there already")
    return keycloak_values.Server(
        host=host,
        replicas=settings.replicas,
        database_host=place[0],
        database_port=place[1],
        database_name=place[2],
    )


def authorities(settings: IdentitySettings, account: AccountSettings) -> dict[str, str]:
    """Return whom Keycloak trusts, by file."""
    database = settings.database.authority or postgres.authorities()[account.region]
    brokers = settings.brokers.authorities
    return {
        keycloak_values.DATABASE_AUTHORITY: database,
        **({keycloak_values.BROKERS_AUTHORITY: brokers} if brokers else {}),
    }


def route(door: Door, host: str) -> dict[str, Any]:
    """Return the spec of the HTTPRoute."""
    matches = [{"path": {"type": "PathPrefix", "value": path}} for path in PATHS]
    parent = {"name": door.gateway, "namespace": door.namespace, "sectionName": "https"}
    backend = {"name": f"{KEYCLOAK.name}-http", "port": 80}
    return {"parentRefs": [parent], "hostnames": [host], "rules": [{"matches": matches, "backendRefs": [backend]}]}


def _named(name: str) -> kubernetes.meta.v1.ObjectMetaArgs:
    return kubernetes.meta.v1.ObjectMetaArgs(name=name, namespace=NAMESPACE)
