"""The Cluster Autoscaler: of its cluster's minor, reaching its own groups only, and knowing what new nodes carry."""

import json
from typing import Any

import pytest

from components.capacity import cluster_autoscaler
from components.capacity.cluster_autoscaler import ClusterAutoscaler
from components.compute import kubernetes_versions
from components.compute.network_plugin import STARTUP
from components.kit import versions
from tests.components import examples
from tests.components.capacity.stage import RELEASE, refuse_wrong_values
from tests.components.recording import Recording, build


def _built() -> Recording:
    return build(
        lambda: ClusterAutoscaler(
            "cluster-autoscaler",
            cluster_name="platform-test",
            minor="1.36",
            startup_taints=(STARTUP,),
            account=examples.account(),
            cluster=examples.cluster(),
        )
    )


def _values(**changes: Any) -> dict[str, Any]:
    given = {"cluster_name": "platform-test", "region": "eu-central-1", "minor": "1.36", "startup_taints": ()}
    return cluster_autoscaler.values(**{**given, **changes})


def _statements() -> dict[str, dict[str, Any]]:
    policy = _built().one("aws:iam/rolePolicy:RolePolicy", "cluster-autoscaler-controller")
    return {statement["Sid"]: statement for statement in json.loads(policy.inputs["policy"])["Statement"]}


@pytest.mark.parametrize("minor", kubernetes_versions.deployable())
def test_it_is_of_its_clusters_minor(minor: str) -> None:
    assert _values(minor=minor)["image"]["tag"].startswith(f"v{minor}.")


def test_no_image_is_pinned_for_a_minor_that_is_gone() -> None:
    assert set(versions.pinned().images) == set(kubernetes_versions.deployable())


def test_it_changes_the_groups_of_its_own_cluster_only() -> None:
    writing = [
        statement
        for statement in _statements().values()
        if any(not action.split(":")[1].startswith("Describe") for action in statement["Action"])
    ]

    (scaling,) = writing
    assert scaling["Action"] == ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]
    assert scaling["Condition"] == {
        "StringEquals": {"aws:ResourceTag/k8s.io/cluster-autoscaler/platform-test": ["owned"]}
    }
    assert "*" not in scaling["Resource"]


def test_it_reads_what_a_group_without_nodes_would_have() -> None:
    assert _statements()["ReadLabelsAndTaints"]["Resource"] == [
        "arn:aws:eks:eu-central-1:111122223333:nodegroup/platform-test/*/*"
    ]


def test_its_pods_start_when_their_role_is_complete() -> None:
    recording = _built()

    (release,) = recording.of(RELEASE)
    assert "cluster-autoscaler-controller" in release.dependencies
    association = recording.one(
        "aws:eks/podIdentityAssociation:PodIdentityAssociation", "cluster-autoscaler-controller"
    )
    account = release.inputs["values"]["rbac"]["serviceAccount"]["name"]
    assert (release.inputs["namespace"], account) == (
        association.inputs["namespace"],
        association.inputs["serviceAccount"],
    )


def test_a_taint_that_passes_does_not_make_a_new_node_unfit() -> None:
    arguments = _values(startup_taints=(STARTUP,))["extraArgs"]

    # The chart drops what follows the underscore: "--startup-taint=node.cilium.io/agent-not-ready".
    assert arguments["startup-taint_node.cilium.io/agent-not-ready"] == "node.cilium.io/agent-not-ready"
    assert not any(name.startswith("startup-taint") for name in _values()["extraArgs"])


def test_the_groups_of_a_zonal_role_grow_alike() -> None:
    assert _values()["extraArgs"]["balance-similar-node-groups"] == "true"


def test_its_spread_counts_its_own_pods() -> None:
    """The chart labels its pods with the release's name, which is the chart's."""
    (release,) = _built().of(RELEASE)

    for constraint in release.inputs["values"]["topologySpreadConstraints"]:
        assert constraint["labelSelector"]["matchLabels"] == {"app.kubernetes.io/instance": release.inputs["name"]}


def test_the_chart_knows_every_value() -> None:
    refuse_wrong_values("cluster-autoscaler", _values(startup_taints=(STARTUP,)))
