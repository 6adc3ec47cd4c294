"""What must hold between who may act in the cluster and the rest of the platform."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

from components.compute.cluster import ClusterSettings
from components.foundation.account import AccountSettings
from components.kit import chart
from components.networking import example_app
from components.networking.entry_settings import INTERNAL, PUBLIC
from components.networking.gateways import namespace_of
from components.security.namespaces import PLATFORM
from components.security.secrets import example as secrets_example
from settings.relations import Conflict, Relation

if TYPE_CHECKING:
    from settings.shape import Path


def principals_are_of_the_partition(account: AccountSettings, cluster: ClusterSettings) -> Iterator[Conflict]:
    """Yield the principals of another AWS partition than the region's; no partition knows another's."""
    principals: dict[Path, str] = {(role,): arn for role, arn in cluster.access.administrators.items()}
    principals |= {("grants", name, "principal"): grant.principal for name, grant in cluster.access.grants.items()}
    for path, arn in principals.items():
        _, partition, rest = arn.split(":", 2)
        if partition != account.partition:
            yield Conflict(
                keys=(("cluster", "access", *path), ("account", "region")),
                why=f"is of the partition {partition}, and {account.region} is of {account.partition}",
                remedy=f"arn:{account.partition}:{rest}",
            )


def grants_stay_out_of_the_platform(cluster: ClusterSettings) -> Iterator[Conflict]:
    """Yield the granted namespaces that are the platform's: whoever edits what runs there has its rights."""
    for name, grant in cluster.access.grants.items():
        for index, namespace in enumerate(grant.namespaces):
            if namespace in _purposes():
                yield Conflict(
                    keys=(("cluster", "access", "grants", name, "namespaces", index),),
                    why=f"is the platform's own namespace ({_purposes()[namespace]}), and whoever edits what runs "
                    "there has its rights in AWS and in the cluster",
                )


@cache
def _purposes() -> Mapping[str, str]:
    entries = {namespace_of(entry): f"the {entry} entry" for entry in (PUBLIC, INTERNAL)}
    platform = {namespace.name: namespace.purpose for namespace in PLATFORM}
    examples = {example_app.NAMESPACE: "the example application", secrets_example.NAMESPACE: "the way of a secret"}
    charts = {pinned.namespace: f"where the chart {name} lives" for name, pinned in chart.pinned().items()}
    return {**entries, **examples, **charts, **platform}


RELATIONS: Final[tuple[Relation, ...]] = (principals_are_of_the_partition, grants_stay_out_of_the_platform)
