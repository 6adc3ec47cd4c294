"""The EKS control plane: private, encrypted, audited, and open to named principals only."""

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Annotated, Final, Literal, Self

import pulumi
import pulumi_aws as aws
from pydantic import AfterValidator, Field, model_validator

from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionOutputs
from components.foundation.network import NetworkOutputs
from components.kit import addresses, iam, versions
from components.kit.layer import Layer
from components.kit.settings import Settings

_LOG_TYPES: Final = ("api", "audit", "authenticator", "controllerManager", "scheduler")

PrincipalArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:iam::\d{12}:(role|user)/[\w+=,.@/-]+$",
        examples=["arn:aws:iam::111122223333:role/platform-admin"],
    ),
]
"""The ARN of an IAM role or user."""


class AccessSettings(Settings):
    """Who may administer the cluster. Nobody else gets in, not even the creator of the cluster."""

    deployer: PrincipalArn
    """The principal that runs this program; it makes what is inside the cluster."""

    admin: PrincipalArn
    """The principal people assume when they must act on the cluster by hand; another one than the deployer's."""

    @model_validator(mode="after")
    def _two_principals(self) -> Self:
        if self.deployer == self.admin:
            raise ValueError("admin must be another principal than deployer: one of them may be lost")
        return self


class ClusterSettings(Settings):
    """The EKS control plane."""

    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9-]{0,62}$", examples=["platform-prod"])]
    """The cluster's name: unique in account and region, and fixed for its life."""

    access: AccessSettings
    """Who may administer the cluster."""

    public_access_cidrs: tuple[IPv4Network, ...] = ()
    """Address blocks from which the API server answers over the internet. Empty: it answers inside the VPC only."""

    # https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
    service_cidr: Annotated[IPv4Network, AfterValidator(addresses.private), addresses.sized(12, 24)] = IPv4Network(
        "172.20.0.0/16"
    )
    """The address block of Kubernetes Services, /12 to /24, in a private range apart from the VPC's blocks."""

    log_retention_days: Literal[30, 60, 90, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] = 90
    """Days the control plane's logs are kept; CloudWatch Logs knows these numbers only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterOutputs:
    """What nodes, add-ons and clients need of the control plane.

    `name` is published by the cluster resource, so whoever uses it comes after the cluster.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    certificate_authority: pulumi.Output[str]
    version: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    oidc_issuer: pulumi.Output[str]


class Cluster(Layer, kind="platform:compute:Cluster"):
    """A control plane with nothing installed in it yet."""

    def __init__(
        self,
        name: str,
        settings: ClusterSettings,
        *,
        account: AccountSettings,
        network: NetworkOutputs,
        keys: EncryptionOutputs,
        retain_data: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        role = aws.iam.Role(
            f"{name}-control-plane", assume_role_policy=iam.service_trust("eks.amazonaws.com"), opts=self.child()
        )
        permission = aws.iam.RolePolicyAttachment(
            f"{name}-control-plane-policy",
            role=role.name,
            policy_arn=f"arn:{account.partition}:iam::aws:policy/AmazonEKSClusterPolicy",
            opts=self.child(),
        )
        # EKS writes to this name and makes the group itself, without key or end, if it is not there first.
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/eks/{settings.name}/cluster",
            retention_in_days=settings.log_retention_days,
            kms_key_id=keys.logs_key_arn,
            opts=self.child(),
        )
        cluster = aws.eks.Cluster(
            f"{name}-control-plane",
            name=settings.name,
            version=versions.pinned().kubernetes,
            role_arn=role.arn,
            # The nodes' network plug-in is this platform's own choice, and so is when it is installed.
            bootstrap_self_managed_addons=False,
            access_config=aws.eks.ClusterAccessConfigArgs(
                authentication_mode="API", bootstrap_cluster_creator_admin_permissions=False
            ),
            vpc_config=aws.eks.ClusterVpcConfigArgs(
                subnet_ids=network.control_plane_subnet_ids,
                endpoint_private_access=True,
                endpoint_public_access=bool(settings.public_access_cidrs),
                public_access_cidrs=[str(block) for block in settings.public_access_cidrs] or None,
            ),
            kubernetes_network_config=aws.eks.ClusterKubernetesNetworkConfigArgs(
                ip_family="ipv4", service_ipv4_cidr=str(settings.service_cidr)
            ),
            encryption_config=aws.eks.ClusterEncryptionConfigArgs(
                provider=aws.eks.ClusterEncryptionConfigProviderArgs(key_arn=keys.secrets_key_arn),
                resources=["secrets"],
            ),
            enabled_cluster_log_types=list(_LOG_TYPES),
            # AWS's default, EXTENDED, keeps an old version running at six times the price.
            upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type="STANDARD"),
            opts=self.child(protect=retain_data, depends_on=[permission, logs]),
        )
        self._administrator(f"{name}-deployer", settings.access.deployer, cluster, account)
        self._administrator(f"{name}-admin", settings.access.admin, cluster, account)
        # The issuer's and the authority's first entries are the only ones EKS ever fills.
        self.outputs = self.publish(
            ClusterOutputs(
                name=cluster.name,
                arn=cluster.arn,
                endpoint=cluster.endpoint,
                certificate_authority=cluster.certificate_authority.data,
                version=cluster.version,
                security_group_id=cluster.vpc_config.cluster_security_group_id,
                oidc_issuer=cluster.identities[0].oidcs[0].issuer,
            )
        )

    def _administrator(self, name: str, principal: str, cluster: aws.eks.Cluster, account: AccountSettings) -> None:
        entry = aws.eks.AccessEntry(
            name, cluster_name=cluster.name, principal_arn=principal, type="STANDARD", opts=self.child()
        )
        aws.eks.AccessPolicyAssociation(
            name,
            cluster_name=cluster.name,
            principal_arn=entry.principal_arn,
            policy_arn=f"arn:{account.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
            access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
            opts=self.child(),
        )
