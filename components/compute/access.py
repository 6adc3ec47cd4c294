"""Who may act in the cluster: administrators by EKS's own policies, everybody else by groups that RBAC binds."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, Literal, Self, TypeAlias

import pulumi
import pulumi_aws as aws
from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

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
    if namespace.startswith("kube-") or namespace == "default":
        raise ValueError(f"{namespace} is one of Kubernetes' own: whoever edits what runs there rules the cluster")
    return namespace


NamespaceName = Annotated[
    str,
    # An RFC 1123 label: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
    Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", examples=["apps"]),
    AfterValidator(_not_kubernetes_own),
]
"""The name of a namespace that is not Kubernetes' own."""

GrantName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}[a-z0-9]$", examples=["payments-developers"])]
"""What a grant is called; part of its access entry's identity."""

Administrator: TypeAlias = Literal["deployer", "admin", "break_glass"]

ADMINISTRATORS: Final[tuple[Administrator, ...]] = ("deployer", "admin", "break_glass")
"""The roles that administer the cluster, in the order in which they are made."""

_ADMINISTERS: Final = "AmazonEKSClusterAdminPolicy"
"""https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html"""


class Role(StrEnum):
    """What a principal may do that is no administrator; components/security/access/roles.py has the rules."""

    POWER_USER = "power_user"
    NAMESPACE_ADMIN = "namespace_admin"
    DEVELOPER = "developer"
    VIEWER = "viewer"
    CI_DEPLOYER = "ci_deployer"

    @property
    def kubernetes_name(self) -> str:
        """The role's word in the names of Kubernetes."""
        return self.replace("_", "-")

    @property
    def sees_the_cluster(self) -> bool:
        """Whether it holds something in all namespaces."""
        return self in {Role.VIEWER, Role.POWER_USER}

    @property
    def has_namespaces(self) -> bool:
        """Whether it holds something in the namespaces of its grant."""
        return self is not Role.VIEWER


class GrantSettings(Settings):
    """One principal's role."""

    role: Role
    """What it may do: `viewer` sees all namespaces, `power_user` sees them and changes workloads in its own;
    `namespace_admin`, `developer` and `ci_deployer` act in their own namespaces only."""

    principal: PrincipalArn
    """The IAM role, or user, that has it. People and pipelines assume it."""

    namespaces: Annotated[tuple[NamespaceName, ...], Field(validate_default=True)] = ()
    """The namespaces in which the role holds; the platform makes them. All roles but `viewer` need at least one."""

    @field_validator("namespaces")
    @classmethod
    def _where_the_role_holds(cls, namespaces: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        # Absent where it is wrong itself, which is reported already.
        role = info.data.get("role")
        if role is not None and role.has_namespaces and not namespaces:
            raise ValueError(f"must name at least one namespace: a {role} without one could do nothing")
        if role is not None and not role.has_namespaces and namespaces:
            raise ValueError(f"names {len(namespaces)}, but a {role} sees every namespace; take them out")
        twice = sorted({name for name in namespaces if namespaces.count(name) > 1})
        if twice:
            raise ValueError(f"names {', '.join(twice)} twice")
        return namespaces


class AccessSettings(Settings):
    """Who may act in the cluster. Nobody else gets in, not even the creator of the cluster."""

    deployer: PrincipalArn
    """The principal that runs this program; it administers the cluster, and makes what is inside it."""

    admin: PrincipalArn
    """The principal people assume when they must act on the cluster by hand; it administers the cluster."""

    break_glass: PrincipalArn | None = None
    """The principal for the day on which neither deployer nor admin can be assumed; it administers the cluster.
    Nobody should be able to assume it without others learning of it."""

    grants: Annotated[dict[GrantName, GrantSettings], Field(default={})]
    """Everybody else, each grant under a name of your own: one principal, its role, and where that holds."""

    @property
    def administrators(self) -> dict[Administrator, str]:
        """The principal of every administrator's role that is filled."""
        return {role: principal for role in ADMINISTRATORS if (principal := getattr(self, role))}

    @property
    def namespaces(self) -> tuple[str, ...]:
        """Every namespace that a grant names, sorted."""
        return tuple(sorted({name for grant in self.grants.values() for name in grant.namespaces}))

    @field_validator("admin", "break_glass")
    @classmethod
    def _one_role_each(cls, principal: str | None, info: ValidationInfo) -> str | None:
        holder = next((role for role in ADMINISTRATORS if principal and info.data.get(role) == principal), None)
        if holder:
            raise ValueError(_twice(holder))
        return principal

    @field_validator("grants")
    @classmethod
    def _no_name_of_an_administrator(cls, grants: dict[str, GrantSettings]) -> dict[str, GrantSettings]:
        taken = sorted({role.replace("_", "-") for role in ADMINISTRATORS} & set(grants))
        if taken:
            raise ValueError(f"has a grant called {taken[0]}, which is an administrator's name; call it otherwise")
        return grants

    @model_validator(mode="after")
    def _one_grant_each(self) -> Self:
        holders: dict[str, str] = {principal: role for role, principal in self.administrators.items()}
        for name, grant in self.grants.items():
            if grant.principal in holders:
                raise ValueError(f"grants.{name}.principal {_twice(holders[grant.principal])}")
            holders[grant.principal] = f"grants.{name}"
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One principal's way into the cluster.

    Attributes:
        name: What it is called here: an administrator's role, or a grant's name.
        principal: The principal's ARN.
        policy: The name of the EKS access policy it gets; empty for whoever has groups.
        groups: The Kubernetes groups it is of; empty for administrators, whose rights no RBAC object can take away.

    """

    name: str
    principal: str
    policy: str = ""
    groups: tuple[str, ...] = ()


def cluster_group(role: Role) -> str:
    """Return the Kubernetes group of those who have a role in the whole cluster."""
    return f"platform:{role.kubernetes_name}"


def namespace_group(role: Role, namespace: str) -> str:
    """Return the Kubernetes group of those who have a role in one namespace."""
    return f"platform:{role.kubernetes_name}:{namespace}"


def entries(access: AccessSettings) -> Iterator[Entry]:
    """Yield the way in of every administrator and every grant."""
    for role, principal in access.administrators.items():
        yield Entry(name=role.replace("_", "-"), principal=principal, policy=_ADMINISTERS)
    for name, grant in access.grants.items():
        wide = (cluster_group(grant.role),) if grant.role.sees_the_cluster else ()
        own = (namespace_group(grant.role, namespace) for namespace in grant.namespaces)
        yield Entry(name=name, principal=grant.principal, groups=(*wide, *own))


def admit(layer: Layer, entry: Entry, *, cluster_name: pulumi.Input[str], partition: str) -> None:
    """Let one principal into a cluster, as a child of the layer that makes the cluster."""
    name = f"{layer.pulumi_resource_name}-{entry.name}"
    admitted = aws.eks.AccessEntry(
        name,
        cluster_name=cluster_name,
        principal_arn=entry.principal,
        type="STANDARD",
        kubernetes_groups=list(entry.groups) or None,
        opts=layer.child(),
    )
    if entry.policy:
        aws.eks.AccessPolicyAssociation(
            name,
            cluster_name=cluster_name,
            principal_arn=admitted.principal_arn,
            policy_arn=f"arn:{partition}:eks::aws:cluster-access-policy/{entry.policy}",
            access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
            opts=layer.child(),
        )


def _twice(holder: str) -> str:
    why = "one of them may be lost or misused, and the audit log must tell them apart"
    return f"must be another principal than {holder}: {why}"
