"""Snapshots are taken on time, by a pod that can only add them, into a bucket where nobody changes them."""

import json
from typing import Any

import pytest

from components.compute.access import AccessSettings
from components.foundation.encryption import EncryptionSettings
from components.kit import flows
from components.kit.flows import Fqdn
from components.kit.replication_alarms import Topics
from components.security.vault import flows as vault_flows
from components.security.vault.flows import SNAPSHOT, VAULT
from components.security.vault.settings import VaultSettings
from components.security.vault.vault import Vault
from tests.components import examples
from tests.components.recording import Recording, build


def _built(**snapshots: Any) -> Recording:
    return build(
        lambda: Vault(
            "vault",
            examples.parsed(VaultSettings, snapshots=snapshots),
            account=examples.account(),
            encryption=EncryptionSettings(),
            access=AccessSettings(deployer=examples.DEPLOYER, admin=examples.ADMIN, grants={}),
            zones=3,
            cluster=examples.cluster(),
            storage_class="gp3",
            issuer="private",
            copies_region=None,
            copies_topics=Topics(),
            retain_data=True,
        )
    )


def _spec(**snapshots: Any) -> dict[str, Any]:
    spec: dict[str, Any] = _built(**snapshots).one("kubernetes:batch/v1:CronJob", "vault-snapshot").inputs["spec"]
    return spec


def _pod() -> dict[str, Any]:
    pod: dict[str, Any] = _spec()["jobTemplate"]["spec"]["template"]["spec"]
    return pod


def _option(name: str) -> str:
    command: list[str] = _pod()["containers"][0]["command"]
    return command[command.index(f"--{name}") + 1]


@pytest.mark.parametrize(("lock", "mode"), [("governance", "GOVERNANCE"), ("compliance", "COMPLIANCE")])
def test_what_is_stored_is_locked_for_as_long_as_it_is_kept(lock: str, mode: str) -> None:
    recording = _built(retention_days=45, lock=lock)
    made = recording.one("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "vault-snapshots")
    (rule,) = recording.one(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "vault-snapshots"
    ).inputs["rules"]

    assert made.inputs["rule"] == {"defaultRetention": {"mode": mode, "days": 45}}
    assert rule["expiration"] == {"days": 45}
    assert recording.one("aws:s3/bucket:Bucket", "vault-snapshots").protect is True


def test_the_job_runs_on_time_once_at_a_time_and_after_all_that_guards_the_bucket() -> None:
    made = _built(schedule="3 */6 * * *").one("kubernetes:batch/v1:CronJob", "vault-snapshot")

    assert (made.inputs["spec"]["schedule"], made.inputs["spec"]["timeZone"]) == ("3 */6 * * *", "Etc/UTC")
    assert made.inputs["spec"]["concurrencyPolicy"] == "Forbid"
    assert {"vault-snapshots", "vault-snapshots-policy", "vault-vault-snapshot"} <= set(made.dependencies)


def test_its_pod_can_add_snapshots_and_neither_read_nor_delete_any() -> None:
    policy = _built().one("aws:iam/rolePolicy:RolePolicy", "vault-vault-snapshot").inputs["policy"]
    add, key = json.loads(policy)["Statement"]

    assert (add["Action"], add["Resource"]) == (["s3:PutObject"], ["<vault-snapshots.arn>/*"])
    assert key["Condition"] == {"StringEquals": {"kms:ViaService": ["s3.eu-central-1.amazonaws.com"]}}


def test_its_pod_shows_vault_a_token_that_is_of_no_use_elsewhere() -> None:
    volumes = {each["name"]: each for each in _pod()["volumes"]}
    (source,) = volumes["token"]["projected"]["sources"]

    assert source["serviceAccountToken"]["audience"] == "vault"
    assert _pod()["automountServiceAccountToken"] is False
    assert (_option("role"), _option("token")) == ("snapshot", "/token/token")


def test_its_pod_sees_the_authority_and_not_the_servers_private_key() -> None:
    volumes = {each["name"]: each for each in _pod()["volumes"]}

    assert volumes["authority"]["secret"]["items"] == [{"key": "ca.crt", "path": "ca.crt"}]
    assert _option("authority") == "/authority/ca.crt"


def test_the_program_it_runs_is_the_one_in_the_repository() -> None:
    data = _built().one("kubernetes:core/v1:ConfigMap", "vault-snapshot").inputs["data"]

    assert _pod()["containers"][0]["command"][:2] == ["python3", "/program/snapshot_job.py"]
    assert "def check(" in data["snapshot_job.py"]


def test_its_pod_passes_the_restricted_level_and_writes_to_its_own_volume_only() -> None:
    pod = _pod()
    (container,) = pod["containers"]

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert [each["name"] for each in container["volumeMounts"] if not each["readOnly"]] == ["scratch"]
    assert container["resources"]["limits"]["memory"]


def test_it_reaches_vault_and_s3_and_policies_know_it_by_its_label() -> None:
    found = [flow for flow in vault_flows.connections(examples.account()) if flow.client == SNAPSHOT]

    assert [flow.port for flow in found if flow.server == VAULT] == [8200]
    assert {flow.server.name for flow in found if isinstance(flow.server, Fqdn)} == {
        "s3.eu-central-1.amazonaws.com",
        "*.s3.eu-central-1.amazonaws.com",
    }
    assert set(flows.dns(SNAPSHOT)) <= set(found)
    assert _spec()["jobTemplate"]["spec"]["template"]["metadata"]["labels"] == SNAPSHOT.labels
