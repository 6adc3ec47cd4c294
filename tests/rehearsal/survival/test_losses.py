"""A lost zone, group or region takes pods; what brings them back depends on their volumes and on who else has room."""

from collections.abc import Sequence

import pytest

from rehearsal.survival.losses import Back, Fate, losses
from rehearsal.survival.nodes import NodeGroup
from rehearsal.survival.quorums import quorums
from rehearsal.survival.workloads import Workload
from tests.rehearsal.survival.clusters import ZONES, group, spread, workload


def _fate(pods: Workload, groups: Sequence[NodeGroup], lost: str) -> Fate:
    (fate,) = next(loss for loss in losses([pods], groups, "eu-central-1") if loss.name == lost).fates
    return fate


@pytest.mark.parametrize(
    ("pods", "left", "back", "volumes"),
    [
        (workload(5, spread()), 3, Back.ZONE, 2),
        (workload(3), 0, Back.ZONE, 3),
        (workload(3, zonal=False), 0, Back.ELSEWHERE, 0),
        (workload(3, spread(), zonal=False), 2, Back.ELSEWHERE, 0),
        # Two zones take one each and no third, until there is a third again.
        (workload(3, spread(minDomains=3), zonal=False), 2, Back.ZONE, 0),
        (workload(0), 0, Back.NOTHING_LOST, 0),
    ],
)
def test_a_lost_zone_takes_the_most_it_may_hold(pods: Workload, left: int, back: Back, volumes: int) -> None:
    fate = _fate(pods, [group()], ZONES[0])

    assert (fate.left, fate.back, fate.volumes) == (left, back, volumes)


def test_a_zone_where_a_workload_cannot_be_takes_nothing_of_it() -> None:
    groups = [group(zones=ZONES[:2]), group("storage", zones=ZONES[2:])]

    assert _fate(workload(2), groups, ZONES[2]).back is Back.NOTHING_LOST
    assert _fate(workload(2), groups, ZONES[0]).lost == 2


def test_a_lost_group_is_waited_for_unless_another_takes_its_pods_in_its_zones() -> None:
    roomy = {"node-role": "general"}
    other = NodeGroup(name="other", zones=ZONES, least=0, most=3, labels=roomy)
    narrow = NodeGroup(name="narrow", zones=ZONES[:1], least=0, most=3, labels=roomy)
    stateless = workload(2, zonal=False)

    assert _fate(workload(2), [group()], "general").back is Back.GROUP
    assert _fate(workload(2), [group(), other], "general").back is Back.ELSEWHERE
    assert _fate(workload(2), [group(), narrow], "general").back is Back.GROUP
    assert _fate(stateless, [group(), narrow], "general").back is Back.ELSEWHERE
    assert _fate(workload(3, spread()), [group(), narrow], "narrow").left == 2


def test_a_lost_region_leaves_nothing_but_copies() -> None:
    fate = _fate(workload(3, spread()), [group()], "eu-central-1")

    assert (fate.left, fate.back, fate.volumes) == (0, Back.COPY, 3)


def test_a_workload_that_no_node_takes_is_said_to_have_none() -> None:
    assert _fate(workload(1, pod={"nodeSelector": {"node-role": "moon"}}), [group()], ZONES[0]).back is Back.NOWHERE


@pytest.mark.parametrize(
    ("pods", "zones", "left", "fault"),
    [
        (workload(5, spread(), name="vault", namespace="vault"), 3, 3, False),
        (workload(5, name="vault", namespace="vault"), 3, 0, True),
        (workload(5, spread(skew=2), name="vault", namespace="vault"), 3, 2, True),
        # Two zones cannot hold three so that either leaves two: nothing that a constraint could mend.
        (workload(3, spread(), name="vault", namespace="vault"), 2, 1, False),
        (workload(1, name="vault", namespace="vault"), 3, 0, False),
        (workload(3, spread(), name="etcd", namespace="platform-etcd"), 3, 2, False),
        (workload(3, name="platform", kind="Alertmanager", namespace="monitoring"), 3, 0, True),
        (workload(2, name="grafana-main", kind="Deployment", namespace="grafana", zonal=False), 3, 0, True),
        (workload(2, spread(), name="coredns", kind="Deployment", namespace="kube-system", zonal=False), 3, 1, False),
    ],
)
def test_a_quorum_that_spread_pods_would_keep_must_be_kept_by_its_constraints(
    pods: Workload, zones: int, left: int, *, fault: bool
) -> None:
    (quorum,) = quorums([pods], [group(zones=ZONES[:zones])])

    assert quorum.left == left
    assert bool(quorum.fault) is fault
    assert ("spread it over zones with DoNotSchedule" in quorum.fault) is fault


@pytest.mark.parametrize(
    ("ingestors", "copies", "constraint", "left", "needed"),
    [
        (3, 3, [spread()], 2, 2),
        (3, 3, [], 0, 2),
        # One zone holds two of six, and at worst both have a copy of the same.
        (6, 3, [spread()], 1, 2),
        (3, 1, [spread()], 0, 1),
        (6, 3, [], 0, 2),
    ],
)
def test_what_is_received_is_kept_while_more_than_half_of_its_copies_are_left(
    ingestors: int, copies: int, constraint: list[dict[str, object]], left: int, needed: int
) -> None:
    pods = workload(ingestors, *constraint, name="thanos-receive-ingester", namespace="thanos", copies=copies)

    (quorum,) = quorums([pods], [group()])

    assert (quorum.members, quorum.left, quorum.needed) == (copies, left, needed)


def test_every_shard_of_a_prometheus_needs_one_of_its_own() -> None:
    pods = workload(4, spread(), kind="Prometheus", namespace="monitoring", name="app", shards=2)

    (quorum,) = quorums([pods], [group()])

    assert (quorum.members, quorum.needed, quorum.left) == (2, 1, 0)
    assert quorum.fault
