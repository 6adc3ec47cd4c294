"""What must hold between the ways of secrets to pods, Vault, and the network."""

from collections.abc import Iterator
from typing import Final

from components.foundation.network_settings import NatMode, NetworkSettings
from components.security.namespaces import PLATFORM
from components.security.secrets.settings import SecretsSettings
from components.security.vault.settings import VaultSettings
from settings.relations import Conflict, Relation


def what_reads_from_vault_has_one(secrets: SecretsSettings, vault: VaultSettings) -> Iterator[Conflict]:
    """Yield what reads from Vault in a stack without it."""
    if vault.enabled:
        return
    reads: dict[tuple[str, ...], object] = {
        ("stores", "vault"): secrets.stores.vault,
        ("sync",): secrets.sync,
        ("example",): secrets.example,
    }
    for path, asked in reads.items():
        if asked:
            yield Conflict(
                keys=(("secrets", *path), ("vault", "enabled")),
                why="reads from Vault, which this stack does not have: enable it, or leave this out",
                remedy=False if path == ("example",) else None,
            )


def stores_serve_nobody_of_the_platform(secrets: SecretsSettings) -> Iterator[Conflict]:
    """Yield namespaces of the platform among those that a store serves: what runs there has its secrets otherwise."""
    platform = {namespace.name for namespace in PLATFORM}
    for name, store in secrets.stores:
        for index, namespace in enumerate(store.namespaces if store else ()):
            if namespace in platform - _READERS:
                yield Conflict(
                    keys=(("secrets", "stores", name, "namespaces", index),),
                    why=f"is the platform's own namespace {namespace}, and no ExternalSecret belongs there",
                )


def other_clouds_are_reached(secrets: SecretsSettings, network: NetworkSettings) -> Iterator[Conflict]:
    """Yield the stores outside AWS that a VPC without a way out does not reach."""
    if network.nat is not NatMode.NONE or network.transit_gateway:
        return
    for name in ("gcp", "azure"):
        if getattr(secrets.stores, name):
            yield Conflict(
                keys=(("secrets", "stores", name), ("network", "nat")),
                why="is outside AWS, which nat none cuts off: give the VPC a way out, or leave the store out",
            )


_READERS: Final = frozenset({"monitoring", "kasten-io"})
"""The platform's namespaces whose charts take secrets as Secrets only."""

RELATIONS: Final[tuple[Relation, ...]] = (
    what_reads_from_vault_has_one,
    stores_serve_nobody_of_the_platform,
    other_clouds_are_reached,
)
