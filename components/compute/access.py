"""Who may act in the cluster, by role: each role one principal, and each principal only what its role needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeAlias

import pulumi
import pulumi_aws as aws
from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from components.kit.layer import Layer
from components.kit.settings import Settings

PrincipalArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:iam::\d{12}:(role|user)/[\w+=,.@/-]+$",
        examples=["arn:aws:iam::111122223333:role/platform-admin"],
    ),
]
"""The ARN of an IAM role or user."""


def _not_kubernetes_own(namespace: str) -> str:
    # https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
    if namespace.startswith("kube-"):
        raise ValueError(f"{namespace} is one of Kubernetes' own: whoever edits what runs there rules the cluster")
    return namespace


NamespaceName = Annotated[
    str,
    # An RFC 1123 label: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
    Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", examples=["apps"]),
    AfterValidator(_not_kubernetes_own),
]
"""The name of a namespace that is not Kubernetes' own."""

Role: TypeAlias = Literal["deployer", "admin", "break_glass", "developer", "read_only"]

POLICIES: Final[dict[Role, str]] = {
    "deployer": "AmazonEKSClusterAdminPolicy",
    "admin": "AmazonEKSClusterAdminPolicy",
    "break_glass": "AmazonEKSClusterAdminPolicy",
    "developer": "AmazonEKSEditPolicy",
    # AmazonEKSAdminViewPolicy would show Secrets too.
    "read_only": "AmazonEKSViewPolicy",
}
"""Every role with its EKS access policy, in the order in which they are made.

Source: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
"""


class AccessSettings(Settings):
    """Who may act in the cluster. Nobody else gets in, not even the creator of the cluster."""

    deployer: PrincipalArn
    """The principal that runs this program; it administers the cluster, and makes what is inside it."""

    admin: PrincipalArn
    """The principal people assume when they must act on the cluster by hand; it administers the cluster."""

    break_glass: PrincipalArn | None = None
    """The principal for the day on which neither deployer nor admin can be assumed; it administers the cluster.
    Nobody should be able to assume it without others learning of it."""

    developer: PrincipalArn | None = None
    """The principal that may change workloads, in `developer_namespaces` only."""

    developer_namespaces: Annotated[tuple[NamespaceName, ...], Field(validate_default=True)] = ()
    """The namespaces in which the developer may change workloads. They need not exist yet."""

    read_only: PrincipalArn | None = None
    """The principal that may see workloads in all namespaces, but no Secrets."""

    @property
    def principals(self) -> dict[Role, str]:
        """The principal of every role that is filled."""
        return {role: principal for role in POLICIES if (principal := getattr(self, role))}

    @field_validator("admin", "break_glass", "developer", "read_only")
    @classmethod
    def _one_role_each(cls, principal: str | None, info: ValidationInfo) -> str | None:
        holder = next((role for role in POLICIES if principal and info.data.get(role) == principal), None)
        if holder:
            raise ValueError(
                f"must be another principal than {holder}: one of them may be lost or misused, and the audit log must "
                "tell them apart"
            )
        return principal

    @field_validator("developer_namespaces")
    @classmethod
    def _a_developer_has_a_place(cls, namespaces: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        # Absent where the developer itself is wrong, which is reported already.
        developer = info.data.get("developer", "")
        if developer and not namespaces:
            raise ValueError("must name at least one namespace, for there is a developer")
        if developer is None and namespaces:
            raise ValueError(f"names {len(namespaces)}, but there is no developer to work in them")
        return namespaces


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One principal's way into the cluster.

    Attributes:
        role: Its role.
        principal: The principal's ARN.
        policy: The name of the EKS access policy it gets.
        namespaces: Where the policy holds; empty for the whole cluster.

    """

    role: Role
    principal: str
    policy: str
    namespaces: tuple[str, ...] = ()


def grants(access: AccessSettings) -> Iterator[Grant]:
    """Yield the grant of every role that is filled."""
    for role, principal in access.principals.items():
        namespaces = access.developer_namespaces if role == "developer" else ()
        yield Grant(role=role, principal=principal, policy=POLICIES[role], namespaces=namespaces)


def admit(layer: Layer, grant: Grant, *, cluster_name: pulumi.Input[str], partition: str) -> None:
    """Let one principal into a cluster, as a child of the layer that makes the cluster."""
    name = f"{layer.pulumi_resource_name}-{grant.role.replace('_', '-')}"
    entry = aws.eks.AccessEntry(
        name, cluster_name=cluster_name, principal_arn=grant.principal, type="STANDARD", opts=layer.child()
    )
    aws.eks.AccessPolicyAssociation(
        name,
        cluster_name=cluster_name,
        principal_arn=entry.principal_arn,
        policy_arn=f"arn:{partition}:eks::aws:cluster-access-policy/{grant.policy}",
        access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(
            type="namespace" if grant.namespaces else "cluster", namespaces=list(grant.namespaces) or None
        ),
        opts=layer.child(),
    )
