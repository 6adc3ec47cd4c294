"""Nodes are reckoned between the bounds of their group, at the prices of its types."""

from typing import Any, Final

import pytest

from tests.cost.making import HOURS, entry, estimated, lines, urn

_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
_SIZES: Final = {"minSize": 1, "desiredSize": 2, "maxSize": 4}


def _group(**inputs: Any) -> dict[str, Any]:
    return entry(_GROUP, **{"instanceTypes": ["m5.large"], "scalingConfig": _SIZES, **inputs})


@pytest.mark.parametrize(
    ("inputs", "low", "typical", "high"),
    [
        ({}, 1 * 0.096, 2 * 0.096, 4 * 0.096),
        ({"instanceTypes": ["m7i.large", "m5a.large"]}, 1 * 0.086, 2 * 0.1008, 4 * 0.1008),
        ({"scalingConfig": {"minSize": 2, "maxSize": 3}}, 2 * 0.096, 2 * 0.096, 3 * 0.096),
        ({"scalingConfig": {}}, 0.096, 0.096, 0.096),
        (
            {"capacityType": "SPOT", "instanceTypes": ["m5.large", "m5a.large"]},
            1 * 0.086 * 0.3,
            2 * 0.091 * 0.45,
            4 * 0.096 * 0.7,
        ),
    ],
    ids=["one type", "several types", "no desired size", "no sizes", "spot"],
)
def test_instances_are_between_the_least_size_and_the_largest(
    inputs: dict[str, Any], low: float, typical: float, high: float
) -> None:
    found = lines(estimated(_group(**inputs)))

    assert found["instances"] == tuple(round(each * HOURS, 2) for each in (low, typical, high))


@pytest.mark.parametrize(
    ("kind", "hourly"),
    # By the tables' m5.large and m7a.large; AWS lists the same.
    [("m5.2xlarge", 0.384), ("m5.12xlarge", 2.304), ("m7a.4xlarge", 0.92736)],
)
def test_another_size_of_a_family_costs_in_proportion(kind: str, hourly: float) -> None:
    assert lines(estimated(_group(instanceTypes=[kind])))["instances"][1] == round(2 * hourly * HOURS, 2)


@pytest.mark.parametrize("kind", ["m5.metal", "m5d.2xlarge", "g6.2xlarge", "i4i.4xlarge", "m9.xlarge", "t3.small"])
def test_no_other_size_stands_for_what_has_more_than_processors_and_memory(kind: str) -> None:
    found = estimated(_group(instanceTypes=[kind]))

    assert [each.why for each in found.unpriced] == [f"no price of {kind} in us-east-1: the group is in no sum"]


def test_a_type_without_a_price_is_named_and_the_group_is_of_the_others() -> None:
    found = estimated(_group(instanceTypes=["x9.huge", "m5.large"]))

    assert lines(found)["instances"][1] == round(2 * 0.096 * HOURS, 2)
    assert [each.why for each in found.unpriced] == ["no price of x9.huge in us-east-1: the group is of the others"]


def test_a_group_of_types_without_a_price_is_in_no_sum_and_named() -> None:
    found = estimated(_group(instanceTypes=["x9.huge"]))

    assert "instances" not in lines(found)
    assert [each.why for each in found.unpriced] == ["no price of x9.huge in us-east-1: the group is in no sum"]


def test_disks_are_those_of_the_launch_template_the_group_waits_for() -> None:
    mappings = [
        {"deviceName": "/dev/xvda", "ebs": {"volumeSize": 4, "volumeType": "gp3"}},
        {"deviceName": "/dev/xvdb", "ebs": {"volumeSize": 100, "volumeType": "gp3", "iops": 4000, "throughput": 225}},
        {"deviceName": "/dev/xvdc", "noDevice": "true"},
    ]
    template = entry(_TEMPLATE, blockDeviceMappings=mappings)
    other = entry(_TEMPLATE, "other", blockDeviceMappings=[{"ebs": {"volumeSize": 9000}}])
    waits = [urn(_TEMPLATE, "other"), urn(_TEMPLATE)]

    found = lines(estimated(template, other, {**_group(launchTemplate={"id": "lt-1"}), "dependencies": waits}))

    assert {what: usd for what, usd in found.items() if what != "instances"} == {
        "disks /dev/xvda": (0.32, 0.64, 1.28),
        "disks /dev/xvdb": (8.0, 16.0, 32.0),
        "disks /dev/xvdb, IOPS": (5.0, 10.0, 20.0),
        "disks /dev/xvdb, throughput": (4.0, 8.0, 16.0),
    }


def test_the_only_template_a_group_waits_for_is_its_own_whatever_it_is_called() -> None:
    template = entry(_TEMPLATE, "other", blockDeviceMappings=[{"deviceName": "a", "ebs": {"volumeSize": 10}}])

    found = lines(estimated(template, {**_group(launchTemplate={"id": "lt-1"}), "dependencies": [template["urn"]]}))

    assert found["disks a"] == (0.8, 1.6, 3.2)


def test_a_group_without_a_template_has_the_disk_that_eks_gives_it() -> None:
    assert lines(estimated(_group()))["disks"] == (1.6, 3.2, 6.4)
    assert lines(estimated(_group(diskSize=50)))["disks"] == (4.0, 8.0, 16.0)


def test_a_template_that_is_not_there_is_named() -> None:
    found = estimated(_group(launchTemplate={"id": "lt-1"}))

    assert [each.why for each in found.unpriced] == ["volumes: its launch template is not among the resources"]


def test_a_pool_of_karpenter_is_named_because_nothing_bounds_it_but_its_limits() -> None:
    found = estimated(entry("kubernetes:karpenter.sh/v1:NodePool"))

    assert [each.why.split(" and ")[0] for each in found.unpriced] == ["Karpenter makes nodes by need"]
