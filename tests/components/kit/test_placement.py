"""What has a volume waits for a zone of its own; what is broken holds up no drain."""

import pytest

from components.kit import placement
from tests.environments import STACKS, assembled

_BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"


@pytest.mark.parametrize(("replicas", "zones", "waited_for"), [(2, 3, 2), (3, 3, 3), (5, 3, 3), (3, 2, 2)], ids=str)
def test_pods_with_volumes_wait_for_as_many_zones_as_there_can_be(replicas: int, zones: int, waited_for: int) -> None:
    zone, node = placement.apart_for_good(replicas, zones, name="it")

    assert (zone["topologyKey"], zone["whenUnsatisfiable"]) == ("topology.kubernetes.io/zone", "DoNotSchedule")
    assert (zone["maxSkew"], zone["minDomains"]) == (1, waited_for)
    assert node["whenUnsatisfiable"] == "ScheduleAnyway"
    # Kubernetes refuses it beside a wish.
    assert "minDomains" not in node


def test_one_pod_with_a_volume_waits_for_no_zone() -> None:
    for each in placement.apart_for_good(1, 3, name="it"):
        assert each["whenUnsatisfiable"] == "ScheduleAnyway"
        assert "minDomains" not in each


def test_sets_that_are_spread_each_by_itself_are_told_apart_by_their_label() -> None:
    zone, node = placement.apart_for_good(2, 3, each="shard", name="it")

    assert zone["matchLabelKeys"] == ["shard"]
    assert "matchLabelKeys" not in node


@pytest.mark.parametrize("stack", STACKS)
def test_no_budget_of_the_program_keeps_a_pod_that_is_not_ready_from_being_drained(stack: str) -> None:
    budgets = assembled(stack).of(_BUDGET)
    waiting = [
        each.name
        for each in budgets
        if each.inputs["spec"].get("unhealthyPodEvictionPolicy") != placement.UNREADY_MAY_GO
    ]

    assert budgets
    assert waiting == []
