"""The settings of one stack: one block for each layer, and what must hold between them."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Annotated, ClassVar

from pydantic import Field

from components.capacity.storage_classes import StorageSettings
from components.compute.cluster import ClusterSettings
from components.compute.node_groups import NodesSettings
from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionSettings
from components.foundation.network import NetworkSettings
from settings.relations import Assembled, Conflict, Relation

# A zone is its region and one letter: eu-central-1a. Local zones (us-west-2-lax-1a) have no EKS control plane.
_ZONE_LETTER = 1


def zones_lie_in_the_region(account: AccountSettings, network: NetworkSettings) -> Iterator[Conflict]:
    """Yield every zone that is not one of the region's."""
    for index, zone in enumerate(network.zones):
        if zone[:-_ZONE_LETTER] != account.region:
            yield Conflict(
                keys=(("network", "zones", index), ("account", "region")),
                why=f"is not an availability zone of {account.region}",
                remedy=f"{account.region}{zone[-_ZONE_LETTER]}",
            )


def services_have_addresses_of_their_own(network: NetworkSettings, cluster: ClusterSettings) -> Iterator[Conflict]:
    """Yield the block of Services if the VPC has some of its addresses: one of the two could not be reached."""
    if cluster.service_cidr.overlaps(network.cidr):
        yield Conflict(
            keys=(("cluster", "service_cidr"), ("network", "cidr")),
            why=f"shares addresses with {network.cidr}: an address would mean both a Service and a machine",
            remedy=_elsewhere(cluster.service_cidr, network.cidr),
        )


def principals_are_of_the_partition(account: AccountSettings, cluster: ClusterSettings) -> Iterator[Conflict]:
    """Yield the principals of another AWS partition than the region's; no partition knows another's."""
    for role in ("deployer", "admin"):
        arn: str = getattr(cluster.access, role)
        _, partition, rest = arn.split(":", 2)
        if partition != account.partition:
            yield Conflict(
                keys=(("cluster", "access", role), ("account", "region")),
                why=f"is of the partition {partition}, and {account.region} is of {account.partition}",
                remedy=f"arn:{account.partition}:{rest}",
            )


class PlatformSettings(Assembled):
    """Everything a stack decides."""

    account: AccountSettings
    """The AWS account and region the stack lives in, and the tags everything carries."""

    network: NetworkSettings
    """The VPC: its address blocks, its zones and its way out."""

    encryption: EncryptionSettings = EncryptionSettings()
    """The KMS keys."""

    cluster: ClusterSettings
    """The EKS control plane and who may administer it."""

    nodes: NodesSettings
    """The node groups, one for each role."""

    storage: StorageSettings = StorageSettings()
    """The storage classes."""

    retain_data: Annotated[bool, Field(examples=[True])]
    """Whether what holds state (the VPC, the cluster, keys, buckets) is protected against deletion. False in a stack
    that is meant to be destroyed."""

    relations: ClassVar[tuple[Relation, ...]] = (
        zones_lie_in_the_region,
        services_have_addresses_of_their_own,
        principals_are_of_the_partition,
    )


def _elsewhere(block: IPv4Network, taken: IPv4Network) -> str | None:
    """Return a block of the same size, in one of the two places EKS itself chooses from, apart from the taken one."""
    # https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
    for start in ("172.20.0.0", "10.100.0.0"):
        other = IPv4Network(f"{start}/{block.prefixlen}", strict=False)
        if not other.overlaps(taken):
            return str(other)
    return None
