"""A store serves the namespaces that it names, reads what lies below its prefix, and holds no key of anyone."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from components.kit.flows import Entity, Fqdn
from components.security.secrets import external_secrets
from components.security.secrets.external_secrets import ExternalSecrets, values
from components.security.secrets.settings import StoresSettings
from components.security.vault import flows as vault_flows
from tests.components import examples
from tests.components.capacity.stage import refuse_wrong_values
from tests.components.recording import Recording, build

_STORE = "kubernetes:external-secrets.io/v1:ClusterSecretStore"
_NAMESPACES = {"namespaces": ["apps", "shop"]}
_GUID = "5a02a20e-0000-4000-8000-0ad5b634c5d8"
_POOL = "projects/123456789012/locations/global/workloadIdentityPools/eks/providers/platform-test"
EVERY: dict[str, Any] = {
    "vault": _NAMESPACES,
    "aws": _NAMESPACES,
    "gcp": {**_NAMESPACES, "project_id": "shop-secrets", "workload_identity_provider": _POOL},
    "azure": {
        **_NAMESPACES,
        "vault_url": "https://shop.vault.azure.net",
        "tenant_id": _GUID,
        "client_id": _GUID.replace("5", "6"),
    },
}


def _settings(**stores: Any) -> StoresSettings:
    return examples.parsed(StoresSettings, **stores)


def _built(**stores: Any) -> Recording:
    return build(
        lambda: ExternalSecrets(
            "external-secrets",
            _settings(**stores),
            account=examples.account(),
            cluster_name="platform-test",
            cluster=examples.cluster(),
            issuer="private",
        )
    )


def _specs(recording: Recording) -> dict[str, Any]:
    return {made.inputs["metadata"]["name"]: made.inputs["spec"] for made in recording.of(_STORE)}


def test_each_store_that_is_asked_for_is_made_and_no_other() -> None:
    assert set(_specs(_built(**EVERY))) == {"vault", "aws", "gcp", "azure"}
    assert set(_specs(_built(aws=_NAMESPACES))) == {"aws"}


def test_a_store_serves_only_the_namespaces_it_names() -> None:
    for spec in _specs(_built(**EVERY)).values():
        assert spec["conditions"] == [{"namespaces": ["apps", "shop"]}]
    with pytest.raises(ValidationError):
        _settings(aws={"namespaces": []})
    with pytest.raises(ValidationError):
        _settings(aws={})


def test_vault_is_asked_over_tls_by_an_account_of_the_operators_with_a_token_for_vault() -> None:
    vault = _specs(_built(**EVERY))["vault"]["provider"]["vault"]

    assert vault == {
        "server": "https://vault-active.vault.svc:8200",
        "path": "secret",
        "version": "v2",
        "caProvider": {"type": "Secret", "name": "vault-tls", "namespace": "vault", "key": "ca.crt"},
        "auth": {
            "kubernetes": {
                "mountPath": "kubernetes",
                "role": "external-secrets",
                "serviceAccountRef": {
                    "name": "vault-store",
                    "namespace": "external-secrets",
                    "audiences": ["vault"],
                },
            }
        },
    }


@pytest.mark.parametrize(("given", "prefix"), [(None, "platform-test/"), ("shop/", "shop/")])
def test_in_aws_the_operator_reads_what_lies_below_the_prefix_and_nothing_else(given: str | None, prefix: str) -> None:
    recording = _built(aws={**_NAMESPACES, "prefix": given})
    policy = recording.one("aws:iam/rolePolicy:RolePolicy", "external-secrets-external-secrets")
    (statement,) = json.loads(policy.inputs["policy"])["Statement"]

    assert _specs(recording)["aws"]["provider"]["aws"] == {
        "service": "SecretsManager",
        "region": "eu-central-1",
        "prefix": prefix,
    }
    assert statement["Action"] == ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    assert statement["Resource"] == [f"arn:aws:secretsmanager:eu-central-1:111122223333:secret:{prefix}*"]


@pytest.mark.parametrize("prefix", ["", "/", "shop", "/shop/", "shop/*/", "*"])
def test_a_prefix_that_would_be_a_neighbours_too_is_refused(prefix: str) -> None:
    with pytest.raises(ValidationError):
        _settings(aws={**_NAMESPACES, "prefix": prefix})


def test_a_customers_key_decrypts_secrets_of_secrets_manager_only() -> None:
    key = "arn:aws:kms:eu-central-1:111122223333:key/12345678-1234-1234-1234-123456789012"
    policy = _built(aws={**_NAMESPACES, "key_arns": [key]}).one(
        "aws:iam/rolePolicy:RolePolicy", "external-secrets-external-secrets"
    )
    _, decrypt = json.loads(policy.inputs["policy"])["Statement"]

    assert (decrypt["Action"], decrypt["Resource"]) == (["kms:Decrypt"], [key])
    assert decrypt["Condition"] == {"StringEquals": {"kms:ViaService": ["secretsmanager.eu-central-1.amazonaws.com"]}}


def test_without_the_store_in_aws_there_is_no_role_in_aws() -> None:
    assert _built(vault=_NAMESPACES).of("aws:iam/role:Role") == []


def test_the_other_clouds_are_asked_by_federation_and_no_key_is_anywhere() -> None:
    recording = _built(**EVERY)
    specs = _specs(recording)

    assert specs["gcp"]["provider"]["gcpsm"] == {
        "projectID": "shop-secrets",
        "auth": {
            "workloadIdentityFederation": {
                "audience": f"//iam.googleapis.com/{_POOL}",
                "serviceAccountRef": {"name": "gcp-store", "namespace": "external-secrets"},
            }
        },
    }
    assert specs["azure"]["provider"]["azurekv"]["authType"] == "WorkloadIdentity"
    account = recording.one("kubernetes:core/v1:ServiceAccount", "external-secrets-azure-store").inputs
    assert account["metadata"]["annotations"]["azure.workload.identity/client-id"] == EVERY["azure"]["client_id"]
    assert "ecretRef" not in json.dumps(specs)
    assert recording.of("kubernetes:core/v1:Secret") == []


def test_the_operator_can_have_tokens_of_its_stores_accounts_and_of_nobody_else() -> None:
    recording = _built(**EVERY)
    role = recording.one("kubernetes:rbac.authorization.k8s.io/v1:Role", "external-secrets-store-tokens").inputs

    assert values("private")["rbac"]["serviceAccountTokenCreate"] is False
    assert role["rules"] == [
        {
            "apiGroups": [""],
            "resources": ["serviceaccounts/token"],
            "resourceNames": ["vault-store", "gcp-store", "azure-store"],
            "verbs": ["create"],
        }
    ]
    assert role["metadata"]["namespace"] == "external-secrets"
    assert _built(aws=_NAMESPACES).of("kubernetes:rbac.authorization.k8s.io/v1:Role") == []


def test_nobody_makes_a_store_that_asks_as_the_operator_or_writes_secrets_elsewhere() -> None:
    chosen = values("private")

    for kind in ("SecretStore", "ClusterExternalSecret", "PushSecret", "ClusterPushSecret", "ClusterGenerator"):
        assert chosen[f"process{kind}"] is False
        assert chosen["crds"][f"create{kind}"] is False


def test_a_store_comes_after_its_kind_the_webhook_that_admits_it_and_whom_it_asks_as() -> None:
    for made in _built(**EVERY).of(_STORE):
        assert set(made.dependencies) >= {
            "external-secrets-external-secrets",
            "external-secrets-vault-store",
            "external-secrets-store-tokens",
        }


def test_the_operator_has_its_credentials_when_it_starts() -> None:
    recording = _built(aws=_NAMESPACES)
    association = recording.one(
        "aws:eks/podIdentityAssociation:PodIdentityAssociation", "external-secrets-external-secrets"
    )

    assert (association.inputs["namespace"], association.inputs["serviceAccount"]) == ("external-secrets",) * 2
    release = recording.one("kubernetes:helm.sh/v3:Release", "external-secrets-external-secrets")
    assert "external-secrets-external-secrets" in release.dependencies


def test_a_drained_node_takes_neither_the_operator_nor_its_webhook_away() -> None:
    chosen = values("private")

    assert chosen["leaderElect"] is True
    for part in (chosen, chosen["webhook"]):
        assert (part["replicaCount"], part["podDisruptionBudget"]) == (2, {"enabled": True})


def test_the_webhooks_certificate_is_cert_managers_and_no_controller_reads_every_secret_for_it() -> None:
    chosen = values("private")

    assert chosen["certController"] == {"create": False}
    issuer = chosen["webhook"]["certManager"]["cert"]["issuerRef"]
    assert (issuer["kind"], issuer["name"]) == ("ClusterIssuer", "private")


def test_it_reaches_the_stores_it_has_and_no_other() -> None:
    def outside(**stores: Any) -> set[str]:
        flows = external_secrets.connections(_settings(**stores), examples.account())
        return {flow.server.name for flow in flows if isinstance(flow.server, Fqdn)}

    assert outside(vault=_NAMESPACES) == set()
    assert outside(aws=_NAMESPACES) == {"secretsmanager.eu-central-1.amazonaws.com"}
    assert outside(**EVERY) == {
        "secretsmanager.eu-central-1.amazonaws.com",
        "sts.googleapis.com",
        "secretmanager.googleapis.com",
        "login.microsoftonline.com",
        "shop.vault.azure.net",
    }
    to_vault = [
        flow.client
        for flow in external_secrets.connections(_settings(**EVERY), examples.account())
        if flow.server == vault_flows.VAULT
    ]
    assert to_vault == [external_secrets.CONTROLLER]


def test_its_webhook_is_reached() -> None:
    flows = external_secrets.connections(_settings(aws=_NAMESPACES), examples.account())

    assert [(flow.server, flow.port) for flow in flows if flow.client is Entity.KUBE_APISERVER] == [
        (external_secrets.WEBHOOK, 10270)
    ]


def test_the_chart_knows_every_value() -> None:
    refuse_wrong_values("external-secrets", values("private"))
