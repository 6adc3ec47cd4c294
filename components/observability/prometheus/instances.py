"""The Prometheus instances as data: what each is for, what it takes, how large it is and what it refuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from components.kit.monitoring import LABEL, Instance
from components.observability.prometheus.selection import NAMESPACE_NAME
from components.observability.prometheus.settings import PrometheusSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What an instance has unless a stack says otherwise.

    Estimates for a cluster of some twenty nodes: 4 KiB of memory for each active series and 2 bytes for each sample.
    https://prometheus.io/docs/prometheus/latest/storage/#operational-aspects

    Attributes:
        cpu: What each replica is promised.
        memory_mib: Likewise, in MiB.
        storage_gib: Of each replica's volume, in GiB.
        samples_per_target: Above which a target is refused, so that one cannot take the instance down with it.
        platform_only: Whether it listens to the platform's own namespaces alone: who may write a monitor elsewhere must
            not be able to fill it, or to read with its rights.
        reads_own_files: Whether a monitor may name files of its pods. Those of the kubelets and of the API server name
            the service account's token, which anybody's monitor could have sent to an address of its choice.

    """

    cpu: str = "100m"
    memory_mib: int = 512
    storage_gib: int = 20
    samples_per_target: int = 50_000
    platform_only: bool = False
    reads_own_files: bool = False


SIZES: Final[Mapping[Instance, Size]] = {
    Instance.APP: Size(memory_mib=1024, storage_gib=50),
    # kube-state-metrics and the API server are single targets that grow with the cluster.
    Instance.SYSTEM: Size(
        cpu="200m",
        memory_mib=1536,
        storage_gib=50,
        samples_per_target=500_000,
        platform_only=True,
        reads_own_files=True,
    ),
    Instance.DATABASE: Size(),
    Instance.PLATFORM: Size(memory_mib=768, samples_per_target=100_000, platform_only=True),
    Instance.TOOLING: Size(memory_mib=384),
    Instance.ARGOS: Size(memory_mib=384),
}
"""Every instance."""

LABELS_PER_SERIES: Final = 64
"""Labels that a series may have, targets' own included. Prometheus' documentation advises fewer than ten.

https://prometheus.io/docs/practices/instrumentation/#do-not-overuse-labels
"""

LABEL_VALUE_LENGTH: Final = 1024
"""Characters of a label's value: an image with its digest has 200, an identifier of a user's session must not fit."""

FILLED: Final = 0.9
"""How much of a volume samples may take: the write-ahead log comes on top of it, and compaction needs room.

https://prometheus.io/docs/prometheus/latest/storage/#right-sizing-retention-size
"""


def values_of(settings: PrometheusSettings, instance: Instance) -> tuple[str, ...]:
    """Return the values of the label by which an object is an instance's own; none for the one that takes the rest."""
    return () if instance is Instance.APP else (instance.value, *settings.of(instance).selects)


def selector(settings: PrometheusSettings, instance: Instance) -> dict[str, Any]:
    """Return the selector of an instance's objects: of the six, each label's value has one and no value has none."""
    if instance is not Instance.APP:
        return {"matchExpressions": [{"key": LABEL, "operator": "In", "values": [*values_of(settings, instance)]}]}
    others = [value for each in Instance for value in values_of(settings, each)]
    return {"matchExpressions": [{"key": LABEL, "operator": "NotIn", "values": others}]}


def namespace_selector(instance: Instance, platform: Sequence[str]) -> dict[str, Any]:
    """Return the selector of the namespaces whose objects an instance takes.

    Args:
        instance: Which.
        platform: The names of the namespaces that the platform's own systems live in.

    """
    if not SIZES[instance].platform_only:
        return {}
    return {"matchExpressions": [{"key": NAMESPACE_NAME, "operator": "In", "values": sorted(platform)}]}


def retention(settings: PrometheusSettings, instance: Instance) -> str:
    """Return for how long an instance keeps samples, as Prometheus writes a duration."""
    if settings.edge:
        return f"{settings.edge.retention_minutes}m"
    return f"{settings.of(instance).retention_hours or settings.retention_hours}h"


def retention_size(settings: PrometheusSettings, instance: Instance) -> str:
    """Return how much an instance keeps at most, as the operator writes a size."""
    return f"{int(storage_gib(settings, instance) * 1024 * FILLED)}MiB"


def storage_gib(settings: PrometheusSettings, instance: Instance) -> int:
    """Return the size of each volume, in GiB; where minutes are kept, the write-ahead log is all there is."""
    own = settings.of(instance).storage_gib
    return own or (min(10, SIZES[instance].storage_gib) if settings.edge else SIZES[instance].storage_gib)


def memory_mib(settings: PrometheusSettings, instance: Instance) -> int:
    """Return the memory that each replica is promised, in MiB."""
    return settings.of(instance).memory_mib or SIZES[instance].memory_mib


def samples_per_target(settings: PrometheusSettings, instance: Instance) -> int:
    """Return the samples above which a target is not scraped."""
    return settings.of(instance).samples_per_target or SIZES[instance].samples_per_target
