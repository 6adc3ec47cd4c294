"""What a careless change does to rights and to the network within the cluster, and which rule must object."""

from collections.abc import Callable
from typing import Any, Final

from tests.policies.mutations.mutation import REMOVED, Mutation

_SERVICE: Final = "kubernetes:core/v1:Service"
_ROLE: Final = "kubernetes:rbac.authorization.k8s.io/v1:Role"
_CLUSTER_ROLE: Final = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
_BINDING: Final = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
_CLUSTER_BINDING: Final = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"
_ROUTE: Final = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute"
_GATEWAY: Final = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
_POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_CILIUM_POLICY: Final = "kubernetes:cilium.io/v2:CiliumNetworkPolicy"


def _and(item: Any) -> Callable[[Any], list[Any]]:
    """Return what adds an item to a list."""
    return lambda old: [*(old or []), item]


_EVERYTHING: Final = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
_SECRETS: Final = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list"]}
_WEBHOOKS: Final = {
    "apiGroups": ["admissionregistration.k8s.io"],
    "resources": ["mutatingwebhookconfigurations"],
    "verbs": ["patch"],
}

_ACCESS: Final = (
    Mutation("every verb", _ROLE, "rules.*.verbs", ["*"], "rbac-wildcards"),
    Mutation("every resource", _CLUSTER_ROLE, "rules", _and(_EVERYTHING), "rbac-wildcards"),
    Mutation(
        "escalation",
        _CLUSTER_ROLE,
        "rules",
        _and({"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"], "verbs": ["escalate"]}),
        "rbac-escalation",
    ),
    Mutation(
        "everybody else",
        _ROLE,
        "rules",
        _and({"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]}),
        "rbac-escalation",
    ),
    Mutation(
        "every Secret of the cluster",
        _CLUSTER_ROLE,
        "rules",
        _and(_SECRETS),
        "rbac-paths-to-all",
        "prometheus-prometheus",
    ),
    Mutation(
        "the webhooks",
        _CLUSTER_ROLE,
        "rules",
        _and(_WEBHOOKS),
        "rbac-paths-to-all",
        "velero-backup-enrolment-everywhere",
    ),
    Mutation(
        "pods everywhere",
        _CLUSTER_ROLE,
        "rules",
        _and({"apiGroups": [""], "resources": ["pods"], "verbs": ["create"]}),
        "rbac-paths-to-all",
        "prometheus-prometheus",
    ),
    Mutation("every Secret of a namespace", _ROLE, "rules", _and(_SECRETS), "rbac-secrets-named"),
    Mutation("cluster-admin", _CLUSTER_BINDING, "roleRef.name", "cluster-admin", "rbac-cluster-admin"),
    Mutation("cluster-admin within", _BINDING, "roleRef.name", "cluster-admin", "rbac-cluster-admin"),
    Mutation(
        "for whoever has signed in",
        _CLUSTER_BINDING,
        "subjects",
        _and({"kind": "Group", "name": "system:authenticated"}),
        "rbac-subjects",
    ),
    Mutation("for nobody", _BINDING, "subjects", [{"kind": "User", "name": "system:anonymous"}], "rbac-subjects"),
    Mutation(
        "for the default account",
        _BINDING,
        "subjects",
        [{"kind": "ServiceAccount", "name": "default", "namespace": "a"}],
        "rbac-subjects",
    ),
    Mutation("a role that is not there", _BINDING, "roleRef", {"kind": "Role", "name": "misspelt"}, "rbac-role-exists"),
    Mutation("the role is gone", _ROLE, "", REMOVED, "rbac-role-exists", "grafana-dashboards"),
)

_NETWORK: Final = (
    Mutation("a port of every node", _SERVICE, "spec.type", "NodePort", "service-node-port"),
    Mutation("for the world", _SERVICE, "spec.type", "LoadBalancer", "service-public"),
    Mutation("addresses of others", _SERVICE, "spec.externalIPs", ["198.51.100.7"], "service-external-addresses"),
    Mutation("a route by every listener", _ROUTE, "spec.parentRefs.*.sectionName", REMOVED, "gateway-tls", "grafana-*"),
    Mutation("no redirect any more", _ROUTE, "spec.rules.*.filters", [], "gateway-tls", "entry-*-https"),
    Mutation(
        "every namespace at the door",
        _GATEWAY,
        "spec.listeners.*.allowedRoutes.namespaces.from",
        "All",
        "gateway-namespaces",
    ),
    Mutation("no default-deny", _POLICY, "", REMOVED, "namespace-closed", "network-policies-*-default-deny"),
    Mutation(
        "out to everywhere",
        _POLICY,
        "spec.policyTypes",
        ["Ingress"],
        "namespace-closed",
        "network-policies-*-default-deny",
    ),
    Mutation(
        "some pods only",
        _POLICY,
        "spec.podSelector",
        {"matchLabels": {"a": "b"}},
        "namespace-closed",
        "network-policies-*-default-deny",
    ),
    Mutation("a rule for everybody", _POLICY, "spec.ingress", [{}], "network-policy-peers"),
    Mutation(
        "every address",
        _POLICY,
        "spec.ingress",
        [{"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}],
        "network-policy-peers",
    ),
    Mutation("every entity", _CILIUM_POLICY, "spec.ingress", _and({"fromEntities": ["all"]}), "cilium-policy-peers"),
)

MUTATIONS: Final[tuple[Mutation, ...]] = (*_ACCESS, *_NETWORK)
