"""Who may do what in AWS, read from an assembled environment: roles, their trust, their policies, who takes them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.components.recording import Recording

_ADDON_NAMESPACE = "kube-system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """A service account that takes a role by EKS Pod Identity."""

    maker: str
    cluster: str
    namespace: str
    service_account: str
    role_arn: str


def associations(recording: Recording) -> list[Association]:
    """Return every association, whether an add-on makes it or a resource of its own."""
    own = [
        Association(
            maker=made.name,
            cluster=made.inputs["clusterName"],
            namespace=made.inputs["namespace"],
            service_account=made.inputs["serviceAccount"],
            role_arn=made.inputs["roleArn"],
        )
        for made in recording.of("aws:eks/podIdentityAssociation:PodIdentityAssociation")
    ]
    return own + [
        Association(
            maker=made.name,
            cluster=made.inputs["clusterName"],
            namespace=_ADDON_NAMESPACE,
            service_account=given["serviceAccount"],
            role_arn=given["roleArn"],
        )
        for made in recording.of("aws:eks/addon:Addon")
        for given in made.inputs.get("podIdentityAssociations") or []
    ]


def trust(recording: Recording, role: str) -> list[dict[str, Any]]:
    """Return the statements of a role's trust policy."""
    document = json.loads(recording.one("aws:iam/role:Role", role).inputs["assumeRolePolicy"])
    statements: list[dict[str, Any]] = document["Statement"]
    return statements


def pod_roles(recording: Recording) -> list[str]:
    """Return the logical names of the roles that trust EKS Pod Identity."""
    return [
        made.name
        for made in recording.of("aws:iam/role:Role")
        if any("pods.eks.amazonaws.com" in str(statement["Principal"]) for statement in trust(recording, made.name))
    ]


def documents(recording: Recording) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every policy document with the place it stands in: inline policies, key policies, endpoint policies."""
    for made in recording.resources:
        for key in ("policy", "assumeRolePolicy"):
            if made.custom and isinstance(made.inputs.get(key), str):
                yield f"{made.type.rpartition(':')[2]} {made.name}.{key}", json.loads(made.inputs[key])
