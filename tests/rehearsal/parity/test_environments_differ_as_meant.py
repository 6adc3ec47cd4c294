"""The environments of this project differ by what somebody meant, and by nothing else."""

import copy
from itertools import pairwise

import pytest

from rehearsal.parity import Comparison, compare, read
from rehearsal.parity.environments import settings_of
from rehearsal.parity.page import lines
from tests.environments import STACKS
from tests.policies.recorded import entries

_INTENDED = read()
_NEIGHBOURS = list(pairwise(_INTENDED.chain))


def _compared(one: str, other: str) -> Comparison:
    return compare(entries(one), entries(other), _INTENDED, (settings_of(one), settings_of(other)))


def test_every_environment_has_its_place_in_the_chain() -> None:
    assert sorted(_INTENDED.chain) == sorted(STACKS)


@pytest.mark.parametrize(("one", "other"), _NEIGHBOURS)
def test_neighbours_differ_as_meant_and_no_entry_is_stale(one: str, other: str) -> None:
    found = _compared(one, other)

    assert found.differences
    assert found.fine, "\n".join(lines(found))


def test_dev_and_prod_differ_by_what_differs_on_the_way() -> None:
    found = _compared("dev", "prod")

    assert found.drift == ()
    assert len(found.intended) > len(_compared("dev", "staging").intended)


def test_a_setting_that_somebody_changed_in_one_environment_only_is_drift() -> None:
    ours = copy.deepcopy(dict(settings_of("staging")))
    ours["cilium"]["routing"] = "overlay"

    found = compare(entries("staging"), entries("prod"), _INTENDED, (ours, settings_of("prod")))

    assert [(each.where, each.left, each.right) for each in found.drift] == [("cilium.routing", "overlay", "eni")]


def test_an_input_that_differs_for_no_reason_is_drift() -> None:
    ours = copy.deepcopy(list(entries("staging")))
    (cluster,) = [each for each in ours if each["type"] == "aws:eks/cluster:Cluster"]
    cluster["inputs"]["vpcConfig"]["endpointPublicAccess"] = True

    found = compare(ours, entries("prod"), _INTENDED)

    assert [each.where for each in found.drift] == ["cluster/cluster-control-plane: vpcConfig.endpointPublicAccess"]


def test_a_resource_that_only_one_has_is_drift() -> None:
    ours = [each for each in entries("staging") if not each["name"].startswith("metrics-server")]

    found = compare(ours, entries("prod"), _INTENDED)

    assert {each.where.partition("/")[0] for each in found.drift} == {"metrics-server"}
    assert {each.left for each in found.drift} == {None}
