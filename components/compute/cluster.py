"""The EKS control plane: private, encrypted, audited, and open to named principals only."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Annotated, Final, Literal

import pulumi
import pulumi_aws as aws
from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from components.compute import access, kubernetes_versions
from components.compute.access import AccessSettings
from components.compute.kubernetes_versions import Support
from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionOutputs
from components.foundation.network import NetworkOutputs
from components.foundation.network_settings import NetworkSettings
from components.kit import addresses, iam, versions
from components.kit.layer import Layer
from components.kit.settings import LogRetention, Settings

_LOG_TYPES: Final = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_API_PORT: Final = 443


class ClusterSettings(Settings):
    """The EKS control plane."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$", examples=["platform-prod"])]
    """The cluster's name: unique in account and region, and fixed for its life. At most 32 lower-case letters, digits
    and hyphens: Cilium takes no others."""

    access: AccessSettings
    """Who may act in the cluster."""

    version: Annotated[
        str,
        Field(pattern=r"^\d+\.\d+$", json_schema_extra={"enum": list(kubernetes_versions.deployable())}),
        AfterValidator(kubernetes_versions.known),
    ] = versions.pinned().kubernetes
    """The Kubernetes minor: the platform's own, or the one below it in a stack that is to be upgraded later."""

    support: Support = "standard"
    """What happens when the minor's standard support ends: `standard` lets AWS upgrade the cluster, `extended` pays six
    times the price to stay for a year."""

    public_access_cidrs: tuple[IPv4Network, ...] = ()
    """Address blocks from which the API server answers over the internet. Empty: it answers inside the VPC only."""

    access_path: Annotated[Literal["vpn", "bastion", "runner_in_vpc"] | None, Field(validate_default=True)] = None
    """The way on which `pulumi` and `kubectl` reach an API server that answers inside the VPC only. It is not made
    here; naming it is to say that it exists."""

    private_access_cidrs: Annotated[tuple[IPv4Network, ...], Field(max_length=20)] = ()
    """Address blocks that reach the API server inside the VPC, on the `access_path`. Empty: the VPC's own, and with
    `vpn` those behind the transit gateway too."""

    # https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
    service_cidr: Annotated[IPv4Network, AfterValidator(addresses.private), addresses.sized(12, 24)] = IPv4Network(
        "172.20.0.0/16"
    )
    """The address block of Kubernetes Services, /12 to /24, in a private range apart from the VPC's blocks."""

    log_retention_days: LogRetention = 90
    """Days the control plane's logs are kept; CloudWatch Logs knows these numbers only."""

    zonal_shift: bool = True
    """Whether traffic inside the cluster may be shifted away from an impaired zone, by you or by AWS."""

    # https://docs.aws.amazon.com/eks/latest/userguide/eks-provisioned-control-plane-getting-started.html
    scaling_tier: Literal["standard", "tier-xl", "tier-2xl", "tier-4xl", "tier-8xl"] = "standard"
    """The capacity of the control plane: `standard` grows by itself, the others are reserved and paid by the hour."""

    @field_validator("access_path")
    @classmethod
    def _somebody_reaches_it(cls, access_path: str | None, info: ValidationInfo) -> str | None:
        # Absent where the blocks themselves are wrong, which is reported already.
        if access_path is None and info.data.get("public_access_cidrs", True) == ():
            raise ValueError(
                "is missing: with 0 blocks in public_access_cidrs the API server answers inside the VPC only, and a "
                "private endpoint nobody can reach stops the first up; say how it is reached: vpn, bastion or "
                "runner_in_vpc"
            )
        return access_path


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


def private_clients(settings: ClusterSettings, network: NetworkSettings) -> tuple[IPv4Network, ...]:
    """Return the address blocks from which the API server is called inside the VPC, by others than its nodes."""
    if settings.access_path is None or settings.private_access_cidrs:
        return settings.private_access_cidrs
    beyond = network.transit_gateway.cidrs if network.transit_gateway and settings.access_path == "vpn" else ()
    return (network.cidr, *beyond)


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
        clients: Iterable[IPv4Network],
        retain_data: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        role = aws.iam.Role(
            f"{name}-control-plane",
            assume_role_policy=iam.service_trust("eks.amazonaws.com"),
            permissions_boundary=account.permissions_boundary_arn,
            opts=self.child(),
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
            version=settings.version,
            role_arn=role.arn,
            # The nodes' network plug-in is this platform's own choice, and so is when it is installed.
            bootstrap_self_managed_addons=False,
            access_config=aws.eks.ClusterAccessConfigArgs(
                authentication_mode="API", bootstrap_cluster_creator_admin_permissions=False
            ),
            vpc_config=aws.eks.ClusterVpcConfigArgs(
                subnet_ids=list(network.control_plane_subnet_ids.values()),
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
            upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type=settings.support.upper()),
            zonal_shift_config=aws.eks.ClusterZonalShiftConfigArgs(enabled=settings.zonal_shift),
            control_plane_scaling_config=aws.eks.ClusterControlPlaneScalingConfigArgs(tier=settings.scaling_tier),
            # Pulumi's protection holds in this stack only; this one holds against the console and the CLI too.
            deletion_protection=retain_data,
            opts=self.child(protect=retain_data, depends_on=[permission, logs]),
        )
        for block in clients:
            # EKS's own group lets in nodes only: everyone else who is to be answered inside the VPC must be named.
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-api-{str(block).replace('/', '-')}",
                security_group_id=cluster.vpc_config.cluster_security_group_id,
                ip_protocol="tcp",
                from_port=_API_PORT,
                to_port=_API_PORT,
                cidr_ipv4=str(block),
                description="the API server, on the declared access path",
                opts=self.child(),
            )
        for entry in access.entries(settings.access):
            access.admit(self, entry, cluster_name=cluster.name, partition=account.partition)
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
