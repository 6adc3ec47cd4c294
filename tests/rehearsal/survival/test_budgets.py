"""Budgets that block a drain or let it break a quorum are found, and so are pods that nothing guards."""

from typing import Any

import pytest

from rehearsal.survival import budgets as module
from rehearsal.survival.budgets import disruptions
from rehearsal.survival.quorums import quorums
from tests.rehearsal.survival.clusters import budget, group, spread, workload


@pytest.mark.parametrize(
    ("replicas", "says", "blocks"),
    [
        (3, {"minAvailable": 3}, True),
        (3, {"minAvailable": 2}, False),
        (3, {"minAvailable": "100%"}, True),
        (3, {"minAvailable": "67%"}, True),
        (3, {"minAvailable": "50%"}, False),
        (3, {"maxUnavailable": 0}, True),
        (3, {"maxUnavailable": "0%"}, True),
        (3, {"maxUnavailable": "1%"}, False),
        (3, {"maxUnavailable": 1}, False),
        (1, {"minAvailable": 1}, True),
        (1, {"maxUnavailable": 1}, False),
        # What neither says, Kubernetes reads as one that must stay.
        (1, {}, True),
        (0, {"minAvailable": 1}, False),
    ],
)
def test_a_budget_that_lets_no_pod_go_blocks_every_drain(replicas: int, says: dict[str, Any], *, blocks: bool) -> None:
    found = disruptions([workload(replicas, spread())], [budget(**says)])

    assert any("every drain waits for ever" in fault for fault in found.faults) is blocks


def test_a_budget_counts_the_pods_of_every_workload_it_selects() -> None:
    pair = [workload(1, spread(), name=name) for name in ("a", "b")]

    assert disruptions(pair, [budget(minAvailable=1)]).faults == ()


def test_pods_with_two_budgets_are_evicted_by_nobody() -> None:
    found = disruptions([workload(3, spread())], [budget(maxUnavailable=1), budget(maxUnavailable=1, name="again")])

    assert found.faults == (
        (
            "StatefulSet store/raft is guarded by PodDisruptionBudget store/raft and by PodDisruptionBudget "
            "store/again: Kubernetes evicts no pod that has two budgets"
        ),
    )


@pytest.mark.parametrize(("most", "breaks"), [(1, False), (2, True)])
def test_a_budget_may_not_let_a_drain_break_a_quorum(most: int, *, breaks: bool) -> None:
    etcd = workload(3, spread(), name="etcd", namespace="platform-etcd")
    guard = budget(maxUnavailable=most, namespace="platform-etcd")

    found = disruptions([etcd], [guard], quorums([etcd], [group()]))

    assert any("needs 2" in fault for fault in found.faults) is breaks


@pytest.mark.parametrize(
    ("replicas", "spreads", "guards", "lacks"),
    [
        (2, [spread("ScheduleAnyway")], [budget(maxUnavailable=1)], []),
        (2, [], [budget(maxUnavailable=1)], ["is not spread over zones"]),
        (2, [spread()], [], ["has no PodDisruptionBudget"]),
        (2, [spread()], [budget(maxUnavailable=1, namespace="elsewhere")], ["has no PodDisruptionBudget"]),
        (2, [], [], ["has no PodDisruptionBudget", "is not spread over zones"]),
        (1, [], [], []),
    ],
)
def test_several_pods_without_budget_or_spread_are_listed(
    replicas: int, spreads: list[dict[str, Any]], guards: list[Any], lacks: list[str]
) -> None:
    found = disruptions([workload(replicas, *spreads)], guards)

    assert list(found.unguarded) == [f"StatefulSet store/raft (2 pods) {lack}" for lack in lacks]


def test_what_goes_without_for_a_reason_is_told_with_it() -> None:
    for row in module._exempt():
        name = row["workload"].rpartition("/")[2].replace("*", "updater")
        pods = workload(2, name=name, kind="Deployment", namespace="kube-system")

        found = disruptions([pods], [budget(maxUnavailable=1, namespace="kube-system")])

        assert found.unguarded == ()
        assert list(found.exempt.values()) == [row["why"]]


def test_a_budget_that_selects_nothing_known_is_told() -> None:
    found = disruptions([workload(3, spread())], [budget(maxUnavailable=1, labels={"app": "rafd"})])

    assert found.unused == ("PodDisruptionBudget store/raft",)
