"""The stores of ExternalSecrets as data: what each provider is told, as whom it is asked, and who may use it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from components.foundation.account import AccountSettings
from components.kit import chart, iam
from components.kit.external_secret import API
from components.security.secrets.settings import AwsStoreSettings, StoresSettings
from components.security.vault.settings import ADDRESS, AUDIENCE, CA_KEY, CA_SECRET
from components.security.vault.settings import NAMESPACE as VAULT_NAMESPACE

CHART: Final = "external-secrets"
NAMESPACE: Final = chart.pinned()[CHART].namespace

VAULT_ACCOUNT: Final = "vault-store"
"""The service account by which Vault knows the operator; its role in Vault is bound to it."""

VAULT_ROLE: Final = "external-secrets"
"""Its role in Vault."""

# Where Vault's Kubernetes authentication is: https://developer.hashicorp.com/vault/docs/auth/kubernetes
_AUTHENTICATION: Final = "kubernetes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A ClusterSecretStore.

    Attributes:
        name: Its name, by which ExternalSecrets refer to it.
        namespaces: Those whose ExternalSecrets may.
        provider: What the operator is told of it.
        account: The service account the operator asks as; empty where it asks as itself.
        annotations: That account's.

    """

    name: str
    namespaces: tuple[str, ...]
    provider: Mapping[str, Any]
    account: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)

    def manifest(self) -> dict[str, Any]:
        """Return the object."""
        return {
            "apiVersion": API,
            "kind": "ClusterSecretStore",
            "metadata": {"name": self.name},
            "spec": {"conditions": [{"namespaces": [*self.namespaces]}], "provider": dict(self.provider)},
        }


def stores(settings: StoresSettings, account: AccountSettings, *, cluster_name: str, kv: str) -> tuple[Store, ...]:
    """Return the stores that a stack asks for.

    Args:
        settings: Which, and for whom.
        account: The AWS account and region.
        cluster_name: Of the cluster; what it reads in AWS begins with it unless a setting says otherwise.
        kv: Where Vault keeps key-value secrets.

    """
    return tuple(_stores(settings, account, cluster_name, kv))


def _stores(settings: StoresSettings, account: AccountSettings, cluster_name: str, kv: str) -> Iterator[Store]:
    if settings.vault:
        yield Store(
            name="vault",
            namespaces=tuple(settings.vault.namespaces),
            provider=_vault(kv),
            account=VAULT_ACCOUNT,
        )
    if settings.aws:
        aws = {
            "service": "SecretsManager",
            "region": account.region,
            # It stands before every name that an ExternalSecret asks for: none can ask for what lies beside.
            "prefix": aws_prefix(settings.aws, cluster_name),
        }
        yield Store(name="aws", namespaces=tuple(settings.aws.namespaces), provider={"aws": aws})
    if settings.gcp:
        federation = {
            "audience": f"//iam.googleapis.com/{settings.gcp.workload_identity_provider}",
            "serviceAccountRef": _reference("gcp-store"),
        }
        gcp = {"projectID": settings.gcp.project_id, "auth": {"workloadIdentityFederation": federation}}
        yield Store(name="gcp", namespaces=tuple(settings.gcp.namespaces), provider={"gcpsm": gcp}, account="gcp-store")
    if settings.azure:
        azure = {
            "authType": "WorkloadIdentity",
            "vaultUrl": settings.azure.vault_url,
            "tenantId": settings.azure.tenant_id,
            "serviceAccountRef": _reference("azure-store"),
        }
        yield Store(
            name="azure",
            namespaces=tuple(settings.azure.namespaces),
            provider={"azurekv": azure},
            account="azure-store",
            # https://external-secrets.io/latest/provider/azure-key-vault/
            annotations={
                "azure.workload.identity/client-id": settings.azure.client_id,
                "azure.workload.identity/tenant-id": settings.azure.tenant_id,
            },
        )


def _vault(kv: str) -> dict[str, Any]:
    trusted = {"type": "Secret", "name": CA_SECRET, "namespace": VAULT_NAMESPACE, "key": CA_KEY}
    reference = {**_reference(VAULT_ACCOUNT), "audiences": [AUDIENCE]}
    login = {"mountPath": _AUTHENTICATION, "role": VAULT_ROLE, "serviceAccountRef": reference}
    return {
        "vault": {
            "server": ADDRESS,
            "path": kv,
            "version": "v2",
            "caProvider": trusted,
            "auth": {"kubernetes": login},
        }
    }


def _reference(account: str) -> dict[str, Any]:
    return {"name": account, "namespace": NAMESPACE}


def aws_prefix(settings: AwsStoreSettings, cluster_name: str) -> str:
    """Return what the names of secrets in AWS begin with, the slash at its end."""
    return settings.prefix or f"{cluster_name}/"


def permissions(settings: AwsStoreSettings, account: AccountSettings, *, cluster_name: str) -> list[iam.Statement]:
    """Let the operator read the secrets below the prefix; it can neither list nor search, nor write any.

    https://external-secrets.io/latest/provider/aws-secrets-manager/
    """
    secret = f"arn:{account.partition}:secretsmanager:{account.region}:{account.id}:secret"
    statements = [
        iam.Statement(
            sid="ReadSecretsBelowThePrefix",
            actions=["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            resources=[f"{secret}:{aws_prefix(settings, cluster_name)}*"],
        )
    ]
    if settings.key_arns:
        statements.append(
            iam.Statement(
                sid="DecryptThemOnly",
                actions=["kms:Decrypt"],
                resources=[*settings.key_arns],
                # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
                conditions={"StringEquals": {"kms:ViaService": [f"secretsmanager.{account.region}.amazonaws.com"]}},
            )
        )
    return statements
