"""What tests of capacity have in common: settings of Karpenter, and a chart's own opinion of values."""

from collections.abc import Mapping
from typing import Any

import pytest

from components.capacity.capacity_settings import CapacitySettings
from components.kit import chart
from rehearsal.charts.library import at_hand
from rehearsal.charts.values import problems
from tests.components import examples

GENERAL = {"instance_families": ["m7i", "m6i"], "limit_vcpus": 64}
SPOT = {"instance_families": ["m7i", "m7a", "m6i"], "limit_vcpus": 128}
GPU = {"instance_families": ["g6"], "limit_vcpus": 16}
POOLS = {"general": GENERAL, "spot": SPOT, "gpu": GPU}
RELEASE = "kubernetes:helm.sh/v3:Release"


def karpenter(**changes: Any) -> CapacitySettings:
    """Return settings with Karpenter and a pool of each role, with some of its block changed."""
    return examples.parsed(CapacitySettings, autoscaler="karpenter", karpenter={**POOLS, **changes})


def refuse_wrong_values(name: str, values: Mapping[str, Any]) -> None:
    """Fail on values that the chart's own files do not know."""
    library = at_hand()
    if library is None:
        pytest.skip("the charts' own files are not at hand: set CHART_DATA")
    pinned = chart.pinned()[name]
    found = library.find(name, pinned.version, pinned.repository)
    assert found is not None, name
    assert [f"{problem.property}: {problem.reason}" for problem in problems(found, values)] == []
