"""The real scheduler places what is known of a stack, and says what finds no node."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.kit import placement
from rehearsal.survival.nodes import NodeGroup, Taint
from rehearsal.survival.scheduling.capacity import allocatable
from rehearsal.survival.scheduling.placed import Placed
from rehearsal.survival.scheduling.placing import place
from rehearsal.survival.scheduling.pods import placeable
from rehearsal.survival.scheduling.simulation import simulated
from rehearsal.survival.summary import Survival
from tests.rehearsal.survival.clusters import LABELS, ZONES, spread
from tools.build import BuildError, path_of

_CLASS = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "gp3"},
    "provisioner": "ebs.csi.aws.com",
    "volumeBindingMode": "WaitForFirstConsumer",
}


def _built() -> bool:
    try:
        path_of("kube-scheduler")
    except BuildError:
        return False
    return True


needs_scheduler = pytest.mark.skipif(
    not _built(), reason="kube-scheduler is not built: python -m tools.build kube-scheduler"
)


def _nodes(name: str = "general", *, least: int = 3, most: int = 3, taints: tuple[Taint, ...] = ()) -> NodeGroup:
    return NodeGroup(
        name=name,
        zones=ZONES,
        least=least,
        most=most,
        instance_types=("m7i.large",),
        disk_gib=100,
        labels={"node-role": name},
        taints=taints,
    )


def _workload(
    replicas: int, *, kind: str = "StatefulSet", name: str = "raft", memory: str = "64Mi", **pod: Any
) -> dict[str, Any]:
    container = {
        "name": "main",
        "image": "registry/secret-free:1",
        "env": [{"name": "PASSWORD", "value": "x"}],
        "resources": {"requests": {"cpu": "10m", "memory": memory}},
        **pod.pop("container", {}),
    }
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "storageClassName": "gp3"}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "store"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": LABELS},
            "template": {"metadata": {"labels": LABELS}, "spec": {"containers": [container], **pod}},
            **(
                {"volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim}]}
                if kind == "StatefulSet"
                else {}
            ),
        },
    }


def test_a_node_keeps_for_itself_what_eks_says() -> None:
    xlarge = allocatable("m7i.xlarge")

    assert xlarge is not None
    # 60 of the first core, 10 of the second, 5 of each of the next two.
    assert xlarge.millicores == 4000 - 60 - 10 - 2 * 5
    assert xlarge.memory_mib == int(16384 * 0.925 - 255 - 110 * 11 - 100)
    assert xlarge.pods == 110
    assert xlarge.resources() == {"cpu": "3920m", "memory": f"{xlarge.memory_mib}Mi", "pods": "110"}


def test_a_large_node_has_more_pods_and_an_unknown_type_none() -> None:
    large = allocatable("m7i.12xlarge")

    assert large is not None
    assert (large.pods, large.millicores) == (250, 48000 - 60 - 10 - 10 - 110)
    assert allocatable("m99.huge") is None


def test_a_pod_keeps_what_places_it_and_nothing_else() -> None:
    first, _ = placeable([_workload(2, nodeSelector={"node-role": "general"})], {})

    spec = first.pod["spec"]
    assert first.pod["metadata"]["name"] == "raft-0"
    assert spec["nodeSelector"] == {"node-role": "general"}
    assert spec["containers"][0].keys() == {"name", "image", "ports", "resources"}
    assert [each["metadata"]["name"] for each in first.claims] == ["data-raft-0"]
    assert spec["volumes"] == [{"name": "claim-0", "persistentVolumeClaim": {"claimName": "data-raft-0"}}]


def test_what_an_operator_makes_has_the_containers_that_it_adds() -> None:
    prometheus = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "Prometheus",
        "metadata": {"name": "app", "namespace": "monitoring"},
        "spec": {
            "replicas": 2,
            "resources": {"requests": {"memory": "1Gi"}},
            "thanos": {"resources": {"requests": {"memory": "128Mi"}}},
            "storage": {"volumeClaimTemplate": {"spec": {"storageClassName": "gp3"}}},
            "topologySpreadConstraints": [spread(additionalLabelSelectors="OnShard")],
        },
    }

    pods = list(placeable([prometheus], {}))

    assert [each.pod["metadata"]["name"] for each in pods] == ["prometheus-app-0", "prometheus-app-1"]
    asked = [each["resources"]["requests"]["memory"] for each in pods[0].pod["spec"]["containers"]]
    assert asked == ["1Gi", "64Mi", "128Mi"]
    assert "additionalLabelSelectors" not in pods[0].pod["spec"]["topologySpreadConstraints"][0]
    assert len(pods[0].claims) == 1


def test_what_finds_no_node_keeps_a_rehearsal_from_passing() -> None:
    found = Survival(
        placed=Placed(nodes={"general": 5}, least={"general": 3}, pods=9, waiting={"Deployment a/b": "no"})
    )

    assert found.objections == ("No node takes every pod of Deployment a/b: no",)
    assert found.placed is not None
    assert found.placed.sentence == (
        "the scheduler was given 9 pods and the 3 nodes there always are, with 2 more of general; without a node for "
        "every pod: 1 of its workloads"
    )
    assert found.to_json()["scheduling"]["nodes"] == {"general": 5}
    assert "scheduling" not in Survival().to_json()


@pytest.mark.parametrize(
    ("waiting", "says"), [({}, "which is enough"), ({"Deployment a/b": "no"}, "its groups take no further one")]
)
def test_the_nodes_there_always_are_suffice_or_not(waiting: dict[str, str], says: str) -> None:
    found = Placed(nodes={"general": 3}, least={"general": 3}, pods=9, waiting=waiting)

    assert says in found.sentence
    assert ("Deployment a/b: no" in "\n".join(found.lines())) is bool(waiting)


def test_a_stack_without_nodes_is_not_simulated(tmp_path: Path) -> None:
    assert simulated(Survival(), [], [], tmp_path / "none") == Survival()


@pytest.mark.tools
@needs_scheduler
def test_the_scheduler_places_grows_and_refuses(tmp_path: Path) -> None:
    spot = Taint("node-role", "spot", "NoSchedule")
    manifests = [
        _CLASS,
        # One to a zone, each with a volume in it; the fourth waits for a node that no group may add.
        _workload(4, topologySpreadConstraints=[spread(minDomains=4)]),
        _workload(3, kind="Deployment", name="spread", topologySpreadConstraints=[spread(labels={"app": "other"})]),
        # The agent of every node takes the port on each.
        _workload(0, kind="DaemonSet", name="agent", container={"ports": [{"containerPort": 9, "hostPort": 9}]}),
        _workload(1, kind="Deployment", name="port", container={"ports": [{"containerPort": 9, "hostPort": 9}]}),
        _workload(1, kind="Deployment", name="moon", nodeSelector={"node-role": "moon"}),
        # More than one node has beside others, so that a spot node is added for the second.
        _workload(
            2,
            kind="Deployment",
            name="big",
            memory="5Gi",
            nodeSelector={"node-role": "spot"},
            tolerations=[{"key": "node-role", "value": "spot"}],
        ),
        _workload(1, kind="Deployment", name="huge", memory="64Gi", nodeSelector={"node-role": "general"}),
    ]

    found = place(manifests, [_nodes(), _nodes("spot", least=1, most=2, taints=(spot,))], tmp_path)

    assert found.nodes == {"general": 3, "spot": 2}
    assert found.pods == 4 + 3 + 1 + 1 + 2 + 1 + 3
    assert found.waiting.keys() == {
        "StatefulSet store/raft",
        "Deployment store/port",
        "Deployment store/moon",
        "Deployment store/huge",
    }
    assert "free ports" in found.waiting["Deployment store/port"]
    assert "node affinity/selector" in found.waiting["Deployment store/moon"]
    assert "Insufficient memory" in found.waiting["Deployment store/huge"]
    assert "topology spread" in found.waiting["StatefulSet store/raft"]
    assert "Deployment store/big" in found.at_least


def _sure(replicas: int, memory: str, *, without: str = "") -> dict[str, Any]:
    constraints = [
        {key: value for key, value in each.items() if key != without} for each in placement.apart_for_sure(LABELS)
    ]
    return _workload(replicas, kind="Deployment", name="dns", memory=memory, topologySpreadConstraints=constraints)


@pytest.mark.tools
@needs_scheduler
@pytest.mark.parametrize(("without", "waiting"), [("", set()), ("nodeTaintsPolicy", {"Deployment store/dns"})])
def test_what_is_apart_for_sure_finds_room_when_a_zone_is_lost(tmp_path: Path, without: str, waiting: set[str]) -> None:
    # Besides NoExecute, which every pod is made to tolerate for some minutes.
    lost = Taint("node.kubernetes.io/unreachable", "", "NoSchedule")
    zones = [replace(_nodes(zone, least=1, most=1), zones=(zone,)) for zone in ZONES]
    groups = [*zones[:2], replace(zones[2], taints=(lost,))]

    assert set(place([_sure(3, "64Mi", without=without)], groups, tmp_path).waiting) == waiting


@pytest.mark.tools
@needs_scheduler
def test_what_is_apart_for_sure_waits_rather_than_be_together(tmp_path: Path) -> None:
    roomy, small = (replace(_nodes(zone, least=1, most=1), zones=(zone,)) for zone in ZONES[:2])

    found = place([_sure(2, "2560Mi")], [roomy, replace(small, instance_types=("c7i.large",))], tmp_path)

    assert set(found.waiting) == {"Deployment store/dns"}
    assert "Insufficient memory" in found.waiting["Deployment store/dns"]
    assert "topology spread" in found.waiting["Deployment store/dns"]
