"""Kasten saves what each class names to the bucket, with the rights of one bucket, and promises what Velero does."""

import json
from typing import Any

import pulumi
import pytest

from components.kit import flows
from components.kit.flows import Entity, Fqdn
from components.resilience.backup.settings import BackupSettings
from components.resilience.backup.store import BackupStoreOutputs
from components.resilience.kasten import flows as kasten_flows
from components.resilience.kasten.flows import KASTEN, PROMISES
from components.resilience.kasten.kasten import Kasten
from components.resilience.kasten.settings import KastenSettings
from tests.components import examples
from tests.components.recording import Recording, build

RELEASE = "kubernetes:helm.sh/v3:Release"
API = "kubernetes:config.kio.kasten.io/v1alpha1"
_AGREED = {"company": "Example", "email": "platform@example.com", "accept_eula": True, "accept_no_drills": True}


def _built(kasten: dict[str, Any] | None = None, **values: Any) -> Recording:
    return build(
        lambda: Kasten(
            "kasten",
            examples.parsed(BackupSettings, **values),
            examples.parsed(KastenSettings, **{**_AGREED, **(kasten or {})}),
            account=examples.account(),
            cluster=examples.cluster(),
            store=BackupStoreOutputs(
                bucket_name=pulumi.Output.from_input("backups"),
                bucket_arn=pulumi.Output.from_input("arn:aws:s3:::backups"),
                key_arn=pulumi.Output.from_input("arn:key/backups"),
                replica_bucket_name=pulumi.Output.from_input(""),
                replica_key_arn=pulumi.Output.from_input(""),
            ),
        )
    )


def _values(kasten: dict[str, Any] | None = None, **values: Any) -> dict[str, Any]:
    found: dict[str, Any] = _built(kasten, **values).one(RELEASE, "kasten-k10").inputs["values"]
    return found


def _spec(policy: str, **values: Any) -> dict[str, Any]:
    spec: dict[str, Any] = _built(**values).one(f"{API}:Policy", f"kasten-{policy}").inputs["spec"]
    return spec


def test_the_agreement_is_accepted_in_the_name_of_the_company_that_did() -> None:
    assert _values()["eula"] == {"accept": True, "company": "Example", "email": "platform@example.com"}
    assert _values({"accept_eula": False})["eula"]["accept"] is False


def test_a_licence_is_a_secret_beside_the_release_and_never_among_its_values() -> None:
    assert _values()["metering"] == {"mode": "airgap", "skipFreeLicenses": False}
    assert _values({"own_license": True})["metering"]["skipFreeLicenses"] is True
    assert "license" not in _values({"own_license": True})


def test_its_pods_take_one_role_by_a_token_for_kasten_knows_no_other_way() -> None:
    recording = _built()
    account = recording.one("kubernetes:core/v1:ServiceAccount", "kasten-k10-k10").inputs["metadata"]
    role = recording.one("aws:iam/role:Role", "kasten-k10").inputs

    assert account["annotations"]["eks.amazonaws.com/role-arn"] == "<kasten-k10.arn>"
    assert account["annotations"]["platform/why-web-identity"]
    assert (account["name"], account["namespace"]) == ("k10-k10", "kasten-io")
    assert _values()["serviceAccount"] == {"create": False, "name": "k10-k10"}
    assert "web identity token" in role["description"]
    assert "system:serviceaccount:kasten-io:k10-k10" in role["assumeRolePolicy"]
    assert {"kasten-k10-k10", "kasten-k10"} <= set(recording.one(RELEASE, "kasten-k10").dependencies)


def test_it_manages_objects_of_its_bucket_and_can_neither_erase_versions_nor_call_ec2() -> None:
    policy = _built().one("aws:iam/rolePolicy:RolePolicy", "kasten-k10").inputs["policy"]
    statements = json.loads(policy)["Statement"]

    assert {action for each in statements for action in each["Action"]} == {
        "s3:ListBucket",
        "s3:GetBucketLocation",
        "s3:GetObject",
        "s3:PutObject",
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "kms:GenerateDataKey",
        "kms:Decrypt",
    }


def test_the_bucket_is_used_by_the_role_that_the_pods_have_and_no_key_is_anywhere() -> None:
    recording = _built()
    secret = recording.one("kubernetes:core/v1:Secret", "kasten-backups-role").inputs
    location = recording.one(f"{API}:Profile", "kasten-location").inputs

    assert secret["type"] == "secrets.kanister.io/aws"
    # The SDK takes all of a Secret's data for secret.
    assert secret["stringData"]["value"] == {"role": "<kasten-k10.arn>"}
    assert location["spec"]["locationSpec"]["objectStore"] == {
        "objectStoreType": "S3",
        "name": "backups",
        "region": "eu-central-1",
    }
    assert location["spec"]["locationSpec"]["credential"]["secret"]["name"] == secret["metadata"]["name"]


@pytest.mark.parametrize(
    ("backup_class", "namespaces", "frequency", "kept"),
    [
        ("gold", ["platform-etcd", "vault"], "@daily", {"daily": 210}),
        ("silver", ["grafana", "keycloak"], "@daily", {"daily": 32}),
        ("bronze", ["monitoring", "thanos"], "@weekly", {"weekly": 15}),
    ],
)
def test_each_class_saves_its_namespaces_to_the_bucket(
    backup_class: str, namespaces: list[str], frequency: str, kept: dict[str, int]
) -> None:
    spec = _spec(f"platform-{backup_class}")
    snapshot, export = spec["actions"]
    (chosen,) = spec["selector"]["matchExpressions"]

    assert (spec["frequency"], chosen["key"], chosen["values"]) == (frequency, "k10.kasten.io/appNamespace", namespaces)
    assert (snapshot, export["action"], export["retention"]) == ({"action": "backup"}, "export", kept)
    assert export["exportParameters"] == {
        "profile": {"name": "backups", "namespace": "kasten-io"},
        "exportData": {"enabled": True},
    }
    # What is in the bucket need not be in snapshots, too, but for the last day or week.
    assert sum(spec["retention"].values()) <= 6


def test_snapshots_stay_as_long_as_the_class_where_data_is_not_moved() -> None:
    spec = _spec("platform-gold", classes={"gold": {"move_data": False}})

    assert spec["actions"][1]["exportParameters"]["exportData"] == {"enabled": False}
    assert spec["retention"] == spec["actions"][1]["retention"] == {"daily": 210}


def test_a_namespace_chooses_its_class_by_its_label_which_the_api_server_judges() -> None:
    recording = _built()
    rules = recording.of("kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy")

    assert _spec("apps-silver")["selector"] == {"matchLabels": {"platform/backup": "silver"}}
    assert [each.inputs["metadata"]["name"] for each in rules] == ["platform-backup-class"]


def test_a_class_that_no_namespace_of_the_platform_has_is_none_that_selects_all() -> None:
    recording = _built(namespaces={"vault": "silver", "platform-etcd": "silver"})
    names = {each.name for each in recording.of(f"{API}:Policy")}

    assert "kasten-platform-gold" not in names
    assert {"kasten-apps-gold", "kasten-platform-silver"} <= names


def test_what_kasten_knows_of_backups_is_in_the_bucket_too() -> None:
    spec = _spec("k10-disaster-recovery-policy")

    assert spec["selector"]["matchExpressions"][0]["values"] == ["kasten-io"]
    assert spec["kdrSnapshotConfiguration"] == {"takeLocalCatalogSnapshot": True, "exportCatalogSnapshot": True}
    assert [each["action"] for each in spec["actions"]] == ["backup", "export"]
    assert spec["actions"][1]["exportParameters"]["exportData"] == {"enabled": True}


def test_a_backup_that_takes_too_long_is_given_up_by_the_time_of_the_shortest_class() -> None:
    assert _values()["timeout"] == {"jobWait": "2h"}
    assert _values(classes={"gold": {"timeout_hours": 1}})["timeout"] == {"jobWait": "1h"}


def test_storage_classes_are_mapped_where_a_stack_says_so() -> None:
    made = _built(storage_classes={"gp2": "gp3", "io1": "io2"}).one(f"{API}:TransformSet", "kasten-storage-classes")
    operations = [each["json"] for each in made.inputs["spec"]["transforms"]]

    assert [(test["value"], put["value"]) for test, put in operations] == [("gp2", "gp3"), ("io1", "io2")]
    assert {each["path"] for pair in operations for each in pair} == {"/spec/storageClassName"}
    assert _built().of(f"{API}:TransformSet") == []


def test_policies_wait_for_what_makes_their_kinds_and_for_the_bucket() -> None:
    recording = _built()

    for policy in recording.of(f"{API}:Policy"):
        assert {"kasten-k10", "kasten-location"} <= set(policy.dependencies)


def test_prometheus_is_told_what_each_class_promises_and_no_time_of_a_restore() -> None:
    config = _built().one("kubernetes:core/v1:ConfigMap", "kasten-backup-promises").inputs["data"]
    promised = json.loads(config["promises.json"])

    assert promised["gold"] == {"rpo_seconds": 21600, "worst_loss_seconds": 21600}
    assert set(promised) == {"gold", "silver", "bronze"}


def test_kasten_has_no_prometheus_and_opens_no_network_of_its_own() -> None:
    values = _values()

    assert values["prometheus"] == {"server": {"enabled": False}}
    assert values["networkPolicy"] == {"create": False}
    # By this label policies and monitors know all pods, those that Kasten makes among them.
    assert values["global"]["resourceLabels"] == KASTEN.labels


def test_kasten_reaches_s3_and_sts_in_its_region_and_nothing_else_outside() -> None:
    connections = kasten_flows.connections(examples.account())

    assert {each.server.name for each in connections if isinstance(each.server, Fqdn)} == {
        "s3.eu-central-1.amazonaws.com",
        "*.s3.eu-central-1.amazonaws.com",
        "sts.eu-central-1.amazonaws.com",
    }
    assert {each.server for each in connections if each.client == KASTEN and isinstance(each.server, Entity)} == {
        Entity.KUBE_APISERVER
    }
    assert not any(each.client == PROMISES for each in connections)
    assert {*flows.scrape(KASTEN, 8000), *flows.webhook(KASTEN, 10250)} <= {*connections}
