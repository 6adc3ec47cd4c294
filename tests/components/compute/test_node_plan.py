"""Which groups there are: by role, by zone where volumes are bound to one, and by generation."""

from typing import Any

import pytest

from components.compute.ami import AmiFamily
from components.compute.instance_types import InstanceType
from components.compute.node_plan import max_pods, plan, zones_without_nodes
from tests.components.nodes import GENERAL, GPU, SPOT, STORAGE, parsed

_ZONES = ("eu-central-1a", "eu-central-1b", "eu-central-1c")


def _names(**values: Any) -> list[str]:
    return [group.name for group in plan(parsed(**values), _ZONES)]


def test_every_zone_has_its_own_storage_nodes_and_the_other_roles_span_all() -> None:
    assert _names() == ["general", "spot", "gpu", "storage-a", "storage-b", "storage-c"]
    assert [group.zones for group in plan(parsed(), _ZONES)] == [_ZONES] * 3 + [(zone,) for zone in _ZONES]


def test_gpu_nodes_can_keep_to_one_zone() -> None:
    (group,) = [group for group in plan(parsed(gpu={**GPU, "zone": "eu-central-1c"}), _ZONES) if group.role == "gpu"]

    assert (group.name, group.zones, group.max_size) == ("gpu", ("eu-central-1c",), 2)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [((3, 6), [(1, 2), (1, 2), (1, 2)]), ((4, 8), [(2, 3), (1, 3), (1, 2)]), ((0, 3), [(0, 1), (0, 1), (0, 1)])],
)
def test_the_sizes_of_storage_nodes_are_shared_out_over_the_zones(
    sizes: tuple[int, int], expected: list[tuple[int, int]]
) -> None:
    least, most = sizes
    groups = plan(parsed(storage={**STORAGE, "min_size": least, "max_size": most}), _ZONES)

    assert [(group.min_size, group.max_size) for group in groups if group.role == "storage"] == expected


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [((3, 3), None), ((0, 3), None), ((0, 2), ("max_size", 1)), ((1, 9), ("min_size", 2)), ((2, 2), ("max_size", 1))],
)
def test_a_size_that_leaves_a_zone_without_a_node_is_told(
    sizes: tuple[int, int], expected: tuple[str, int] | None
) -> None:
    least, most = sizes
    group = parsed(storage={**STORAGE, "min_size": least, "max_size": most}).storage

    assert group is not None
    assert zones_without_nodes(group, _ZONES) == expected


def test_the_first_generation_bears_no_number() -> None:
    assert _names(general={**GENERAL, "generation": 2}, spot=None, gpu=None, storage={**STORAGE, "generation": 3}) == [
        "general-g2",
        "storage-a-g3",
        "storage-b-g3",
        "storage-c-g3",
    ]


def test_two_generations_stand_side_by_side() -> None:
    groups = plan(parsed(general={**GENERAL, "generation": 2}, retiring={"general": GENERAL}, storage=None), _ZONES)

    assert [(group.name, group.retiring) for group in groups] == [
        ("general-g2", False),
        ("spot", False),
        ("gpu", False),
        ("general", True),
    ]


def test_no_new_pod_goes_to_a_retiring_generation() -> None:
    groups = {
        group.name: [taint.key for taint in group.taints]
        for group in plan(parsed(spot={**SPOT, "generation": 2}, retiring={"general": None, "spot": SPOT}), _ZONES)
    }

    assert groups["spot-g2"] == ["node-role"]
    assert groups["spot"] == ["node-role", "node-retiring"]
    assert groups["general"] == []


def test_a_retiring_generation_keeps_its_system_or_has_another() -> None:
    new = {"general": {**GENERAL, "generation": 2}, "spot": None, "gpu": None, "storage": None, "ami_family": "al2023"}

    same = plan(parsed(**new, retiring={"general": GENERAL}), _ZONES)
    other = plan(parsed(**new, retiring={"general": GENERAL, "ami_family": "bottlerocket"}), _ZONES)
    assert [group.ami_family for group in same] == [AmiFamily.AL2023, AmiFamily.AL2023]
    assert [group.ami_family for group in other] == [AmiFamily.AL2023, AmiFamily.BOTTLEROCKET]


@pytest.mark.parametrize(
    ("types", "addresses", "expected"),
    [
        (["m7i.large"], {"m7i.large": 29}, 29),
        (["m7i.large", "m6i.large"], {"m7i.large": 29, "m6i.large": 17}, 17),
    ],
    ids=["one type", "the poorest type"],
)
def test_every_node_has_addresses_for_its_pods(types: list[str], addresses: dict[str, int], expected: int) -> None:
    def budget(kind: InstanceType) -> int:
        return addresses[kind.type]

    (group,) = plan(parsed(general={**GENERAL, "instance_types": types}, spot=None, gpu=None, storage=None), _ZONES)
    assert max_pods(group, budget) == expected
    assert max_pods(group, None) is None


def test_a_group_may_take_fewer_pods_than_its_nodes_have_addresses_for() -> None:
    (group,) = plan(parsed(general={**GENERAL, "max_pods": 40}, spot=None, gpu=None, storage=None), _ZONES)

    assert max_pods(group, lambda _: 110) == 40
    assert max_pods(group, None) == 40
