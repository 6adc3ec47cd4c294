"""How secrets reach pods: which of its layers a stack has."""

from typing import TYPE_CHECKING

from components.assembly.ground import Ground
from components.assembly.systems import Systems
from components.networking.issuers import Issuer
from components.security.secrets import example as secrets_example
from components.security.secrets.example import SecretsExample
from components.security.secrets.external_secrets import ExternalSecrets
from components.security.secrets.secrets_store import SecretsStore
from components.security.vault.access_settings import VaultAccessSettings
from settings import PlatformSettings

if TYPE_CHECKING:
    from components.kit.layer import Layer


def layers(settings: PlatformSettings, ground: Ground, systems: Systems) -> "list[Layer]":
    """Return the layers, in the order in which they are made.

    None waits for Vault: a store that cannot be reached yet is asked again, and so is a volume.
    """
    issuer = systems.certificates.outputs.issuers[Issuer.PRIVATE]
    made: list[Layer] = []
    if settings.vault.enabled:
        store = SecretsStore("secrets-store", settings.secrets, issuer=issuer, opts=ground.after(systems.certificates))
        made.append(store)
        if settings.secrets.example:
            # Its pod's volume is unmounted by the driver.
            made.append(SecretsExample("secrets-example", opts=ground.after(store)))
    if settings.secrets.stores.any:
        made.append(
            ExternalSecrets(
                "external-secrets",
                settings.secrets.stores,
                account=settings.account,
                cluster_name=settings.cluster.name,
                cluster=ground.cluster.outputs,
                issuer=issuer,
                host_network=settings.host_network,
                opts=ground.after(systems.certificates),
            )
        )
    return made


def vault_access(settings: PlatformSettings) -> VaultAccessSettings:
    """Return who gets what from Vault, the example among them if the stack has it."""
    access = settings.vault.access
    return secrets_example.granted(access) if settings.secrets.example else access
