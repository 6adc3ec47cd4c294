"""What service accounts may do in a namespace: a role and its binding, of one name."""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from components.kit.layer import Layer

_API_GROUP = "rbac.authorization.k8s.io"


def in_namespace(
    layer: Layer,
    role: str,
    *,
    name: str,
    namespace: str,
    rules: Sequence[kubernetes.rbac.v1.PolicyRuleArgs],
    accounts: Sequence[tuple[str, str]],
) -> list[pulumi.Resource]:
    """Let service accounts do something in one namespace; return what whoever needs it must wait for.

    Args:
        layer: The layer it belongs to.
        role: What it is for, the end of its logical names.
        name: Of both objects.
        namespace: Where they are, and where it may be done.
        rules: What may be done.
        accounts: Who may, each by namespace and name.

    """
    logical = f"{layer.pulumi_resource_name}-{role}"
    metadata = kubernetes.meta.v1.ObjectMetaArgs(name=name, namespace=namespace)
    made = kubernetes.rbac.v1.Role(logical, metadata=metadata, rules=[*rules], opts=layer.child())
    binding = kubernetes.rbac.v1.RoleBinding(
        logical,
        metadata=metadata,
        role_ref=kubernetes.rbac.v1.RoleRefArgs(api_group=_API_GROUP, kind="Role", name=name),
        subjects=[
            kubernetes.rbac.v1.SubjectArgs(kind="ServiceAccount", name=account, namespace=home)
            for home, account in accounts
        ],
        opts=layer.child(depends_on=[made]),
    )
    return [made, binding]
