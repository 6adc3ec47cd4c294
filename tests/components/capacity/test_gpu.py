"""NVIDIA devices: one offers them, one measures them, and the driver is the image's."""

import json
from typing import Any

import pytest

from components.capacity import gpu
from components.capacity.gpu import Gpu, GpuSettings
from components.compute.ami import AmiFamily
from tests.components import examples
from tests.components.capacity.stage import RELEASE, refuse_wrong_values
from tests.components.recording import build

_OFFERS = {"nvidia-device-plugin", "gpu-operator"}
_MEASURES = {"dcgm-exporter", "gpu-operator"}
_CHARTS = ["nvidia-device-plugin", "gpu-operator", "dcgm-exporter"]


def _settings(**values: Any) -> GpuSettings:
    return examples.parsed(GpuSettings, **values)


@pytest.mark.parametrize(
    ("software", "family", "charts"),
    [
        ("device_plugin", "al2023", ["nvidia-device-plugin", "dcgm-exporter"]),
        ("device_plugin", "bottlerocket", ["dcgm-exporter"]),
        ("gpu_operator", "al2023", ["gpu-operator"]),
    ],
)
def test_what_is_installed(software: str, family: str, charts: list[str]) -> None:
    settings = _settings(software=software)

    recording = build(lambda: Gpu("gpu", settings, ami_family=AmiFamily(family)))

    assert sorted(release.inputs["chart"] for release in recording.of(RELEASE)) == sorted(charts)
    offered = len(_OFFERS & set(charts)) + (family == "bottlerocket")
    assert (offered, len(_MEASURES & set(charts))) == (1, 1)


def test_the_operator_leaves_the_driver_to_the_image() -> None:
    values = gpu.operator_values(_settings(software="gpu_operator"))

    assert (values["driver"], values["toolkit"]) == ({"enabled": False}, {"enabled": False})


@pytest.mark.parametrize("name", ["nvidia-device-plugin", "dcgm-exporter"])
def test_agents_run_on_every_gpu_node_and_on_no_other(name: str) -> None:
    values = gpu.values(name, _settings())

    assert values["nodeSelector"] == {"node-role": "gpu"}
    assert values["tolerations"] == [{"operator": "Exists"}]


def test_the_plug_in_does_not_wait_for_labels_that_nobody_sets() -> None:
    terms = gpu.plugin_values(_settings())["affinity"]["nodeAffinity"]

    assert "feature.node.kubernetes.io" not in str(terms)
    assert "nvidia.com/gpu.present" not in str(terms)


def test_a_device_is_whole_unless_it_is_shared() -> None:
    assert "config" not in gpu.plugin_values(_settings())
    assert "devicePlugin" not in gpu.operator_values(_settings())


def test_a_shared_device_is_offered_as_often_as_the_settings_say() -> None:
    settings = _settings(time_slices=4)
    plugin = gpu.plugin_values(settings)["config"]
    operator = gpu.operator_values(settings)["devicePlugin"]["config"]

    assert plugin["map"][plugin["default"]] == operator["data"][operator["default"]]
    resources = json.loads(plugin["map"]["default"])["sharing"]["timeSlicing"]["resources"]
    assert resources == [{"name": "nvidia.com/gpu", "replicas": 4}]


@pytest.mark.parametrize("slices", [1, 4])
@pytest.mark.parametrize("name", _CHARTS)
def test_the_chart_knows_every_value(name: str, slices: int) -> None:
    refuse_wrong_values(name, gpu.values(name, _settings(time_slices=slices)))
