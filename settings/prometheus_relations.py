"""What must hold between a stack's Prometheus instances, and between them, their nodes and Thanos."""

from collections.abc import Iterator
from typing import Final

from components.capacity.capacity_settings import Autoscaler, CapacitySettings
from components.compute.node_settings import NodesSettings
from components.foundation.network_settings import NetworkSettings
from components.kit.monitoring import Instance
from components.observability.prometheus.settings import InstanceSettings
from components.observability.settings import ObservabilitySettings
from settings.relations import Conflict, Relation

_PROMETHEUS: Final = ("observability", "prometheus")
_INSTANCES: Final = (*_PROMETHEUS, "instances")


def every_monitor_has_one_prometheus(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield each value of the label `prometheus` that two instances would take, or that needs not be taken."""
    owners = {each.value: each for each in Instance}
    for instance in Instance:
        chosen = observability.prometheus.instances.get(instance, InstanceSettings()).selects
        for index, value in enumerate(chosen):
            at = (*_INSTANCES, instance.value, "selects", index)
            if instance is Instance.APP:
                yield Conflict(
                    keys=((*_INSTANCES, instance.value, "selects"),),
                    why=f"has no use for {value}: app takes whatever no other instance takes",
                    remedy=[],
                )
                break
            other = owners.setdefault(value, instance)
            if value == other.value or other is not instance:
                yield Conflict(
                    keys=(at,),
                    why=f"is {value}, which {other} takes already: {other} and {instance} would both scrape the same "
                    "targets and evaluate the same rules, and every alert would come twice",
                )


def an_edge_uploads_nothing(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield the Thanos of a stack that sends its samples elsewhere: there would be no block for it to read."""
    if observability.enabled and observability.prometheus.edge and observability.thanos.enabled:
        yield Conflict(
            keys=(("observability", "thanos", "enabled"), (*_PROMETHEUS, "edge")),
            why="would read blocks that nobody uploads: the instances keep minutes and send all samples to "
            f"{observability.prometheus.edge.receiver.host}",
            remedy=False,
        )


def replicas_have_a_node_in_every_zone_they_need(
    observability: ObservabilitySettings, network: NetworkSettings, nodes: NodesSettings, capacity: CapacitySettings
) -> Iterator[Conflict]:
    """Yield the general nodes that are too few for the replicas' zones, where nobody can add one in the zone it lacks.

    The Cluster Autoscaler cannot choose the zone of a node that it adds to a group over several zones; Karpenter can.
    https://docs.aws.amazon.com/eks/latest/best-practices/cas.html
    """
    replicas = observability.prometheus.replicas
    needed = min(replicas, len(network.zones))
    if observability.enabled and capacity.autoscaler is not Autoscaler.KARPENTER and nodes.general.min_size < needed:
        yield Conflict(
            keys=(("nodes", "general", "min_size"), (*_PROMETHEUS, "replicas")),
            why=f"leaves a zone without a node for Prometheus, whose {replicas} replicas keep to different zones as "
            f"their volumes do; it must be {needed} or more",
            remedy=needed,
        )


def no_pods_are_named_twice(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield the targets that write to Thanos besides: a policy knows them by one name."""
    writers = observability.thanos.receive.writers if observability.thanos.receive else ()
    for index, target in enumerate(observability.prometheus.targets):
        if any((target.namespace, target.app) == (writer.namespace, writer.app) for writer in writers):
            yield Conflict(
                keys=((*_PROMETHEUS, "targets", index), ("observability", "thanos", "receive", "writers")),
                why=f"is {target.namespace}/{target.app}, which writes its samples to Thanos: scraped as well, each "
                "would be there twice",
            )


RELATIONS: Final[tuple[Relation, ...]] = (
    every_monitor_has_one_prometheus,
    an_edge_uploads_nothing,
    replicas_have_a_node_in_every_zone_they_need,
    no_pods_are_named_twice,
)
