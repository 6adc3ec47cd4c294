"""Who a pod is to AWS: a role that one service account of one cluster may take, and nobody else."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import pulumi
import pulumi_aws as aws

from components.kit import iam
from components.kit.layer import Layer

_POD_IDENTITY: Final = "pods.eks.amazonaws.com"
_TOKEN_AUDIENCE: Final = "sts.amazonaws.com"  # noqa: S105 - who the token is for, not a token


class Account(Protocol):
    """What a role needs to know of its AWS account; `AccountSettings` has it."""

    @property
    def id(self) -> str:
        """The account's 12 digits."""

    @property
    def region(self) -> str:
        """The region of the cluster."""

    @property
    def partition(self) -> str:
        """The partition that begins the account's ARNs."""

    @property
    def permissions_boundary_arn(self) -> str | None:
        """The policy that bounds every role, if the account asks for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    """The identity a pod has inside its cluster.

    Attributes:
        cluster: The cluster's name.
        namespace: Its namespace.
        name: Its name, which the pods' chart or add-on decides.

    """

    cluster: pulumi.Input[str]
    namespace: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """What a role may do.

    Attributes:
        statements: Its own statements; they become its inline policy.
        aws_managed: Names of policies that AWS keeps, ``AmazonEBSCSIDriverPolicyV2``, with their path if any.

    Raises:
        ValueError: there is neither.

    """

    statements: Sequence[iam.Statement] = ()
    aws_managed: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not self.statements and not self.aws_managed:
            raise ValueError("a role without permissions is of no use: give statements, or names of AWS's own policies")


@dataclass(frozen=True, slots=True, kw_only=True)
class PodRole:
    """A role for pods.

    Attributes:
        role: The role.
        complete: What must exist before the pods' first call to AWS: depend on all of it.

    """

    role: aws.iam.Role
    complete: Sequence[pulumi.Resource]

    @property
    def arn(self) -> pulumi.Output[str]:
        """The role's ARN."""
        return self.role.arn


def pod_role(
    layer: Layer, name: str, *, account: Account, service_account: ServiceAccount, permissions: Permissions
) -> PodRole:
    """Make a role and associate a service account with it by EKS Pod Identity.

    Pods started before the association stay without credentials: whatever starts them depends on `PodRole.complete`.
    """
    made = unassociated_role(layer, name, account=account, service_account=service_account, permissions=permissions)
    association = aws.eks.PodIdentityAssociation(
        f"{layer.pulumi_resource_name}-{name}",
        cluster_name=service_account.cluster,
        namespace=service_account.namespace,
        service_account=service_account.name,
        role_arn=made.arn,
        opts=layer.child(depends_on=made.complete),
    )
    return PodRole(role=made.role, complete=[*made.complete, association])


def unassociated_role(
    layer: Layer, name: str, *, account: Account, service_account: ServiceAccount, permissions: Permissions
) -> PodRole:
    """Make a role for EKS Pod Identity where something else, such as an EKS add-on, makes the association."""
    return _role(
        layer,
        name,
        account=account,
        trust=pod_identity_trust(account, service_account),
        description=f"Pods of {service_account.namespace}/{service_account.name}, by EKS Pod Identity",
        permissions=permissions,
    )


def oidc_provider(layer: Layer, issuer: pulumi.Input[str]) -> aws.iam.OpenIdConnectProvider:
    """Let IAM believe the tokens of a cluster's issuer; made once, and only where a role of `irsa_role` needs it.

    Without a thumbprint IAM takes the authority it knows for EKS's issuers.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
    """
    return aws.iam.OpenIdConnectProvider(
        f"{layer.pulumi_resource_name}-issuer", url=issuer, client_id_lists=[_TOKEN_AUDIENCE], opts=layer.child()
    )


def irsa_role(
    layer: Layer,
    name: str,
    *,
    account: Account,
    provider: aws.iam.OpenIdConnectProvider,
    service_account: ServiceAccount,
    permissions: Permissions,
    reason: str,
) -> PodRole:
    """Make a role for IAM roles for service accounts (IRSA): where EKS Pod Identity cannot serve, and only there.

    The service account must carry the annotation ``eks.amazonaws.com/role-arn``.

    Args:
        layer: The layer the role belongs to.
        name: What the role is for; the rest of its logical name.
        account: The role's account.
        provider: The cluster's issuer as IAM knows it.
        service_account: Who may take the role.
        permissions: What it may do.
        reason: Why Pod Identity cannot serve; it becomes the end of the role's description.

    Raises:
        ValueError: there is no reason.

    """
    if not reason.strip():
        raise ValueError(f"role {name}: IRSA needs a reason why EKS Pod Identity cannot serve; else use pod_role")
    return _role(
        layer,
        name,
        account=account,
        trust=pulumi.Output.all(arn=provider.arn, url=provider.url).apply(
            lambda known: _token_trust(service_account, **known)
        ),
        description=f"Pods of {service_account.namespace}/{service_account.name}, by IRSA: {reason}",
        permissions=permissions,
    )


def pod_identity_trust(account: Account, service_account: ServiceAccount) -> pulumi.Output[str]:
    """Return the trust policy for one service account of one cluster.

    EKS names the cluster as the source of its request, and the namespace and the service account as session tags:
    https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html. The cluster's ARN is written from what is known
    before the cluster exists, so that a plan shows the trust as it will be.
    """
    cluster = pulumi.Output.concat(
        f"arn:{account.partition}:eks:{account.region}:{account.id}:cluster/", service_account.cluster
    )
    return iam.document(
        [
            iam.Statement(
                sid="PodIdentity",
                actions=["sts:AssumeRole", "sts:TagSession"],
                principals={"Service": [_POD_IDENTITY]},
                conditions={
                    "StringEquals": {
                        "aws:SourceAccount": [account.id],
                        "aws:RequestTag/kubernetes-namespace": [service_account.namespace],
                        "aws:RequestTag/kubernetes-service-account": [service_account.name],
                    },
                    "ArnEquals": {"aws:SourceArn": [cluster]},
                },
            )
        ]
    )


def _token_trust(service_account: ServiceAccount, *, arn: str, url: str) -> str:
    issuer = url.removeprefix("https://")
    subject = f"system:serviceaccount:{service_account.namespace}:{service_account.name}"
    trust = iam.Statement(
        sid="ServiceAccountToken",
        actions=["sts:AssumeRoleWithWebIdentity"],
        principals={"Federated": [arn]},
        conditions={"StringEquals": {f"{issuer}:sub": [subject], f"{issuer}:aud": [_TOKEN_AUDIENCE]}},
    )
    return json.dumps({"Version": iam.VERSION, "Statement": [trust.render()]})


def _role(
    layer: Layer,
    name: str,
    *,
    account: Account,
    trust: pulumi.Input[str],
    description: str,
    permissions: Permissions,
) -> PodRole:
    prefix = f"{layer.pulumi_resource_name}-{name}"
    role = aws.iam.Role(
        prefix,
        assume_role_policy=trust,
        description=description,
        permissions_boundary=account.permissions_boundary_arn,
        opts=layer.child(),
    )
    granted: list[pulumi.Resource] = [
        aws.iam.RolePolicyAttachment(
            f"{prefix}-{policy.rpartition('/')[2]}",
            role=role.name,
            policy_arn=iam.aws_managed(account.partition, policy),
            opts=layer.child(),
        )
        for policy in permissions.aws_managed
    ]
    if permissions.statements:
        granted.append(
            aws.iam.RolePolicy(prefix, role=role.name, policy=iam.document(permissions.statements), opts=layer.child())
        )
    return PodRole(role=role, complete=[role, *granted])
