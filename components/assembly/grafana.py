"""The Grafanas with their database, where the stack has any: what they ask, and whom people prove themselves to."""

from typing import TYPE_CHECKING

from components.assembly.ground import Ground
from components.assembly.systems import Systems
from components.networking import gateways
from components.networking.entry_settings import INTERNAL, EntryMode
from components.networking.issuers import Issuer
from components.observability.dashboards.panels import Grafana
from components.observability.grafana import instances, sign_in
from components.observability.grafana.database import GrafanaDatabase
from components.observability.grafana.grafana import Door, Grafanas
from components.observability.grafana.instances import Role
from components.observability.grafana.secrets import GrafanaSecrets, Sources
from components.observability.grafana.sign_in import Provider
from components.security.keycloak import configuration as keycloak
from components.security.keycloak.flows import HTTPS
from components.security.keycloak.realms import CLAIM, REALM
from components.security.keycloak.settings import Role as PlatformRole
from components.security.secrets import stores as secret_stores
from components.security.secrets.external_secrets import ExternalSecrets
from settings import PlatformSettings

if TYPE_CHECKING:
    from components.kit.layer import Layer

_ROLES = {
    Role.ADMIN: (PlatformRole.ADMIN,),
    Role.EDITOR: (PlatformRole.POWER_USER,),
    Role.VIEWER: (PlatformRole.NAMESPACE_ADMIN, PlatformRole.DEVELOPER, PlatformRole.VIEWER),
}
"""What the platform's roles are in a Grafana."""


def layers(
    settings: PlatformSettings, ground: Ground, systems: Systems, synced: ExternalSecrets | None
) -> "list[Layer]":
    """Return the layers, in the order in which they are made; the settings refuse those without a store.

    Args:
        settings: Of the stack.
        ground: What the platform stands on.
        systems: What runs in the cluster.
        synced: What copies secrets of AWS Secrets Manager, and makes passwords.

    """
    chosen = settings.observability.grafana
    if not chosen.instances or not synced or not synced.outputs.role_name:
        return []
    database = _database(settings, ground)
    made: list[Layer] = [database] if database else []
    provider = _provider(settings)
    return [
        *made,
        GrafanaSecrets(
            "grafana-secrets",
            chosen,
            sources=Sources(
                region=settings.account.region,
                prefix=_prefix(settings),
                reader=synced.outputs.role_name,
                issuer=systems.certificates.outputs.issuers[Issuer.PRIVATE],
            ),
            provider=provider,
            database=database.outputs if database else None,
            opts=ground.after(systems.certificates, synced, *made),
        ),
        # It does not wait for its secrets, as its pods do: else what copies them would be on the longest way of all.
        Grafanas(
            "grafana",
            chosen,
            account=settings.account,
            door=_door(settings),
            provider=provider,
            database=database.outputs if database else None,
            thanos=settings.observability.thanos.enabled,
            runbooks=settings.observability.rules.runbooks,
            opts=ground.after(systems.policies, *([] if chosen.database.any else [systems.storage]), *made),
        ),
    ]


def _database(settings: PlatformSettings, ground: Ground) -> GrafanaDatabase | None:
    rds = settings.observability.grafana.database.rds
    if not rds:
        return None
    return GrafanaDatabase(
        "grafana-database",
        rds,
        cluster_name=settings.cluster.name,
        network=ground.network.outputs,
        keys=ground.encryption.outputs,
        cluster=ground.cluster.outputs,
        retain_data=settings.retain_data,
        window=settings.maintenance.window,
        # Ten minutes and more: it waits for nothing that runs in the cluster.
        opts=ground.after(),
    )


def _door(settings: PlatformSettings) -> Door | None:
    internal = settings.entry.internal
    if not internal or settings.entry.mode is not EntryMode.GATEWAY:
        return None
    return Door(domain=internal.domain, gateway=INTERNAL, namespace=gateways.namespace_of(INTERNAL), api=gateways.API)


def _prefix(settings: PlatformSettings) -> str:
    aws = settings.secrets.stores.aws
    return f"{secret_stores.aws_prefix(aws, settings.cluster.name)}grafana/" if aws else ""


def _provider(settings: PlatformSettings) -> Provider | None:
    """Return who vouches for people: whom the stack names, its own Keycloak, or nobody."""
    oidc, aws, internal = settings.observability.grafana.oidc, settings.secrets.stores.aws, settings.entry.internal
    if oidc:
        return sign_in.of_settings(oidc, prefix=_prefix(settings))
    if not settings.identity.enabled or not internal or not aws:
        return None
    outside = f"https://{settings.identity.host}.{internal.domain}/realms/{REALM}/protocol/openid-connect"
    # The entry's name leads to a load balancer and back; the Service's is in the certificate too.
    inside = f"https://{keycloak.SERVICE}:{HTTPS.number}/realms/{REALM}/protocol/openid-connect"
    return Provider(
        name="Platform",
        authorization_url=f"{outside}/auth",
        token_url=f"{inside}/token",
        userinfo_url=f"{inside}/userinfo",
        sign_out_url=f"{outside}/logout",
        groups_claim=CLAIM,
        roles={role: [each.claim for each in held] for role, held in _ROLES.items()},
        clients={each: instances.client(each) for each in Grafana},
        secrets={each: instances.client(each) for each in Grafana},
        store=f"{secret_stores.aws_prefix(aws, settings.cluster.name)}keycloak/clients/",
        private=True,
    )
