"""The Vertical Pod Autoscaler: three parts without privileges, on general nodes, that nothing evicts first."""

from typing import Any

import pytest

from components.capacity import vertical_pod_autoscaler
from components.capacity.vertical_pod_autoscaler import VerticalPodAutoscaler
from tests.components.capacity.stage import RELEASE, refuse_wrong_values
from tests.components.recording import build

_PARTS = ["admissionController", "recommender", "updater"]


@pytest.mark.parametrize("part", _PARTS)
def test_every_part_has_a_place_and_room(part: str) -> None:
    values: dict[str, Any] = vertical_pod_autoscaler.values()[part]

    assert values["nodeSelector"] == {"node-role": "general"}
    assert values["priorityClassName"] == "system-cluster-critical"
    assert set(values["resources"]["requests"]) == {"cpu", "memory"}


def test_no_pod_of_it_has_privileges() -> None:
    values = vertical_pod_autoscaler.values()

    assert values["podSecurityContext"]["runAsNonRoot"] is True
    assert values["podSecurityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert values["containerSecurityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_it_is_one_release() -> None:
    (release,) = build(lambda: VerticalPodAutoscaler("vertical-pod-autoscaler")).of(RELEASE)

    assert release.inputs["chart"] == "vertical-pod-autoscaler"


def test_the_chart_knows_every_value() -> None:
    refuse_wrong_values("vertical-pod-autoscaler", vertical_pod_autoscaler.values())
