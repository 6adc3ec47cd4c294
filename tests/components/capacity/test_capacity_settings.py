"""What a stack may decide about its capacity, and which choices are refused at once."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.capacity.capacity_settings import Autoscaler, CapacitySettings, GpuPoolSettings, NodePoolSettings
from tests.components import examples
from tests.components.capacity.stage import GENERAL, SPOT, karpenter


def test_without_a_word_the_cluster_autoscaler_sizes_the_groups() -> None:
    settings = CapacitySettings()

    assert settings.autoscaler is Autoscaler.CLUSTER_AUTOSCALER
    assert settings.gpu.time_slices == 1


def test_there_is_no_way_to_name_two_autoscalers() -> None:
    with pytest.raises(ValidationError, match="cluster_autoscaler"):
        examples.parsed(CapacitySettings, autoscaler=["cluster_autoscaler", "karpenter"])


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"autoscaler": "karpenter"}, "needs a pool"),
        ({"autoscaler": "karpenter", "karpenter": {}}, "needs a pool"),
        ({"karpenter": {"general": GENERAL}}, "nobody serves karpenter's pools"),
        ({"gpu": {"time_slices": 0}}, "greater than or equal to 1"),
    ],
    ids=["no block", "no pool", "pools without Karpenter", "no slice"],
)
def test_a_contradiction_is_refused(values: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        examples.parsed(CapacitySettings, **values)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"instance_families": ["m7i.large"]}, "a family is m7i, not m7i.large"),
        ({"instance_families": ["m7i", "m7g"]}, "of different architectures"),
        ({"instance_families": ["m7i", "g6"]}, "g6 does not belong here"),
        ({"min_vcpus": 400, "max_vcpus": 448, "limit_vcpus": 448}, "no type of these families"),
        ({"min_vcpus": 16, "limit_vcpus": 8}, "no room for one node"),
    ],
    ids=["a type", "architectures", "a GPU", "too large", "no room"],
)
def test_machines_that_cannot_be_are_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        examples.parsed(NodePoolSettings, **{**GENERAL, **change})


def test_a_gpu_pool_has_gpus() -> None:
    with pytest.raises(ValidationError, match="m7i does not belong here: this role has only families with NVIDIA"):
        examples.parsed(GpuPoolSettings, **GENERAL)


def test_spot_has_a_choice() -> None:
    with pytest.raises(ValidationError, match="Spot needs 3 families"):
        karpenter(spot={**SPOT, "instance_families": ["m7i", "m7a"]})
