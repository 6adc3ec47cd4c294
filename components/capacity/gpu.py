"""What makes NVIDIA devices usable by pods and visible to monitoring, beyond what the node's machine image brings."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final

import pulumi
from pydantic import Field

from components.compute.ami import AmiFamily
from components.kit import chart, placement
from components.kit.layer import Layer
from components.kit.settings import Settings

_DEVICE_PLUGIN: Final = "nvidia-device-plugin"
_OPERATOR: Final = "gpu-operator"
_EXPORTER: Final = "dcgm-exporter"


class GpuSoftware(StrEnum):
    """Who offers a node's NVIDIA devices to pods."""

    DEVICE_PLUGIN = "device_plugin"
    GPU_OPERATOR = "gpu_operator"


class GpuSettings(Settings):
    """How pods get at NVIDIA devices."""

    software: GpuSoftware = GpuSoftware.DEVICE_PLUGIN
    """Who offers the devices to pods: `device_plugin`, which Bottlerocket has in its image, or `gpu_operator` (al2023
    only), which adds partitioning (MIG) and labels. The driver always comes with the image."""

    time_slices: Annotated[int, Field(ge=1, le=48)] = 1
    """For how many pods each device is offered. With more than 1 they take turns, share the memory, and suffer from
    each other's faults."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuOutputs:
    """The releases that were installed, by chart."""

    release_ids: pulumi.Output[list[str]]


class Gpu(Layer, kind="platform:capacity:Gpu"):
    """Either the device plug-in with an exporter of metrics, or the operator that has both."""

    def __init__(
        self,
        name: str,
        settings: GpuSettings,
        *,
        ami_family: AmiFamily,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        made = [chart.install(self, each, values(each, settings)) for each in charts(settings, ami_family)]
        self.outputs = self.publish(
            GpuOutputs(release_ids=pulumi.Output.all(*(release.id for release in made)).apply(list))
        )


def charts(settings: GpuSettings, ami_family: AmiFamily) -> list[str]:
    """Return the charts to install: exactly one thing offers a device, and exactly one exports its metrics.

    Bottlerocket runs the device plug-in as a service of the node; a second one in the cluster would fight with it:
    https://github.com/bottlerocket-os/bottlerocket/issues/3992
    """
    if settings.software is GpuSoftware.GPU_OPERATOR:
        return [_OPERATOR]
    return [_EXPORTER] if ami_family is AmiFamily.BOTTLEROCKET else [_DEVICE_PLUGIN, _EXPORTER]


def values(name: str, settings: GpuSettings) -> dict[str, Any]:
    """Return what differs from a chart's defaults."""
    return {_DEVICE_PLUGIN: plugin_values, _OPERATOR: operator_values, _EXPORTER: exporter_values}[name](settings)


def plugin_values(settings: GpuSettings) -> dict[str, Any]:
    """Run on the GPU nodes as they are labelled here, not on those that feature discovery would have to find first."""
    return {
        "nodeSelector": {**placement.GPU_NODES},
        "affinity": {"nodeAffinity": _only_gpu_nodes()},
        "tolerations": [*placement.EVERY_TAINT],
        **(
            {"config": {"map": {"default": sharing(settings)}, "default": "default"}}
            if settings.time_slices > 1
            else {}
        ),
    }


def exporter_values(_: GpuSettings) -> dict[str, Any]:
    """Run on the GPU nodes, with the chart's own privileges.

    CAP_SYS_ADMIN among them is also what Bottlerocket asks of a pod that sees all devices without being given one:
    https://github.com/bottlerocket-os/bottlerocket/issues/3992
    """
    return {
        "nodeSelector": {**placement.GPU_NODES},
        "tolerations": [*placement.EVERY_TAINT],
        # The platform's own monitor watches it.
        "serviceMonitor": {"enabled": False},
    }


def operator_values(settings: GpuSettings) -> dict[str, Any]:
    """Leave driver and container toolkit to EKS's image, which has both; two drivers do not fit into one kernel.

    https://docs.aws.amazon.com/eks/latest/userguide/ml-eks-optimized-ami.html
    """
    shared = {"create": True, "name": "time-slicing", "default": "default", "data": {"default": sharing(settings)}}
    return {
        "driver": {"enabled": False},
        "toolkit": {"enabled": False},
        "daemonsets": {"tolerations": [*placement.EVERY_TAINT], "labels": {**placement.GPU_AGENTS}},
        "operator": {"nodeSelector": {**placement.GENERAL_NODES}, "priorityClassName": "system-cluster-critical"},
        "dcgmExporter": {"serviceMonitor": {"enabled": False}},
        **({"devicePlugin": {"config": shared}} if settings.time_slices > 1 else {}),
        "node-feature-discovery": {
            "worker": {"nodeSelector": {**placement.GPU_NODES}, "tolerations": [*placement.EVERY_TAINT]},
            "master": {"nodeSelector": {**placement.GENERAL_NODES}},
            "gc": {"nodeSelector": {**placement.GENERAL_NODES}},
        },
    }


def sharing(settings: GpuSettings) -> str:
    """Return the device plug-in's own configuration, in YAML, of which JSON is a part.

    https://github.com/NVIDIA/k8s-device-plugin#with-cuda-time-slicing
    """
    resource = {"name": "nvidia.com/gpu", "replicas": settings.time_slices}
    return json.dumps({"version": "v1", "sharing": {"timeSlicing": {"resources": [resource]}}})


def _only_gpu_nodes() -> dict[str, Any]:
    """Take the place of the chart's own terms, which ask for labels that nobody sets here."""
    terms = [{"key": key, "operator": "In", "values": [value]} for key, value in placement.GPU_NODES.items()]
    return {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": terms}]}}
