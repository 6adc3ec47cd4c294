"""Telling a world that was disturbed from one that was not."""

from collections import Counter

import pytest

from rehearsal.drill.world import Differences, World, compare
from rehearsal.kubernetes.inventory import ObjectKey

_NAMESPACE = ObjectKey("", "Namespace", "", "vault")
_EXPECTED = World(
    resources=Counter({"aws:ec2/vpc:Vpc network-vpc": 1}),
    in_aws=Counter({"ec2 DescribeVpcs": 1}),
    objects=frozenset({_NAMESPACE}),
)


def _found(**changed: object) -> World:
    fields = {"resources": _EXPECTED.resources, "in_aws": _EXPECTED.in_aws, "objects": _EXPECTED.objects, **changed}
    return World(**fields)  # type: ignore[arg-type]  # each case is one wrong field


@pytest.mark.parametrize(
    ("found", "differences"),
    [
        pytest.param(_found(), Differences(), id="the same"),
        pytest.param(
            _found(unknown=("aws:ec2/vpc:Vpc vpc-2",)),
            Differences(orphans=("aws:ec2/vpc:Vpc vpc-2",)),
            id="not in the state",
        ),
        pytest.param(
            _found(objects=frozenset({_NAMESPACE, ObjectKey("", "Namespace", "", "x")})),
            Differences(orphans=("Namespace x",)),
            id="an object too many",
        ),
        pytest.param(
            _found(in_aws=Counter({"ec2 DescribeVpcs": 2})),
            Differences(duplicates=("ec2 DescribeVpcs: 2 instead of 1",)),
            id="twice in AWS",
        ),
        pytest.param(
            _found(resources=Counter({"aws:ec2/vpc:Vpc network-vpc": 2})),
            Differences(duplicates=("aws:ec2/vpc:Vpc network-vpc",)),
            id="twice in the state",
        ),
        pytest.param(
            _found(in_aws=Counter()), Differences(missing=("ec2 DescribeVpcs: 0 instead of 1",)), id="gone from AWS"
        ),
        pytest.param(
            _found(resources=Counter()), Differences(missing=("aws:ec2/vpc:Vpc network-vpc",)), id="gone from the state"
        ),
        pytest.param(_found(objects=frozenset()), Differences(missing=("Namespace vault",)), id="an object is gone"),
        pytest.param(_found(pending=("urn:x",)), Differences(missing=("urn:x is pending",)), id="unsettled"),
    ],
)
def test_every_difference_is_told(found: World, differences: Differences) -> None:
    assert compare(_EXPECTED, found) == differences
    assert bool(compare(_EXPECTED, found)) == (differences != Differences())
