"""Rights in the cluster by role: explicit rules, bound to the groups that access entries give to principals."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.compute import access
from components.compute.access import AccessSettings, Role
from components.kit.layer import Layer
from components.security.access import granted_namespaces
from components.security.access.roles import IN_A_NAMESPACE, IN_THE_CLUSTER, Rule

_API: Final = "rbac.authorization.k8s.io"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A group that has a role in a namespace; in the whole cluster where the namespace is empty."""

    role: Role
    group: str
    namespace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RbacOutputs:
    """The namespaces that were made for grants, sorted."""

    namespaces: pulumi.Output[list[str]]


class Rbac(Layer, kind="platform:security:Rbac"):
    """A ClusterRole for each role, the namespaces that grants name, and in them who has which role."""

    def __init__(
        self,
        name: str,
        settings: AccessSettings,
        *,
        retain_data: bool,
        disturbed: Collection[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        wide = {role: self._role(role, "cluster", rules) for role, rules in IN_THE_CLUSTER.items()}
        own = {role: self._role(role, "namespace", rules) for role, rules in IN_A_NAMESPACE.items()}
        rooms = {
            # Whoever takes the last grant of a namespace out of the settings does not mean all that runs there.
            namespace: granted_namespaces.create(self, namespace, disturbed=disturbed, protect=retain_data)
            for namespace in settings.namespaces
        }
        for binding in bindings(settings):
            role = (own if binding.namespace else wide)[binding.role]
            subject = kubernetes.rbac.v1.SubjectArgs(api_group=_API, kind="Group", name=binding.group)
            reference = kubernetes.rbac.v1.RoleRefArgs(api_group=_API, kind="ClusterRole", name=role.metadata.name)
            title = binding.role.kubernetes_name
            if binding.namespace:
                kubernetes.rbac.v1.RoleBinding(
                    f"{name}-{binding.namespace}-{title}",
                    metadata=kubernetes.meta.v1.ObjectMetaArgs(
                        name=f"platform:{title}", namespace=rooms[binding.namespace].metadata.name
                    ),
                    subjects=[subject],
                    role_ref=reference,
                    opts=self.child(),
                )
            else:
                kubernetes.rbac.v1.ClusterRoleBinding(
                    f"{name}-{title}",
                    metadata=kubernetes.meta.v1.ObjectMetaArgs(name=f"platform:{title}"),
                    subjects=[subject],
                    role_ref=reference,
                    opts=self.child(),
                )
        self.outputs = self.publish(
            RbacOutputs(namespaces=pulumi.Output.all(*(room.metadata.name for room in rooms.values())).apply(list))
        )

    def _role(self, role: Role, reach: str, rules: tuple[Rule, ...]) -> kubernetes.rbac.v1.ClusterRole:
        return kubernetes.rbac.v1.ClusterRole(
            f"{self.pulumi_resource_name}-{role.kubernetes_name}-{reach}",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=f"platform:{role.kubernetes_name}:{reach}"),
            rules=[kubernetes.rbac.v1.PolicyRuleArgs(**rule) for rule in policy_rules(rules)],
            opts=self.child(),
        )


def bindings(settings: AccessSettings) -> Iterator[Binding]:
    """Yield each binding that the grants need, once, however many principals are in its group."""
    roles = {grant.role for grant in settings.grants.values()}
    for role in (role for role in IN_THE_CLUSTER if role in roles):
        yield Binding(role=role, group=access.cluster_group(role))
    held = {(namespace, grant.role) for grant in settings.grants.values() for namespace in grant.namespaces}
    for namespace, role in sorted(held):
        yield Binding(role=role, group=access.namespace_group(role, namespace), namespace=namespace)


def policy_rules(rules: tuple[Rule, ...]) -> list[dict[str, Any]]:
    """Return rules in the words of Kubernetes' SDK."""
    return [
        {"api_groups": [rule.group], "resources": list(rule.resources), "verbs": list(rule.verbs)} for rule in rules
    ]
