"""What the cluster makes itself is looked for, and whether it goes by itself is read from the order, not hoped."""

from pathlib import Path
from typing import Any

from operations.destroy.strays import Stray, strays
from tests.operations import stage
from tests.operations.stage import entry

_CLUSTER = entry("cluster", "control-plane", {"name": "platform-prod"})
_CONTROLLER = entry("release", "balancers", {"chart": "aws-load-balancer-controller"}, after=["cluster control-plane"])


def _stray(project: Path, word: str, *entries: dict[str, Any]) -> Stray:
    (found,) = [each for each in strays(stage.rehearsed(project, _CLUSTER, *entries)) if word in each.what]
    return found


def test_a_load_balancer_goes_when_what_asks_for_it_goes_before_its_controller(tmp_path: Path) -> None:
    found = _stray(tmp_path, "Load balancers", _CONTROLLER, entry("gateway", "public", after=["release balancers"]))

    assert found.going.startswith("those of the stack")
    assert "Key=elbv2.k8s.aws/cluster,Values=platform-prod" in found.find


def test_a_load_balancer_that_may_lose_its_controller_first_is_named(tmp_path: Path) -> None:
    late = entry("service", "late", {"spec": {"type": "LoadBalancer"}}, after=["cluster control-plane"])
    inner = entry("service", "inner", {"spec": {"type": "ClusterIP"}}, after=["cluster control-plane"])

    found = _stray(tmp_path, "Load balancers", _CONTROLLER, late, inner)

    assert "not surely those of `late`:" in found.going
    assert "`inner`" not in found.going


def test_a_load_balancer_without_a_controller_goes_by_nobody(tmp_path: Path) -> None:
    found = _stray(tmp_path, "Load balancers", entry("gateway", "public", after=["cluster control-plane"]))

    assert found.going.startswith("nobody takes them away")


def test_without_karpenter_no_machines_are_looked_for(tmp_path: Path) -> None:
    assert not [each for each in strays(stage.rehearsed(tmp_path, _CLUSTER)) if "Karpenter" in each.what]


def test_machines_of_karpenter_are_looked_for_by_their_cluster(tmp_path: Path) -> None:
    karpenter = entry("release", "karpenter", {"chart": "oci://public.ecr.aws/karpenter/karpenter"})

    found = _stray(tmp_path, "Karpenter", karpenter, entry("pool", "general", after=["release karpenter"]))

    assert found.going.startswith("those of the stack")
    assert "Name=tag:eks:eks-cluster-name,Values=platform-prod" in found.find


def _set(name: str, storage: str, policy: str | None) -> dict[str, Any]:
    spec: dict[str, Any] = {"volumeClaimTemplates": [{"spec": {"storageClassName": storage}}]}
    if policy:
        spec["persistentVolumeClaimRetentionPolicy"] = {"whenDeleted": policy}
    return entry("set", name, {"spec": spec})


def test_volumes_that_outlive_what_asked_for_them_are_named(tmp_path: Path) -> None:
    found = _stray(
        tmp_path,
        "Volumes",
        entry("class", "gp3", {"metadata": {"name": "gp3"}, "reclaimPolicy": "Retain"}),
        entry("class", "fast", {"metadata": {"name": "fast"}, "reclaimPolicy": "Delete"}),
        _set("by-class", "gp3", "Delete"),
        _set("by-policy", "fast", "Retain"),
        _set("by-default", "fast", None),
        _set("gone", "fast", "Delete"),
        entry("claim", "own", {"spec": {"storageClassName": "fast"}}),
    )

    assert found.going.startswith("not those of `by-class`, `by-default`, `by-policy`, nor")


def test_volumes_are_found_by_the_tags_that_the_driver_puts_on_them(tmp_path: Path) -> None:
    told = '{"controller": {"extraVolumeTags": {"environment": "prod", "owner": "platform@example.com"}}}'
    driver = entry("addon", "driver", {"addonName": "aws-ebs-csi-driver", "configurationValues": told})

    found = _stray(tmp_path, "Volumes", driver)

    assert "'Name=tag:environment,Values=prod' 'Name=tag:owner,Values=platform@example.com'" in found.find


def _dns(policy: str) -> dict[str, Any]:
    values = {
        "policy": policy,
        "txtOwnerId": "platform-prod",
        "extraArgs": ["--zone-id-filter=Z1", "--zone-id-filter=Z2"],
    }
    return entry("release", "dns", {"chart": "external-dns", "values": values})


def test_records_stay_where_nobody_deletes_them(tmp_path: Path) -> None:
    found = _stray(tmp_path, "DNS records", _dns("upsert-only"), entry("route", "app", after=["release dns"]))

    assert found.going.startswith("none")
    assert "for zone in Z1 Z2;" in found.find


def test_records_whose_route_may_go_last_are_named(tmp_path: Path) -> None:
    found = _stray(tmp_path, "DNS records", _dns("sync"), entry("route", "app", after=["cluster control-plane"]))

    assert "not surely those of `app`" in found.going
    assert "external-dns/owner=platform-prod" in found.find
