"""What the tests of settings share."""

from typing import Any

import pytest

from settings.load import blocks_of
from tests.settings.workspace import ROOT


@pytest.fixture
def data() -> dict[str, Any]:
    """Return prod's settings by layer, to be spoilt."""
    return blocks_of(ROOT / "Pulumi.prod.yaml")


@pytest.fixture
def chaos(data: dict[str, Any]) -> dict[str, Any]:
    """Return the chaos of prod's settings, where there is nothing to be refused, to be spoilt."""
    data["cluster"]["access"]["grants"]["orders"] = {
        "role": "developer",
        "principal": "arn:aws:iam::111122223333:role/orders",
        "namespaces": ["orders"],
    }
    data["chaos"] = {
        "enabled": True,
        "allowed": {"until": "2026-11-30", "owner": "platform", "reason": "game day, CHG0030001"},
        "namespaces": ["orders"],
        "experiments": {
            "crash": {
                "namespace": "orders",
                "labels": {"app": "orders"},
                "alert": "KubeDeploymentReplicasMissing",
                "pod_crash": {},
            }
        },
    }
    spoilt: dict[str, Any] = data["chaos"]
    return spoilt
