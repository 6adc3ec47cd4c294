"""Vault's servers find a node in every zone they are spread over."""

from typing import Any

import pytest

from settings.load import parse
from tests.settings import refusals

_POOL = {"instance_families": ["m7i"], "limit_vcpus": 64}


@pytest.mark.parametrize(
    ("replicas", "zones", "needed"), [(3, "abc", 3), (5, "abc", 3), (5, "abcd", 4), (3, "abcd", 3)]
)
def test_a_zone_without_a_general_node_is_refused_and_mended(
    data: dict[str, Any], replicas: int, zones: str, needed: int
) -> None:
    data["network"]["zones"] = [f"eu-central-1{zone}" for zone in zones]
    data["nodes"].pop("storage")
    data["vault"] = {"replicas": replicas}
    # Its etcd needs a node in every zone, too.
    del data["observability"]
    data["nodes"]["general"]["min_size"] = needed - 1
    (problem,) = refusals.problems(data)

    assert problem.path == ("nodes", "general", "min_size")
    assert problem.says.startswith("leaves a zone without a node for Vault")
    assert refusals.mended(data, problem).nodes.general.min_size == needed


def test_without_vault_nobody_needs_them(data: dict[str, Any]) -> None:
    data["vault"] = {"enabled": False}
    del data["observability"]
    data["nodes"]["general"]["min_size"] = 2

    assert parse(data, stack="prod").nodes.general.min_size == 2


def test_karpenter_adds_a_node_in_the_zone_that_lacks_one(data: dict[str, Any]) -> None:
    data["capacity"] = {"autoscaler": "karpenter", "karpenter": {"general": _POOL}}
    for role in ("spot", "gpu", "storage"):
        data["nodes"].pop(role)
    data["nodes"]["general"].update(min_size=2, max_size=2)

    assert parse(data, stack="prod").nodes.general.max_size == 2
