"""Vault outlives a zone, opens its own seal, lets nobody end its keys, and keeps every secret out of the state."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from components.compute.access import AccessSettings
from components.foundation.encryption import EncryptionSettings
from components.kit.flows import Entity, Fqdn, Workload
from components.kit.replication_alarms import Topics
from components.security.vault import flows as vault_flows
from components.security.vault import server as vault_server
from components.security.vault.flows import VAULT
from components.security.vault.settings import SERVER_ADDRESS, VaultSettings, survives_a_zone
from components.security.vault.vault import Vault, values
from tests.components import examples
from tests.components.recording import Recording, build
from tests.environments import EVERY, settings_of

_BREAK_GLASS = "arn:aws:iam::111122223333:role/break-glass"


def _built(*, retain_data: bool = True, copies_region: str | None = None, **settings: Any) -> Recording:
    return build(
        lambda: Vault(
            "vault",
            examples.parsed(VaultSettings, **settings),
            account=examples.account(),
            encryption=EncryptionSettings(deletion_window_days=14),
            access=AccessSettings(
                deployer=examples.DEPLOYER, admin=examples.ADMIN, break_glass=_BREAK_GLASS, grants={}
            ),
            zones=3,
            cluster=examples.cluster(),
            storage_class="gp3",
            issuer="private",
            copies_region=copies_region,
            copies_topics=Topics(),
            retain_data=retain_data,
        )
    )


def _values(*, zones: int = 3, retain_data: bool = True, **settings: Any) -> dict[str, Any]:
    return values(
        examples.parsed(VaultSettings, **settings),
        region="eu-central-1",
        zones=zones,
        unseal_key="arn:key/unseal",
        storage_class="gp3",
        retain_data=retain_data,
    )


def _statements(text: str) -> dict[str, dict[str, Any]]:
    return {each["Sid"]: each for each in json.loads(text)["Statement"]}


def _worst_split(replicas: int, zones: int) -> int:
    """Put servers one by one where the fewest are, as the spread asks for, and lose the zone with most of them."""
    placed = [0] * zones
    for _ in range(replicas):
        placed[placed.index(min(placed))] += 1
    return replicas - max(placed)


@pytest.mark.parametrize("zones", range(1, 7))
@pytest.mark.parametrize("replicas", [3, 5])
def test_a_quorum_is_told_from_none_by_losing_each_zone(replicas: int, zones: int) -> None:
    assert survives_a_zone(replicas, zones) == (2 * _worst_split(replicas, zones) > replicas)


@pytest.mark.parametrize("stack", EVERY)
def test_the_loss_of_any_one_zone_leaves_a_quorum(stack: str) -> None:
    settings = settings_of(stack)

    assert survives_a_zone(settings.vault.replicas, len(settings.network.zones))


@pytest.mark.parametrize(("replicas", "zones", "spread"), [(3, 3, 3), (5, 3, 3), (3, 4, 3), (5, 6, 5)])
def test_a_server_waits_for_a_zone_rather_than_be_bound_to_one_that_has_another(
    replicas: int, zones: int, spread: int
) -> None:
    server = _values(zones=zones, replicas=replicas)["server"]
    (constraint,) = server["topologySpreadConstraints"]

    assert (constraint["topologyKey"], constraint["maxSkew"]) == ("topology.kubernetes.io/zone", 1)
    assert (constraint["whenUnsatisfiable"], constraint["minDomains"]) == ("DoNotSchedule", spread)
    assert constraint["labelSelector"]["matchLabels"] == VAULT.labels
    assert server["ha"]["replicas"] == replicas


def test_servers_of_one_zone_share_a_node_only_if_they_must() -> None:
    rules = json.loads(_values(replicas=5)["server"]["affinity"])["podAntiAffinity"]

    assert list(rules) == ["preferredDuringSchedulingIgnoredDuringExecution"]


def test_a_drain_takes_one_server_at_a_time_and_waits_for_those_that_are_sealed() -> None:
    server = _values(replicas=5)["server"]

    assert server["ha"]["disruptionBudget"] == {"maxUnavailable": 1}
    # 503 of a sealed server and 501 of one that is not initialised keep it from being ready.
    assert server["readinessProbe"] == {"path": "/v1/sys/health?standbyok=true"}


def test_every_server_joins_every_other_by_a_name_its_certificate_has() -> None:
    text = vault_server.configuration(5)
    names = vault_server.certificate("private")["dnsNames"]

    for number in range(5):
        host = SERVER_ADDRESS.format(number).removeprefix("https://").removesuffix(":8200")
        assert f'leader_api_addr       = "https://{host}:8200"' in text
        assert f'leader_tls_servername = "{host}"' in text
        assert f"*.{host.partition('.')[2]}" in names
    assert text.count("leader_ca_cert_file") == 5
    assert "tls_disable" not in text


def test_the_certificate_has_the_names_that_callers_use_and_the_loopback_for_people() -> None:
    spec = vault_server.certificate("private")

    assert {"vault-active.vault.svc", "vault-standby.vault.svc", "vault.vault.svc", "*.vault-internal"} <= set(
        spec["dnsNames"]
    )
    assert spec["ipAddresses"] == ["127.0.0.1"]
    assert spec["issuerRef"]["name"] == "private"


def test_only_the_port_of_prometheus_tells_metrics_without_a_token() -> None:
    api, metrics = vault_server.configuration(3).split('listener "tcp"')[1:3]

    assert '"[::]:8200"' in api
    assert "unauthenticated_metrics_access = false" in api
    assert '"[::]:8203"' in metrics
    assert "unauthenticated_metrics_access = true" in metrics
    callers = {flow.client for flow in vault_flows.connections(examples.account()) if flow.port == 8203}
    assert [str(each) for each in callers] == ["monitoring/prometheus"]


def test_memory_is_not_locked_because_restricted_pods_may_not() -> None:
    assert "disable_mlock = true" in vault_server.configuration(3)


def test_every_container_passes_the_restricted_level() -> None:
    server = _values()["server"]
    pod = server["statefulSet"]["securityContext"]

    assert (pod["pod"]["runAsNonRoot"], pod["pod"]["seccompProfile"]) == (True, {"type": "RuntimeDefault"})
    for container in (pod["container"], server["extraContainers"][0]["securityContext"]):
        assert container["allowPrivilegeEscalation"] is False
        assert container["capabilities"] == {"drop": ["ALL"]}
        assert container["readOnlyRootFilesystem"] is True


def test_no_caller_gets_a_server_that_cannot_answer() -> None:
    assert _values()["server"]["service"] == {"publishNotReadyAddresses": False}


@pytest.mark.parametrize(("retain", "kept"), [(True, "Retain"), (False, "Delete")])
def test_volumes_outlive_the_release_as_data_is_retained(retain: bool, kept: str) -> None:  # noqa: FBT001 - the row's value
    policy = _values(retain_data=retain)["server"]["persistentVolumeClaimRetentionPolicy"]

    assert policy == {"whenDeleted": kept, "whenScaled": "Retain"}


def test_the_audit_log_and_the_one_put_aside_fit_on_their_volume() -> None:
    server = _values(audit_gib=3)["server"]

    assert server["auditStorage"]["size"] == "3Gi"
    assert server["extraContainers"][0]["command"][-1] == "1024"


def test_the_release_does_not_wait_for_servers_that_are_ready_only_after_it() -> None:
    release = _built().one("kubernetes:helm.sh/v3:Release", "vault-vault")

    assert release.inputs["skipAwait"] is True
    assert {"vault-certificate", "vault-vault"} <= set(release.dependencies)


def test_a_server_opens_its_seal_and_may_do_nothing_else() -> None:
    recording = _built()
    policy = recording.one("aws:iam/rolePolicy:RolePolicy", "vault-vault").inputs["policy"]
    (statement,) = _statements(policy).values()

    assert statement["Action"] == ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"]
    assert statement["Resource"] == ["<vault-unseal.arn>"]
    server = recording.one("kubernetes:helm.sh/v3:Release", "vault-vault").inputs["values"]["server"]
    assert server["extraEnvironmentVars"]["VAULT_AWSKMS_SEAL_KEY_ID"] == "<vault-unseal.arn>"


@pytest.mark.parametrize("key", ["vault-unseal", "vault-safe"])
@pytest.mark.parametrize("retain", [True, False])
def test_nobody_ends_a_key_as_long_as_data_is_retained_and_a_destroy_may_afterwards(key: str, retain: bool) -> None:  # noqa: FBT001 - the row's value
    made = _built(retain_data=retain).one("aws:kms/key:Key", key)
    statements = _statements(made.inputs["policy"])

    assert made.protect is retain
    assert made.inputs["deletionWindowInDays"] == 14
    assert ("NobodyEndsIt" in statements) is retain
    if retain:
        refusal = statements["NobodyEndsIt"]
        assert (refusal["Effect"], refusal["Principal"]) == ("Deny", {"AWS": ["*"]})
        assert refusal["Action"] == ["kms:ScheduleKeyDeletion", "kms:DisableKey"]
        # Or nobody could ever take the refusal away.
        assert "kms:PutKeyPolicy" not in refusal["Action"]


def test_the_seals_key_can_have_a_replica_in_another_region() -> None:
    assert _built().one("aws:kms/key:Key", "vault-unseal").inputs["multiRegion"] is True


def test_no_root_token_and_no_recovery_key_is_in_the_state() -> None:
    recording = _built()
    secret = recording.one("aws:secretsmanager/secret:Secret", "vault-init")

    assert recording.of("aws:secretsmanager/secretVersion:SecretVersion") == []
    assert recording.of("kubernetes:core/v1:Secret") == []
    assert secret.inputs["kmsKeyId"] == "<vault-safe.arn>"
    assert secret.protect is True


@pytest.mark.parametrize("retain", [True, False])
def test_a_deleted_secret_can_be_brought_back_as_long_as_its_key_whatever_is_retained(*, retain: bool) -> None:
    recording = _built(retain_data=retain)
    secret = recording.one("aws:secretsmanager/secret:Secret", "vault-init")

    assert secret.inputs["recoveryWindowInDays"] == 14
    assert recording.one("aws:kms/key:Key", "vault-safe").inputs["deletionWindowInDays"] == 14


def test_the_keys_are_seen_by_the_bootstrap_and_by_administrators_only() -> None:
    made = _built().one("aws:secretsmanager/secretPolicy:SecretPolicy", "vault-init")
    (statement,) = _statements(made.inputs["policy"]).values()

    assert statement["Effect"] == "Deny"
    assert {"secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"} == set(statement["Action"])
    assert statement["Condition"]["ArnNotEquals"]["aws:PrincipalArn"] == [
        examples.ADMIN,
        _BREAK_GLASS,
        "<vault-vault-bootstrap.arn>",
    ]
    assert made.inputs["blockPublicPolicy"] is True


def test_it_talks_to_kms_to_the_api_server_and_to_itself() -> None:
    flows = [flow for flow in vault_flows.connections(examples.account()) if flow.client == VAULT]

    assert {flow.server.name for flow in flows if isinstance(flow.server, Fqdn)} == {"kms.eu-central-1.amazonaws.com"}
    assert {flow.port for flow in flows if flow.server == VAULT} == {8200, 8201}
    assert {flow.server for flow in flows if isinstance(flow.server, Entity)} == {Entity.KUBE_APISERVER, Entity.HOST}


def test_whoever_calls_vault_says_why() -> None:
    client = Workload(namespace="apps", name="shop", labels={"app": "shop"})
    (flow,) = vault_flows.calls(client, "reads its secrets")

    assert (flow.server, flow.port, flow.why) == (VAULT, 8200, "reads its secrets")


@pytest.mark.parametrize(
    "settings",
    [
        {"replicas": 4},
        {"replicas": 1},
        {"data_gib": 0},
        {"snapshots": {"schedule": "hourly"}},
        {"snapshots": {"lock": "none"}},
    ],
    ids=str,
)
def test_what_vault_cannot_be_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        examples.parsed(VaultSettings, **settings)
