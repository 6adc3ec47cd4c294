"""What must hold between the parts of a stack's monitoring, and between them and the rest."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from components.capacity.capacity_settings import Autoscaler, CapacitySettings
from components.compute.node_settings import NodesSettings
from components.foundation.network_settings import NetworkSettings
from components.observability.settings import ObservabilitySettings
from settings.relations import Conflict, Relation

if TYPE_CHECKING:
    from components.observability.thanos.settings import RetentionSettings
    from settings.shape import Path

# With less, a compactor does not start:
# https://github.com/thanos-io/thanos/blob/v0.42.4/pkg/compact/downsample/downsample.go
_RAW_HOURS: Final = 40
_FIVE_MINUTES_DAYS: Final = 10
_HOURS: Final = 24
# etcd's log and its own snapshots of the log: https://etcd.io/docs/v3.7/op-guide/maintenance/
_LOG_GIB: Final = 1
_THANOS: Final = ("observability", "thanos")


def each_resolution_outlives_the_making_of_the_next(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield the retentions by which samples would be gone before coarser ones are made of them."""
    thanos = observability.thanos
    if not (observability.enabled and thanos.enabled):
        return
    retentions: dict[Path, RetentionSettings] = {
        (*_THANOS, "retention"): thanos.retention,
        **{(*_THANOS, "receive", "tenants", name): each for name, each in thanos.retentions.items()},
    }
    for path, retention in retentions.items():
        if retention.raw_days * _HOURS < _RAW_HOURS:
            yield Conflict(
                keys=((*path, "raw_days"), (*path, "five_minutes_days")),
                why=f"is shorter than the {_RAW_HOURS} hours after which samples of 5 minutes are made from raw ones: "
                "there would never be any",
                remedy=-(-_RAW_HOURS // _HOURS),
            )
        if retention.five_minutes_days < _FIVE_MINUTES_DAYS:
            yield Conflict(
                keys=((*path, "five_minutes_days"), (*path, "one_hour_days")),
                why=f"is shorter than the {_FIVE_MINUTES_DAYS} days after which samples of one hour are made from "
                "those of 5 minutes: there would never be any",
                remedy=_FIVE_MINUTES_DAYS,
            )


def every_copy_has_an_ingestor(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield the ingestors that are fewer than the copies they are to keep: every write would be refused."""
    receive = observability.thanos.receive
    if receive and receive.ingestors < receive.copies:
        yield Conflict(
            keys=((*_THANOS, "receive", "ingestors"), (*_THANOS, "receive", "copies")),
            why=f"is fewer than the {receive.copies} copies that are kept of each series, each by another ingestor",
            remedy=receive.copies,
        )


def a_member_is_defragmented_on_its_own_volume(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield the volume that does not hold a full member's data twice, as it must while it is written anew."""
    etcd = observability.etcd
    needed = 2 * etcd.quota_gib + _LOG_GIB
    if etcd.enabled and etcd.volume_gib < needed:
        yield Conflict(
            keys=(("observability", "etcd", "volume_gib"), ("observability", "etcd", "quota_gib")),
            why=f"does not hold {etcd.quota_gib} GiB of data twice, as it must while a member is defragmented, and "
            f"its log; it must be {needed} or more",
            remedy=needed,
        )


def etcd_has_a_node_in_every_zone_it_needs(
    observability: ObservabilitySettings, network: NetworkSettings, nodes: NodesSettings, capacity: CapacitySettings
) -> Iterator[Conflict]:
    """Yield the general nodes that are too few for the members' zones, where nobody can add one in the zone it lacks.

    https://docs.aws.amazon.com/eks/latest/best-practices/cas.html
    """
    needed = min(observability.etcd.members, len(network.zones))
    grows = capacity.autoscaler is Autoscaler.KARPENTER
    if observability.enabled and observability.etcd.enabled and not grows and nodes.general.min_size < needed:
        yield Conflict(
            keys=(("nodes", "general", "min_size"), ("observability", "etcd", "members")),
            why=f"leaves a zone without a node for etcd, whose {observability.etcd.members} members are spread over "
            f"{needed} zones; it must be {needed} or more",
            remedy=needed,
        )


RELATIONS: Final[tuple[Relation, ...]] = (
    each_resolution_outlives_the_making_of_the_next,
    every_copy_has_an_ingestor,
    a_member_is_defragmented_on_its_own_volume,
    etcd_has_a_node_in_every_zone_it_needs,
)
