"""Velero saves what each class names, with the rights of one bucket, and brings it back in an order that works."""

import json
from typing import Any

import pytest
import yaml

from components.kit import flows
from components.kit.flows import Fqdn
from components.resilience.backup import flows as backup_flows
from components.resilience.backup import schedules
from components.resilience.backup import values as chart_values
from components.resilience.backup.classes import CANARY
from components.resilience.backup.settings import ACCOUNT, SourceSettings
from tests.components import examples
from tests.components.resilience.backup import built

RELEASE = "kubernetes:helm.sh/v3:Release"


def _values(**settings: Any) -> dict[str, Any]:
    values: dict[str, Any] = built.velero(**settings).one(RELEASE, "velero-velero").inputs["values"]
    return values


def _spec(backup_class: str, **settings: Any) -> dict[str, Any]:
    made = built.velero(**settings).one("kubernetes:velero.io/v1:Schedule", f"velero-platform-{backup_class}")
    spec: dict[str, Any] = made.inputs["spec"]
    return spec


def _statements(**settings: Any) -> dict[str, dict[str, Any]]:
    policy = built.velero(**settings).one("aws:iam/rolePolicy:RolePolicy", "velero-velero").inputs["policy"]
    return {each["Sid"]: each for each in json.loads(policy)["Statement"]}


def test_it_has_no_credentials_and_its_pods_start_after_their_role_is_theirs() -> None:
    recording = built.velero()
    association = recording.one("aws:eks/podIdentityAssociation:PodIdentityAssociation", "velero-velero")

    assert _values()["credentials"] == {"useSecret": False}
    assert (association.inputs["namespace"], association.inputs["serviceAccount"]) == ("velero", ACCOUNT)
    assert "velero-velero" in recording.one(RELEASE, "velero-velero").dependencies


def test_it_manages_objects_of_its_bucket_and_can_neither_erase_versions_nor_call_ec2() -> None:
    statements = _statements()
    actions = {action for each in statements.values() for action in each["Action"]}

    assert actions == {
        "s3:ListBucket",
        "s3:GetObject",
        "s3:PutObject",
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "kms:GenerateDataKey",
        "kms:Decrypt",
    }
    assert _values()["snapshotsEnabled"] is False


def test_backups_go_below_the_clusters_name_under_the_buckets_key() -> None:
    (location,) = _values()["configuration"]["backupStorageLocation"]

    assert location == {
        "name": "default",
        "default": True,
        "provider": "aws",
        "bucket": "backups",
        "prefix": "platform-test",
        "config": {"region": "eu-central-1", "kmsKeyId": "arn:key/backups"},
    }


def test_of_another_clusters_backups_nothing_is_written_but_how_restores_went() -> None:
    _, source = _values(source=built.SOURCE)["configuration"]["backupStorageLocation"]
    statements = _statements(source=built.SOURCE)
    of_the_other = {sid: each for sid, each in statements.items() if "Other" in sid or sid == "NoteRestores"}

    assert (source["name"], source["accessMode"], source["prefix"]) == ("source", "ReadOnly", "platform-other")
    assert {action for each in of_the_other.values() for action in each["Action"]} == {
        "s3:ListBucket",
        "s3:GetObject",
        "s3:PutObject",
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "kms:Decrypt",
        "kms:GenerateDataKey",
    }
    assert of_the_other["NoteRestores"]["Resource"] == ["arn:aws:s3:::backups-1/platform-other/restores/*"]
    assert of_the_other["ReadTheOthers"]["Resource"] == ["arn:aws:s3:::backups-1/platform-other/*"]


def test_the_plug_in_is_of_veleros_version_and_pinned() -> None:
    (plugin,) = _values()["initContainers"]

    assert plugin["image"] == "docker.io/velero/velero-plugin-for-aws:v1.14.2"
    assert plugin["volumeMounts"] == [{"mountPath": "/target", "name": "plugins"}]


def test_volumes_are_snapshots_whose_data_is_moved_by_pods_that_policies_know() -> None:
    values = _values()
    made = built.velero().one("kubernetes:core/v1:ConfigMap", "velero-velero-node-agent")
    (text,) = made.inputs["data"].values()
    told = json.loads(text)

    assert (values["configuration"]["features"], values["deployNodeAgent"]) == ("EnableCSI", True)
    assert f"--node-agent-configmap={made.inputs['metadata']['name']}" in values["nodeAgent"]["extraArgs"]
    assert told["podLabels"] == backup_flows.DATA_MOVER.labels
    assert told["podResources"]["memoryLimit"]
    # Without, what was scaled to nothing when it was saved would come back without its data.
    assert told["restorePVC"] == {"ignoreDelayBinding": True}
    # Velero reads the ConfigMap when the agent starts, and ends without it.
    assert "velero-velero-node-agent" in built.velero().one(RELEASE, "velero-velero").dependencies


def test_agents_start_anew_when_what_they_are_told_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    before = chart_values.agent_config_name()
    monkeypatch.setattr(chart_values, "agent_config", dict)

    assert chart_values.agent_config_name() != before


def test_maintenance_has_a_label_and_a_limit() -> None:
    job = _values()["configuration"]["repositoryMaintenanceJob"]["repositoryConfigData"]["global"]

    assert job["podLabels"] == backup_flows.MAINTENANCE.labels
    assert job["podResources"]["memoryLimit"]


@pytest.mark.parametrize(
    ("backup_class", "namespaces", "schedule", "ttl"),
    [
        ("gold", ["platform-etcd", "vault"], "0 */4 * * *", "840h0m0s"),
        ("silver", ["grafana", "keycloak"], "30 1 * * *", "768h0m0s"),
        ("bronze", ["monitoring", "thanos"], "0 3 * * 0", "2400h0m0s"),
    ],
)
def test_each_class_saves_its_namespaces_and_the_canary(
    backup_class: str, namespaces: list[str], schedule: str, ttl: str
) -> None:
    spec = _spec(backup_class)

    assert spec["schedule"] == schedule
    assert spec["template"]["includedNamespaces"] == [CANARY, *namespaces]
    assert (spec["template"]["ttl"], spec["template"]["snapshotMoveData"]) == (ttl, True)
    assert spec["template"]["metadata"]["labels"] == {"platform/backup": backup_class}


def test_a_namespace_that_is_given_another_class_is_in_that_one_only() -> None:
    changed = {"namespaces": {"monitoring": "silver", "keycloak": "none"}}

    assert _spec("silver", **changed)["template"]["includedNamespaces"] == [CANARY, "grafana", "monitoring"]
    assert _spec("bronze", **changed)["template"]["includedNamespaces"] == [CANARY, "thanos"]


def test_a_class_gives_up_by_its_own_time() -> None:
    assert _spec("gold")["template"]["itemOperationTimeout"] == "2h0m0s"


def test_a_large_volumes_snapshot_is_waited_for_as_long_as_the_slowest_class() -> None:
    slow = {"bronze": {"timeout_hours": 5}}

    assert _values()["configuration"]["dataMoverPrepareTimeout"] == "4h"
    assert _values(classes=slow)["configuration"]["dataMoverPrepareTimeout"] == "5h"


def test_what_is_about_one_pod_on_one_node_is_not_saved() -> None:
    assert {"ciliumendpoints.cilium.io", "events"} <= set(_spec("gold")["template"]["excludedResources"])


def test_a_database_is_told_before_its_snapshot_and_let_go_after_it_whatever_happened() -> None:
    hook = {"namespace": "shop", "app": "postgres", "container": "postgres", "before": ["hold"], "after": ["let-go"]}
    (made,) = _spec("gold", hooks=[hook])["template"]["hooks"]["resources"]

    assert made["includedNamespaces"] == ["shop"]
    assert made["labelSelector"] == {"matchLabels": {"app.kubernetes.io/name": "postgres"}}
    assert (made["pre"][0]["exec"]["command"], made["pre"][0]["exec"]["onError"]) == (["hold"], "Fail")
    assert (made["post"][0]["exec"]["command"], made["post"][0]["exec"]["onError"]) == (["let-go"], "Continue")


def test_a_volume_without_data_or_without_snapshots_holds_no_backup_up() -> None:
    policies = yaml.safe_load(schedules.volume_policies())["volumePolicies"]
    actions = [(next(iter(each["conditions"])), each["action"]["type"]) for each in policies]

    assert actions == [("pvcPhase", "skip"), ("storageClass", "skip"), ("csi", "snapshot")]
    assert _spec("gold")["template"]["resourcePolicy"] == {"kind": "configmap", "name": "backup-volumes"}


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("customresourcedefinitions", "namespaces"),
        ("storageclasses", "persistentvolumes"),
        # Without what was moved, a claim is made empty.
        ("datauploads.velero.io", "persistentvolumes"),
        ("persistentvolumes", "persistentvolumeclaims"),
        ("persistentvolumeclaims", "pods"),
        ("serviceaccounts", "secrets"),
        ("secrets", "pods"),
        ("configmaps", "pods"),
        ("ciliumnetworkpolicies.cilium.io", "pods"),
        ("pods", "replicasets.apps"),
        ("replicasets.apps", "-"),
        ("-", "validatingwebhookconfigurations.admissionregistration.k8s.io"),
    ],
)
def test_what_is_needed_comes_back_before_what_needs_it(first: str, then: str) -> None:
    order = _values()["configuration"]["restoreResourcePriorities"].split(",")

    assert order.index(first) < order.index(then)
    assert len(order) == len({*order})


def test_storage_classes_are_mapped_where_a_stack_says_so() -> None:
    made = built.velero(storage_classes={"gp2": "gp3"}).one(
        "kubernetes:core/v1:ConfigMap", "velero-change-storage-class"
    )

    assert made.inputs["data"] == {"gp2": "gp3"}
    assert made.inputs["metadata"]["labels"] == {
        "velero.io/plugin-config": "",
        "velero.io/change-storage-class": "RestoreItemAction",
    }


def test_images_are_looked_for_where_they_are_now() -> None:
    old, new = "111122223333.dkr.ecr.eu-central-1.amazonaws.com", "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    made = built.velero(images={"mirror.example.com/": "public.ecr.aws/mirror/", old: new}).one(
        "kubernetes:core/v1:ConfigMap", "velero-change-image-name"
    )

    assert made.inputs["data"] == {"rule1": f"{old},{new}", "rule2": "mirror.example.com/,public.ecr.aws/mirror/"}
    assert made.inputs["metadata"]["labels"] == {
        "velero.io/plugin-config": "",
        "velero.io/change-image-name": "RestoreItemAction",
    }


def test_backups_are_not_called_as_another_clusters_that_are_beside_them() -> None:
    def names(**settings: Any) -> set[str]:
        recording = built.velero(**settings)
        of_apps = json.loads(
            recording.one("kubernetes:core/v1:ConfigMap", "velero-backup-enrolment").inputs["data"]["plan.json"]
        )["schedules"]
        return {
            *(each.inputs["metadata"]["name"] for each in recording.of("kubernetes:velero.io/v1:Schedule")),
            *(each["metadata"]["name"] for each in of_apps.values()),
        }

    alone, beside = names(), names(source=built.SOURCE)

    assert "platform-gold" in alone
    assert {f"eu-central-1-{name}" for name in alone} == beside


def test_who_moves_data_reaches_s3_by_both_of_its_names_and_no_other_service() -> None:
    connections = backup_flows.connections(examples.account(), None)
    for client in (backup_flows.SERVER, backup_flows.NODE_AGENT, backup_flows.DATA_MOVER, backup_flows.MAINTENANCE):
        assert {
            each.server.name for each in connections if each.client == client and isinstance(each.server, Fqdn)
        } == {
            "s3.eu-central-1.amazonaws.com",
            "*.s3.eu-central-1.amazonaws.com",
            "s3.dualstack.eu-central-1.amazonaws.com",
            "*.s3.dualstack.eu-central-1.amazonaws.com",
        }
        assert {*flows.pod_identity(client), *flows.kube_api(client)} <= {*connections}


def test_another_region_is_reached_only_to_restore_from_it() -> None:
    source = examples.parsed(SourceSettings, **built.SOURCE)
    names = {str(each.server) for each in backup_flows.connections(examples.account(), source)}

    assert "*.s3.eu-west-1.amazonaws.com" in names
    assert not any("eu-west-1" in str(each.server) for each in backup_flows.connections(examples.account(), None))


def test_who_enrols_namespaces_may_list_them_and_write_schedules_only() -> None:
    recording = built.velero()
    (everywhere,) = recording.of("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole")
    (here,) = recording.of("kubernetes:rbac.authorization.k8s.io/v1:Role")

    assert [(each["resources"], each["verbs"]) for each in everywhere.inputs["rules"]] == [(["namespaces"], ["list"])]
    assert [(each["resources"], sorted(each["verbs"])) for each in here.inputs["rules"]] == [
        (["schedules"], ["create", "delete", "list", "patch"])
    ]
    assert here.inputs["metadata"]["namespace"] == "velero"
