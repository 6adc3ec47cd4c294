"""What each namespace for users may take of the cluster, and what a container gets that says nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Any, Final, Self

import pulumi
import pulumi_kubernetes as kubernetes
from pydantic import Field, model_validator

from components.kit.layer import Layer
from components.kit.settings import Settings
from components.kit.spec import as_given

NAME: Final = "platform"
"""The name of both objects in each namespace; users may add others beside them."""

_MILLI: Final = 1000
_MIB: Final = 1024

Cores = Annotated[int, Field(ge=1, le=100_000)]
MilliCores = Annotated[int, Field(ge=1, le=448_000)]
Mib = Annotated[int, Field(ge=1, le=12 * 1024 * 1024)]
Gib = Annotated[int, Field(ge=1, le=1_000_000)]


class QuotaSettings(Settings):
    """What all pods of a namespace may take together. What is beyond it is refused by the API server."""

    cpu: Cores = 10
    """Cores that its containers may request."""

    cpu_limit: Cores | None = 20
    """The sum of their limits in cores: what they may burst to. With null, containers need no limit of CPU."""

    memory_gib: Gib = 32
    """Memory they may request, in GiB."""

    memory_limit_gib: Gib = 64
    """The sum of their limits of memory, in GiB."""

    pods: Annotated[int, Field(ge=1, le=10_000)] = 100
    """How many pods there may be. A rollout and a CronJob need room for pods that are there for moments only."""

    volumes: Annotated[int, Field(ge=0, le=10_000)] = 20
    """How many claims of volumes there may be."""

    volumes_gib: Annotated[int, Field(ge=0, le=1_000_000)] = 500
    """How much storage they may request, in GiB."""

    load_balancers: Annotated[int, Field(ge=0, le=100)] = 0
    """How many Services of type LoadBalancer there may be: each is paid by the hour, and a way in beside the entry.
    With none there is no NodePort either."""

    gpus: Annotated[int, Field(ge=0, le=10_000)] = 0
    """How many NVIDIA devices its pods may request."""

    @model_validator(mode="after")
    def _limits_hold_requests(self) -> Self:
        if self.cpu_limit is not None and self.cpu_limit < self.cpu:
            raise ValueError(f"cpu_limit {self.cpu_limit} is below cpu {self.cpu}, which could never be requested")
        if self.memory_limit_gib < self.memory_gib:
            raise ValueError(
                f"memory_limit_gib {self.memory_limit_gib} is below memory_gib {self.memory_gib}, which could never be "
                "requested"
            )
        return self


class ContainerSettings(Settings):
    """What a container gets that says nothing, and the most that one may ask for."""

    cpu_millicores: MilliCores = 100
    """Its request of CPU, in thousandths of a core."""

    cpu_limit_millicores: MilliCores = 1000
    """Its limit of CPU, where the namespace's quota has one."""

    memory_mib: Mib = 128
    """Its request of memory, in MiB."""

    memory_limit_mib: Mib = 512
    """Its limit of memory, in MiB. A container that asks for more must name a limit, too."""

    most_cpu_millicores: MilliCores = 8000
    """The most CPU that one may request or be limited to, where the namespace's quota has a limit of CPU."""

    most_memory_mib: Mib = 16 * 1024
    """The most memory that one may request or be limited to, in MiB."""

    @model_validator(mode="after")
    def _each_is_below_the_next(self) -> Self:
        rising = (
            ("cpu_millicores", "cpu_limit_millicores", "most_cpu_millicores"),
            ("memory_mib", "memory_limit_mib", "most_memory_mib"),
        )
        for request, limit, most in rising:
            for lower, upper in ((request, limit), (limit, most)):
                if getattr(self, lower) > getattr(self, upper):
                    raise ValueError(
                        f"{lower} {getattr(self, lower)} is above {upper} {getattr(self, upper)}: the API server would "
                        "refuse the LimitRange"
                    )
        return self


class QuotasSettings(Settings):
    """What each namespace for users may take: those of grants, and of the example apps."""

    default: QuotaSettings = QuotaSettings()
    """Of every namespace that is not named below."""

    namespaces: dict[str, QuotaSettings] = Field(default={}, max_length=500)
    """Of a namespace by its name, in place of `default`."""

    containers: ContainerSettings = ContainerSettings()
    """Of every container in any of them."""

    @model_validator(mode="after")
    def _a_container_that_says_nothing_fits(self) -> Self:
        for name, quota in {"default": self.default, **self.namespaces}.items():
            if too_large := _beyond(quota, self.containers):
                raise ValueError(
                    f"containers gives one container more than the quota {name} has for a namespace: {too_large}; "
                    "no pod could start there without naming less"
                )
        return self

    def of(self, namespace: str) -> QuotaSettings:
        """Return the quota of a namespace."""
        return self.namespaces.get(namespace, self.default)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespaceQuotasOutputs:
    """The namespaces that have a quota and a limit range, sorted."""

    namespaces: pulumi.Output[list[str]]


class NamespaceQuotas(Layer, kind="platform:capacity:NamespaceQuotas"):
    """A LimitRange and a ResourceQuota in each namespace for users."""

    def __init__(
        self,
        name: str,
        settings: QuotasSettings,
        *,
        namespaces: Collection[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        for namespace in sorted(namespaces):
            quota = settings.of(namespace)
            metadata = kubernetes.meta.v1.ObjectMetaArgs(name=NAME, namespace=namespace)
            limits = kubernetes.core.v1.LimitRange(
                f"{name}-{namespace}-containers",
                metadata=metadata,
                spec=as_given(limit_range(settings.containers, quota)),
                opts=self.child(),
            )
            kubernetes.core.v1.ResourceQuota(
                f"{name}-{namespace}",
                metadata=metadata,
                spec=kubernetes.core.v1.ResourceQuotaSpecArgs(hard=hard(quota)),
                # The quota refuses every container without requests and limits, which the other gives it.
                opts=self.child(depends_on=[limits]),
            )
        self.outputs = self.publish(NamespaceQuotasOutputs(namespaces=pulumi.Output.from_input(sorted(namespaces))))


def hard(quota: QuotaSettings) -> dict[str, str]:
    """Return what a ResourceQuota holds.

    https://kubernetes.io/docs/concepts/policy/resource-quotas/
    """
    return {
        "requests.cpu": str(quota.cpu),
        **({"limits.cpu": str(quota.cpu_limit)} if quota.cpu_limit is not None else {}),
        "requests.memory": f"{quota.memory_gib}Gi",
        "limits.memory": f"{quota.memory_limit_gib}Gi",
        "pods": str(quota.pods),
        "persistentvolumeclaims": str(quota.volumes),
        "requests.storage": f"{quota.volumes_gib}Gi",
        "services.loadbalancers": str(quota.load_balancers),
        # A load balancer takes some, by the number of its ports.
        **({} if quota.load_balancers else {"services.nodeports": "0"}),
        "requests.nvidia.com/gpu": str(quota.gpus),
    }


def limit_range(containers: ContainerSettings, quota: QuotaSettings) -> dict[str, Any]:
    """Return the spec of a LimitRange; a limit of CPU only where the quota counts such limits.

    https://kubernetes.io/docs/concepts/policy/limit-range/
    """
    limited = quota.cpu_limit is not None
    most_cpu, most_memory = _most(containers, quota)
    return {
        "limits": [
            {
                "type": "Container",
                "defaultRequest": {"cpu": f"{containers.cpu_millicores}m", "memory": f"{containers.memory_mib}Mi"},
                "default": {
                    **({"cpu": f"{containers.cpu_limit_millicores}m"} if limited else {}),
                    "memory": f"{containers.memory_limit_mib}Mi",
                },
                # A most of CPU would be everyone's default limit, where none is given.
                "max": {**({"cpu": f"{most_cpu}m"} if limited else {}), "memory": f"{most_memory}Mi"},
            }
        ]
    }


def _most(containers: ContainerSettings, quota: QuotaSettings) -> tuple[int, int]:
    """Return the most CPU and memory that one container may have: never more than its whole namespace."""
    cpu = containers.most_cpu_millicores
    if quota.cpu_limit is not None:
        cpu = min(cpu, quota.cpu_limit * _MILLI)
    return cpu, min(containers.most_memory_mib, quota.memory_limit_gib * _MIB)


def _beyond(quota: QuotaSettings, containers: ContainerSettings) -> str:
    """Return what one container that says nothing would take beyond a quota; empty if it fits."""
    pairs = [
        ("cpu_millicores", containers.cpu_millicores, "cpu", quota.cpu * _MILLI),
        ("memory_mib", containers.memory_mib, "memory_gib", quota.memory_gib * _MIB),
        ("memory_limit_mib", containers.memory_limit_mib, "memory_limit_gib", quota.memory_limit_gib * _MIB),
    ]
    if quota.cpu_limit is not None:
        pairs.append(("cpu_limit_millicores", containers.cpu_limit_millicores, "cpu_limit", quota.cpu_limit * _MILLI))
    return ", ".join(f"{given} {size} is more than {held}" for given, size, held, most in pairs if size > most)
