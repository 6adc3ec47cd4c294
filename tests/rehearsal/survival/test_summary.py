"""What a stack keeps is read from its state, and every environment keeps what it must."""

from typing import Any

import pytest

from rehearsal.survival import pages
from rehearsal.survival.summary import Survival, Verdict, survival
from tests.environments import EVERY
from tests.rehearsal.survival import page
from tests.rehearsal.survival.clusters import ZONES

_SUBNETS = [
    {
        "type": "aws:ec2/subnet:Subnet",
        "urn": f"urn::{zone}",
        "id": f"subnet-{zone}",
        "inputs": {"availabilityZone": zone},
    }
    for zone in ZONES
]
_NODES: dict[str, Any] = {
    "type": "aws:eks/nodeGroup:NodeGroup",
    "urn": "urn::general",
    "inputs": {
        "subnetIds": [f"subnet-{zone}" for zone in ZONES],
        "labels": {"node-role": "general"},
        "scalingConfig": {"minSize": 3, "maxSize": 6, "desiredSize": 3},
    },
}


def _object(
    kind: str, name: str, spec: dict[str, Any], api: str = "apps/v1", namespace: str = "vault"
) -> dict[str, Any]:
    inputs = {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec}
    return {"type": f"kubernetes:{api}:{kind}", "urn": f"urn::{name}", "inputs": inputs}


def _vault(*, hard: bool) -> dict[str, Any]:
    labels = {"app": "vault"}
    constraint = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "DoNotSchedule" if hard else "ScheduleAnyway",
        "labelSelector": {"matchLabels": labels},
    }
    template = {"metadata": {"labels": labels}, "spec": {"topologySpreadConstraints": [constraint]}}
    claims = [{"metadata": {"name": "data"}, "spec": {"storageClassName": "gp3"}}]
    return _object("StatefulSet", "vault", {"replicas": 3, "template": template, "volumeClaimTemplates": claims})


def _budget(**says: Any) -> dict[str, Any]:
    return _object("PodDisruptionBudget", "vault", {"selector": {"matchLabels": {"app": "vault"}}, **says}, "policy/v1")


def test_a_stack_that_declares_no_nodes_is_not_judged() -> None:
    assert survival([_vault(hard=True)]) == Survival()
    assert list(pages.markdown(Survival())) == []
    assert pages.lines(Survival()) == ""


def test_a_state_is_judged_by_its_objects_and_nodes() -> None:
    found = survival([*_SUBNETS, _NODES, _vault(hard=True), _budget(maxUnavailable=1)])

    assert found.objections == ()
    assert [(each.service, each.left, found.verdict(each)) for each in found.quorums] == [
        ("Vault's Raft", 2, Verdict.HOLDS)
    ]
    assert [(loss.kind, loss.name) for loss in found.losses] == [
        *(("zone", zone) for zone in ZONES),
        ("node group", "general"),
        ("region", "eu-central-1"),
    ]
    assert pages.lines(found) == "1 of 1 services go on whatever zone is lost"


def test_what_is_wrong_keeps_a_rehearsal_from_passing() -> None:
    found = survival([*_SUBNETS, _NODES, _vault(hard=False), _budget(minAvailable=3)])

    assert len(found.objections) == 2
    assert "may have 3 of 3 in one zone" in found.objections[0]
    assert "every drain waits for ever" in found.objections[1]
    assert "1 wait for their zone (Vault's Raft)" in pages.lines(found)


def test_what_was_rendered_counts_more_than_what_values_tell() -> None:
    values = {"server": {"ha": {"enabled": True}}}
    inputs = {"chart": "vault", "name": "vault", "namespace": "vault", "values": values}
    release = {"type": "kubernetes:helm.sh/v3:Release", "urn": "urn::release", "inputs": inputs}
    objects = [_vault(hard=True)["inputs"], _budget(maxUnavailable=1)["inputs"]]

    guessed = survival([*_SUBNETS, _NODES, release])
    rendered = survival([*_SUBNETS, _NODES, release], objects, ["vault/vault"])

    assert [each.read_from for each in guessed.workloads] == ["values"]
    assert [each.read_from for each in rendered.workloads] == ["rendered"]
    assert [each.survives_a_zone for each in rendered.quorums] == [True]
    assert rendered.disruptions.unguarded == ()


def test_what_is_about_to_be_deleted_keeps_nobody() -> None:
    old = {**_vault(hard=True), "delete": True}

    assert survival([*_SUBNETS, _NODES, old]).workloads == ()


@pytest.mark.parametrize("stack", EVERY)
def test_every_environment_keeps_what_it_has_pods_enough_to_keep(stack: str) -> None:
    found = page.judged(stack)

    assert found.objections == ()
    assert found.disruptions.unguarded == ()
    assert found.disruptions.unused == ()


def test_every_quorum_of_prod_survives_the_loss_of_any_one_zone() -> None:
    found = page.judged("prod")
    services = {each.service for each in found.quorums}

    assert services >= {
        "Vault's Raft",
        "the platform's etcd",
        "Alertmanager",
        "Prometheus",
        "what Thanos receives",
        "a shard of Thanos' store",
        "Thanos' rulers",
        "Grafana",
        "admission by Kyverno",
        "cert-manager's webhook",
        "cluster DNS",
        "pods' addresses",
        "new nodes",
        "load balancers' targets",
    }
    assert [str(each.workload) for each in found.quorums if not each.survives_a_zone] == []
    assert found.of(Verdict.HOLDS) == found.quorums
    assert [each.multi_az for each in found.databases] == [True]


def test_the_page_shows_prod_as_it_is() -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.draw(), "if the change is meant: make survival, and review"
