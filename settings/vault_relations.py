"""What must hold between a stack's Vault and its nodes."""

from collections.abc import Iterator
from typing import Final

from components.capacity.capacity_settings import Autoscaler, CapacitySettings
from components.compute.node_settings import NodesSettings
from components.foundation.network_settings import NetworkSettings
from components.security.vault.settings import VaultSettings
from settings.relations import Conflict, Relation


def vault_has_a_node_in_every_zone_it_needs(
    vault: VaultSettings, network: NetworkSettings, nodes: NodesSettings, capacity: CapacitySettings
) -> Iterator[Conflict]:
    """Yield the general nodes that are too few for Vault's zones, where nobody can add one in the zone that lacks it.

    The Cluster Autoscaler cannot choose the zone of a node that it adds to a group over several zones; Karpenter can.
    https://docs.aws.amazon.com/eks/latest/best-practices/cas.html
    """
    needed = min(vault.replicas, len(network.zones))
    if vault.enabled and capacity.autoscaler is not Autoscaler.KARPENTER and nodes.general.min_size < needed:
        yield Conflict(
            keys=(("nodes", "general", "min_size"), ("vault", "replicas")),
            why=f"leaves a zone without a node for Vault, whose {vault.replicas} servers are spread over {needed} of "
            f"the {len(network.zones)} zones; it must be {needed} or more",
            remedy=needed,
        )


RELATIONS: Final[tuple[Relation, ...]] = (vault_has_a_node_in_every_zone_it_needs,)
