"""Constraints cap what one zone can hold of a workload; wishes do not."""

from typing import Any

import pytest

from rehearsal.survival.nodes import ZONE, Taint
from rehearsal.survival.placement import most_in_a_zone, spread_over_zones
from tests.rehearsal.survival.clusters import LABELS, ZONES, group, spread, workload


@pytest.mark.parametrize(
    ("replicas", "zones", "constraint", "most"),
    [
        (3, 3, spread(), 1),
        (5, 3, spread(), 2),
        (4, 3, spread(), 2),
        (2, 3, spread(), 1),
        (3, 2, spread(), 2),
        (2, 1, spread(), 2),
        (5, 3, spread(skew=2), 3),
        (3, 3, spread("ScheduleAnyway"), 3),
        (3, 3, spread(labels={"app": "another"}), 3),
        # Zones that are asked for and not there count as empty: the others are capped, and pods wait.
        (5, 2, spread(minDomains=3), 1),
        (5, 3, spread(minDomains=3), 2),
    ],
)
def test_a_zone_holds_at_most_what_the_constraint_lets_it(
    replicas: int, zones: int, constraint: dict[str, Any], most: int
) -> None:
    pods = workload(replicas, constraint)

    assert most_in_a_zone(pods, [pods], [group(zones=ZONES[:zones])]) == most


@pytest.mark.parametrize(
    ("replicas", "least", "constraint", "most"),
    [
        # In one zone alone 1 would be there and 4 would wait; in all three one has 2.
        (5, 1, spread(minDomains=3), 2),
        (5, 2, spread(minDomains=3), 2),
        (3, 1, spread(minDomains=3), 1),
        (3, 1, spread(minDomains=2), 2),
        (2, 1, spread(minDomains=2), 1),
        # Without a demand for zones the first one with a node may have them all.
        (5, 1, spread(), 5),
        (5, 0, spread(), 5),
        (5, 0, spread(minDomains=3), 2),
        (5, 2, spread(), 3),
    ],
)
def test_in_whichever_zones_there_are_nodes_the_worst_of_them_counts(
    replicas: int, least: int, constraint: dict[str, Any], most: int
) -> None:
    pods = workload(replicas, constraint)

    assert most_in_a_zone(pods, [pods], [group(least=least)]) == most


def test_a_zone_without_a_sure_node_evens_nothing_out() -> None:
    pods = workload(2, spread())

    assert most_in_a_zone(pods, [pods], [group(least=1)]) == 2
    assert most_in_a_zone(pods, [pods], [group(least=2)]) == 1


def test_groups_of_one_zone_each_make_their_zones_sure_together() -> None:
    groups = [group(zones=[zone], least=1) for zone in ZONES]
    pods = workload(3, spread())

    assert most_in_a_zone(pods, [pods], groups) == 1


def test_a_constraint_that_selects_several_workloads_may_leave_both_pods_of_one_together() -> None:
    parts = [workload(2, spread(), name=f"part-{part}", labels={**LABELS, "part": str(part)}) for part in range(2)]
    apart = [workload(2, spread(matchLabelKeys=["part"]), name=each.name, labels=each.labels) for each in parts]

    assert most_in_a_zone(parts[0], parts, [group()]) == 2
    assert most_in_a_zone(apart[0], apart, [group()]) == 1


def test_each_shard_of_a_prometheus_is_spread_by_itself_where_it_says_so() -> None:
    together = workload(4, spread(), shards=2)
    by_itself = workload(4, spread(additionalLabelSelectors="OnShard"), shards=2)

    assert most_in_a_zone(together, [together], [group()], of_a_shard=True) == 2
    assert most_in_a_zone(by_itself, [by_itself], [group()], of_a_shard=True) == 1
    assert most_in_a_zone(by_itself, [by_itself], [group()]) == 2


@pytest.mark.parametrize(("how", "most"), [("required", 1), ("preferred", 3)])
def test_only_a_required_anti_affinity_keeps_pods_out_of_a_zone(how: str, most: int) -> None:
    term = {"topologyKey": ZONE, "labelSelector": {"matchLabels": LABELS}}
    rule = [term] if how == "required" else [{"weight": 100, "podAffinityTerm": term}]
    pods = workload(3, pod={"affinity": {"podAntiAffinity": {f"{how}DuringSchedulingIgnoredDuringExecution": rule}}})

    assert most_in_a_zone(pods, [pods], [group()]) == most
    assert spread_over_zones(pods)


def test_a_spread_over_nodes_is_none_over_zones() -> None:
    pods = workload(3, {**spread(), "topologyKey": "kubernetes.io/hostname"})

    assert not spread_over_zones(pods)
    assert most_in_a_zone(pods, [pods], [group()]) == 3


@pytest.mark.parametrize(
    ("pod", "takes"),
    [
        ({}, False),
        ({"tolerations": [{"operator": "Exists"}]}, True),
        ({"tolerations": [{"key": "node-role", "value": "spot", "effect": "NoSchedule"}]}, True),
        ({"tolerations": [{"key": "node-role", "operator": "Exists"}]}, True),
        ({"tolerations": [{"key": "node-role", "value": "gpu"}]}, False),
        ({"tolerations": [{"operator": "Exists"}], "nodeSelector": {"node-role": "gpu"}}, False),
    ],
)
def test_a_group_takes_pods_that_tolerate_its_taints_and_select_its_labels(pod: dict[str, Any], *, takes: bool) -> None:
    spot = group(
        "spot",
        taints=(
            Taint("node-role", "spot", "NoSchedule"),
            Taint("node.cilium.io/agent-not-ready", "true", "NoExecute"),
        ),
    )

    assert spot.takes(pod) is takes


@pytest.mark.parametrize(
    ("operator", "values", "takes"), [("In", ["spot"], True), ("NotIn", ["spot"], False), ("DoesNotExist", [], False)]
)
def test_a_group_takes_pods_whose_required_affinity_its_labels_meet(
    operator: str, values: list[str], *, takes: bool
) -> None:
    term = {"matchExpressions": [{"key": "node-role", "operator": operator, "values": values}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}

    assert group("spot").takes({"affinity": {"nodeAffinity": required}}) is takes
