"""Vault grants what the settings say and no more, and the Job that sees to it runs again when they change."""

import json
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.kit.flows import Fqdn
from components.security.namespaces import PLATFORM
from components.security.secrets import stores as secret_stores
from components.security.vault import access as vault_access
from components.security.vault import configuration as vault_configuration
from components.security.vault import wanted as vault_wanted
from components.security.vault.access_settings import VaultAccessSettings
from components.security.vault.configuration import VaultConfiguration
from components.security.vault.policies import Capability, allows
from components.security.vault.settings import AUDIENCE, BOOTSTRAP_ACCOUNT, NAMESPACE, SNAPSHOT_ACCOUNT
from components.security.vault.vault import VaultOutputs
from tests.components import examples
from tests.components.recording import Recording, build
from tests.components.security.vault.bootstrap.stage import CREDENTIALS, ROLES, WHOLE, access

_JOB = "kubernetes:batch/v1:Job"
_CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
# https://kubernetes.io/docs/concepts/configuration/configmap/
_LARGEST = 1024 * 1024


def _vault() -> VaultOutputs:
    made = pulumi.Output.from_input
    return VaultOutputs(
        address=made("https://vault-active.vault.svc:8200"),
        ca_secret=made("vault-tls"),
        init_secret_arn=made("arn:secret/vault-init"),
        unseal_key_arn=made("arn:key/unseal"),
        unseal_replica_arn=made(""),
        snapshot_bucket=made("snapshots"),
        snapshot_replica_bucket=made(""),
        bootstrap_account=made(BOOTSTRAP_ACCOUNT),
        snapshot_account=made(SNAPSHOT_ACCOUNT),
    )


def _built(*, replicas: int = 3, external_secrets: bool = False, **settings: Any) -> Recording:
    def program() -> None:
        layer = VaultConfiguration(
            "vault-configuration",
            access(**settings),
            replicas=replicas,
            external_secrets=external_secrets,
            account=examples.account(),
            vault=_vault(),
        )
        pulumi.export("policies", layer.outputs.policies)
        pulumi.export("roles", layer.outputs.roles)

    return build(program)


def _job(recording: Recording) -> dict[str, Any]:
    return recording.one(_JOB, "vault-configuration-run").inputs


def _pod(recording: Recording) -> dict[str, Any]:
    pod: dict[str, Any] = _job(recording)["spec"]["template"]["spec"]
    return pod


def test_the_job_has_the_very_files_that_are_tested_and_finds_each() -> None:
    recording = _built(**WHOLE)
    files = recording.one(_CONFIG_MAP, "vault-configuration-program").inputs
    pod = _pod(recording)

    assert files["immutable"] is True
    assert vault_configuration.program().items() <= files["data"].items()
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    items = [*volumes["program"]["configMap"]["items"], *volumes["settings"]["configMap"]["items"]]
    assert {item["key"] for item in items} == set(files["data"])
    assert {volumes[each]["configMap"]["name"] for each in ("program", "settings")} == {files["metadata"]["name"]}
    assert sum(len(content) for content in files["data"].values()) < _LARGEST


def test_what_the_job_mounts_lies_where_the_program_looks_for_it() -> None:
    recording = _built()
    data = recording.one(_CONFIG_MAP, "vault-configuration-program").inputs["data"]
    found = json.loads(data["place.json"])
    (container,) = _pod(recording)["containers"]
    mounts = {mount["mountPath"] for mount in container["volumeMounts"]}

    assert {found["ca"].rpartition("/")[0], found["jwt"].rpartition("/")[0], "/settings", "/program"} == mounts
    assert container["command"][1:] == ["-m", "vault_bootstrap", "/settings", "arn:secret/vault-init"]
    assert found["servers"] == [f"https://vault-{number}.vault-internal.vault.svc:8200" for number in range(3)]


def test_the_token_is_for_vault_and_the_servers_private_key_is_not_mounted() -> None:
    volumes = {volume["name"]: volume for volume in _pod(_built())["volumes"]}

    (source,) = volumes["token"]["projected"]["sources"]
    assert source["serviceAccountToken"]["audience"] == AUDIENCE
    assert volumes["authority"]["secret"]["items"] == [{"key": "ca.crt", "path": "ca.crt"}]


def test_another_content_is_another_job_and_the_same_is_the_same() -> None:
    name = _job(_built())["metadata"]["name"]

    assert _job(_built())["metadata"]["name"] == name
    others = {
        _job(_built(roles=ROLES))["metadata"]["name"],
        _job(_built(replicas=5))["metadata"]["name"],
        _job(_built(external_secrets=True))["metadata"]["name"],
    }
    assert len(others | {name}) == 4


def test_a_finished_job_stays_so_that_no_refresh_misses_it() -> None:
    spec = _job(_built())["spec"]

    assert "ttlSecondsAfterFinished" not in spec
    assert _job(_built())["metadata"]["annotations"] == {"pulumi.com/replaceUnready": "true"}


def test_a_run_that_needs_a_person_is_not_repeated_and_one_whose_node_goes_is() -> None:
    rules = _job(_built())["spec"]["podFailurePolicy"]["rules"]

    assert [rule["action"] for rule in rules] == ["FailJob", "Ignore"]
    assert rules[0]["onExitCodes"]["values"] == [3]
    assert _pod(_built())["restartPolicy"] == "Never"


def test_what_is_published_is_what_is_granted() -> None:
    recording = _built(external_secrets=True, roles=ROLES)

    policies, roles = recording.exports["policies"], recording.exports["roles"]
    assert set(roles) == {"bootstrap", "snapshot", "external-secrets", "checkout"}
    assert roles["checkout"] == {"namespace": "shop", "service_accounts": ["checkout"], "policies": ["checkout"]}
    assert policies["checkout"]["secret/data/shop/checkout"] == ["read"]
    assert {name for role in roles.values() for name in role["policies"]} == set(policies)


def test_each_role_gets_what_it_was_given_and_nothing_else() -> None:
    by_name = {role.name: role for role in vault_access.roles(access(**WHOLE), external_secrets=True)}

    def may(name: str, path: str, capability: Capability) -> bool:
        return allows([by_name[name].policy], path, capability)

    read, update, delete = Capability.READ, Capability.UPDATE, Capability.DELETE
    assert may("checkout", "secret/data/shop/checkout/card", read)
    assert may("checkout", "pki/issue/shop", update)
    assert may("checkout", "database/creds/orders", read)
    assert may("editor", "secret/data/shop/checkout", update)
    assert may("editor", "secret/data/shop/checkout", delete)
    assert may("external-secrets", "secret/data/shared/key", read)
    assert may("snapshot", "sys/storage/raft/snapshot", read)
    for name, role in by_name.items():
        assert not allows([role.policy], "secret/destroy/shop/checkout", update), name
        assert not allows([role.policy], "sys/seal", update), name
        if name != "bootstrap":
            assert not may(name, "secret/data/platform/bootstrap", read), name
            assert not may(name, "sys/policies/acl/checkout", update), name
            assert not may(name, "database/config/orders", read), name
    assert not may("checkout", "secret/data/shop/checkout", update)
    assert not may("bootstrap", "secret/data/shop/checkout", read)


def test_every_role_is_bound_to_named_accounts_and_asks_for_vaults_audience() -> None:
    settings = access(**WHOLE)
    granted = vault_access.roles(settings, external_secrets=True)
    for name, role in vault_wanted.wanted(settings, granted, replicas=3)["owned"]["auth/kubernetes/role"].items():
        assert role["audience"] == AUDIENCE, name
        assert "*" not in [*role["bound_service_account_names"], *role["bound_service_account_namespaces"]], name
        assert 0 < role["token_ttl"] <= role["token_max_ttl"] <= 86400, name


def test_the_platforms_own_roles_are_bound_to_accounts_that_exist() -> None:
    by_name = {role.name: role for role in vault_access.roles(access(), external_secrets=True)}

    assert by_name["bootstrap"].service_accounts == (BOOTSTRAP_ACCOUNT,)
    assert by_name["snapshot"].service_accounts == (SNAPSHOT_ACCOUNT,)
    assert {by_name["bootstrap"].namespace, by_name["snapshot"].namespace} == {NAMESPACE}
    store = by_name["external-secrets"]
    assert (store.namespace, store.service_accounts) == (secret_stores.NAMESPACE, (secret_stores.VAULT_ACCOUNT,))
    assert NAMESPACE in {namespace.name for namespace in PLATFORM}


@pytest.mark.parametrize(
    "role",
    [
        {"service_accounts": ["*"]},
        {"service_accounts": []},
        {"secrets": ["/shop"]},
        {"secrets": ["shop/*"]},
        {"secrets": ["shop/"]},
        {"secrets": ["shop/+/a"]},
        {"secrets": ["../sys"]},
        {"namespace": "*"},
        {"access": "sudo"},
    ],
    ids=str,
)
def test_access_that_is_malformed_is_refused(role: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        examples.parsed(VaultAccessSettings, roles={"checkout": {**ROLES["checkout"], **role}})


def test_the_job_reads_the_databases_first_credentials_and_no_other_secret() -> None:
    assert vault_access.first_credentials(access()) == []
    (statement,) = vault_access.first_credentials(access(**WHOLE))
    assert statement.resources == [CREDENTIALS]
    assert statement.actions == ["secretsmanager:GetSecretValue"]


def test_vault_reaches_its_databases_and_the_job_does_not() -> None:
    flows = vault_configuration.connections(access(**WHOLE), examples.account())

    callers = {str(flow.client) for flow in flows if flow.server == Fqdn("orders.example.com")}
    assert callers == {"vault/vault-server"}
    assert {str(flow.client) for flow in flows} == {"vault/vault-bootstrap", "vault/vault-server"}


def test_without_certificates_or_databases_there_is_neither_engine() -> None:
    state = vault_wanted.wanted(access(), vault_access.roles(access(), external_secrets=False), replicas=3)

    assert set(state["mounts"]) == {"secret"}
    assert state["authorities"] == {}
    assert not [path for path in state["documents"] if path.startswith(("pki", "database"))]


def test_a_root_may_live_as_long_as_it_is_to() -> None:
    settings = access(**WHOLE)
    state = vault_wanted.wanted(settings, vault_access.roles(settings, external_secrets=False), replicas=3)

    assert state["authorities"]["pki"]["ttl"] == f"{state['mounts']['pki']['config']['max_lease_ttl']}s"


@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_a_database_is_reached_over_tls_by_placeholders_that_vault_fills_in(kind: str) -> None:
    settings = access(databases={"orders": {**WHOLE["databases"]["orders"], "kind": kind}})
    state = vault_wanted.wanted(settings, vault_access.roles(settings, external_secrets=False), replicas=3)

    url = state["databases"]["orders"]["connection_url"]
    assert "{{username}}:{{password}}@" in url
    assert "sslmode=verify-full" in url or "tls=true" in url
    assert "orders.example.com:5432" in url
