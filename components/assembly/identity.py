"""People's identities: Keycloak with its database, where the stack has them."""

from typing import TYPE_CHECKING

from components.assembly.ground import Ground
from components.assembly.systems import Systems
from components.networking import gateways
from components.networking.entry_settings import INTERNAL
from components.networking.issuers import Issuer
from components.security.keycloak.database import KeycloakDatabase
from components.security.keycloak.keycloak import Door, Keycloak
from components.security.keycloak.secrets import Secrets
from components.security.secrets import stores as secret_stores
from components.security.secrets.external_secrets import ExternalSecrets
from settings import PlatformSettings

if TYPE_CHECKING:
    from components.kit.layer import Layer


def layers(
    settings: PlatformSettings, ground: Ground, systems: Systems, synced: ExternalSecrets | None
) -> "list[Layer]":
    """Return the layers, in the order in which they are made; the settings refuse those without stores or a door.

    Args:
        settings: Of the stack.
        ground: What the platform stands on.
        systems: What runs in the cluster.
        synced: What copies secrets of AWS Secrets Manager.

    """
    aws, door = settings.secrets.stores.aws, settings.entry.internal
    if not settings.identity.enabled or not synced or not aws or not door or not synced.outputs.role_name:
        return []
    cluster_name = settings.cluster.name
    database = (
        KeycloakDatabase(
            "keycloak-database",
            settings.identity.database.rds,
            cluster_name=cluster_name,
            network=ground.network.outputs,
            keys=ground.encryption.outputs,
            cluster=ground.cluster.outputs,
            retain_data=settings.retain_data,
            window=settings.maintenance.window,
            # Ten minutes and more: it waits for nothing that runs in the cluster.
            opts=ground.after(),
        )
        if settings.identity.database.rds
        else None
    )
    keycloak = Keycloak(
        "keycloak",
        settings.identity,
        account=settings.account,
        door=Door(domain=door.domain, gateway=INTERNAL, namespace=gateways.namespace_of(INTERNAL), api=gateways.API),
        secrets=Secrets(
            prefix=secret_stores.aws_prefix(aws, cluster_name),
            reader=synced.outputs.role_name,
            issuer=systems.certificates.outputs.issuers.apply(lambda issuers: issuers[Issuer.PRIVATE]),
        ),
        database=database.outputs if database else None,
        opts=ground.after(systems.entry, synced, *([database] if database else [])),
    )
    return [*([database] if database else []), keycloak]
