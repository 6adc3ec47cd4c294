"""How secrets reach pods: the settings of the Secrets Store CSI driver and of ExternalSecrets' stores."""

from typing import Annotated

from pydantic import Field

from components.kit.settings import Settings

Namespaces = Annotated[
    list[Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", max_length=63)]],
    Field(min_length=1, examples=[["apps"]]),
]
"""Names of namespaces; there is none without: a store without conditions serves whoever can write an ExternalSecret."""


class VaultStoreSettings(Settings):
    """Vault as a store of ExternalSecrets: `platform:vault` must be on."""

    namespaces: Namespaces
    """The namespaces whose ExternalSecrets may read from it."""


class AwsStoreSettings(Settings):
    """AWS Secrets Manager as a store of ExternalSecrets, read by EKS Pod Identity."""

    namespaces: Namespaces
    """The namespaces whose ExternalSecrets may read from it."""

    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9_+=.@-]+(/[A-Za-z0-9_+=.@-]+)*/$", examples=["shop/"])] | None = (
        None
    )
    """What the names of readable secrets begin with, up to and with a slash; the cluster's own name unless set."""

    key_arns: list[Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[\w-]+$")]] = Field(
        default=[]
    )
    """The customer keys that these secrets are encrypted with. AWS's own `aws/secretsmanager` needs no entry."""


class GcpStoreSettings(Settings):
    """Google Secret Manager as a store of ExternalSecrets, read by Workload Identity Federation: there is no key."""

    namespaces: Namespaces
    """The namespaces whose ExternalSecrets may read from it."""

    project_id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$", examples=["shop-secrets"])]
    """The project that holds the secrets."""

    workload_identity_provider: Annotated[
        str,
        Field(
            pattern=r"^projects/\d+/locations/global/workloadIdentityPools/[a-z0-9-]+/providers/[a-z0-9-]+$",
            examples=["projects/123456789012/locations/global/workloadIdentityPools/eks/providers/platform-prod"],
        ),
    ]
    """The provider in Google's pool that believes this cluster's OIDC issuer."""


class AzureStoreSettings(Settings):
    """Azure Key Vault as a store of ExternalSecrets, read by workload identity federation: there is no key."""

    namespaces: Namespaces
    """The namespaces whose ExternalSecrets may read from it."""

    vault_url: Annotated[
        str, Field(pattern=r"^https://[a-z0-9-]{3,24}\.vault\.azure\.net$", examples=["https://shop.vault.azure.net"])
    ]
    """The vault's address."""

    tenant_id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    """The tenant of Entra ID the vault belongs to."""

    client_id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    """The application or managed identity that believes this cluster's OIDC issuer."""


class StoresSettings(Settings):
    """The stores that ExternalSecrets may read from; with none, the External Secrets Operator is not installed."""

    vault: VaultStoreSettings | None = None
    """Vault."""

    aws: AwsStoreSettings | None = None
    """AWS Secrets Manager."""

    gcp: GcpStoreSettings | None = None
    """Google Secret Manager."""

    azure: AzureStoreSettings | None = None
    """Azure Key Vault."""

    @property
    def any(self) -> bool:
        """Whether there is any."""
        return any((self.vault, self.aws, self.gcp, self.azure))


class SyncSettings(Settings):
    """Copies of mounted secrets as Secrets of Kubernetes, where a class asks for them."""

    reason: Annotated[str, Field(min_length=10, examples=["the operator of the database reads Secrets only"])]
    """Why files will not do: a copy lies in etcd, and whoever may read Secrets in its namespace has it."""


class SecretsSettings(Settings):
    """How secrets reach pods."""

    # The kubelet asks again after a minute or so: https://secrets-store-csi-driver.sigs.k8s.io/topics/secret-auto-rotation
    rotation_minutes: Annotated[int, Field(ge=1, le=1440)] = 2
    """How long a mounted file may be older than Vault's answer, about."""

    sync: SyncSettings | None = None
    """Whether classes may have mounted secrets copied to Secrets of Kubernetes; files only unless set."""

    stores: StoresSettings = StoresSettings()
    """The stores that ExternalSecrets may read from."""

    example: bool = False
    """Whether an app that reads a secret of Vault from a file runs in the cluster, to prove the way."""
