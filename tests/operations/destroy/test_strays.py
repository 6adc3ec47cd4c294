"""What the cluster makes itself is looked for, and whether it goes by itself is read from the order, not hoped."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

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


_SNAPSHOTS = entry("snapshots", "ebs")


def _driver(**tags: str) -> dict[str, Any]:
    told = json.dumps({"controller": {"extraVolumeTags": tags}})
    return entry("addon", "driver", {"addonName": "aws-ebs-csi-driver", "configurationValues": told})


@pytest.mark.parametrize("what", ["Volumes", "Snapshots"])
def test_what_the_driver_made_is_found_by_the_tags_that_it_puts_on_it(tmp_path: Path, what: str) -> None:
    driver = _driver(environment="prod", owner="platform@example.com")

    found = _stray(tmp_path, what, driver, _SNAPSHOTS)

    assert "'Name=tag:environment,Values=prod' 'Name=tag:owner,Values=platform@example.com'" in found.find


@pytest.mark.parametrize("what", ["Volumes", "Snapshots"])
@pytest.mark.parametrize("tags", [{}, {"managed-by": "aws-ebs-csi-driver"}, {"environment": "prod-dr"}], ids=str)
def test_nothing_is_listed_for_deletion_where_no_tag_tells_stacks_apart(
    tmp_path: Path, what: str, tags: dict[str, str]
) -> None:
    assert _stray(tmp_path, what, _driver(**tags), _SNAPSHOTS).find == ""


def test_every_list_of_what_is_to_be_deleted_names_the_stack(tmp_path: Path) -> None:
    found = strays(
        stage.rehearsed(
            tmp_path,
            _CLUSTER,
            _CONTROLLER,
            _driver(environment="prod"),
            _SNAPSHOTS,
            entry("pool", "general"),
            _dns("sync"),
        )
    )

    assert len(found) == 7
    # By a name that goes on no further, or by the VPC, which was kept before the destroy.
    assert [each.what for each in found if not re.search(r"prod(?=[ ',/])|\$vpc", each.find)] == []


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
    assert "contains(ResourceRecords[0].Value, 'external-dns/owner=platform-prod,')" in found.find


def test_records_of_a_stack_whose_name_begins_alike_are_not_listed(tmp_path: Path) -> None:
    wanted = re.search(r"contains\(ResourceRecords\[0\].Value, '([^']+)'\)", _stray(tmp_path, "DNS", _dns("sync")).find)

    def record(owner: str) -> str:
        return f'"heritage=external-dns,external-dns/owner={owner},external-dns/resource=httproute/apps/shop"'

    assert wanted
    assert wanted[1] in record("platform-prod")
    assert wanted[1] not in record("platform-prod-dr")
