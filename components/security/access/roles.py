"""What each role may do in the cluster, as data: every resource and every verb by its name, and nothing by a label."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from components.compute.access import Role

_READ: Final = ("get", "list", "watch")
_WRITE: Final = ("create", "update", "patch", "delete")
# A stream is opened by a POST, or over a websocket by a GET: https://kubernetes.io/docs/reference/using-api/websockets/
_STREAM: Final = ("create", "get")


@dataclass(frozen=True, slots=True)
class Rule:
    """Verbs that hold for resources of one API group; nothing in it is a wildcard.

    Raises:
        ValueError: a wildcard is among them, or a list is empty.

    """

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]

    def __post_init__(self) -> None:
        if "*" in {self.group, *self.resources, *self.verbs} or not self.resources or not self.verbs:
            raise ValueError(f"{self}: name every resource and every verb")


# What stands in a namespace; Secrets are left out, and whatever a chart's labels would add to Kubernetes' own `view`.
_SEE: Final = (
    Rule(
        "",
        (
            "configmaps",
            "endpoints",
            "events",
            "limitranges",
            "namespaces",
            "persistentvolumeclaims",
            "pods",
            "pods/log",
            "resourcequotas",
            "serviceaccounts",
            "services",
        ),
        _READ,
    ),
    Rule("apps", ("controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"), _READ),
    Rule("batch", ("cronjobs", "jobs"), _READ),
    Rule("autoscaling", ("horizontalpodautoscalers",), _READ),
    Rule("autoscaling.k8s.io", ("verticalpodautoscalers",), _READ),
    Rule("policy", ("poddisruptionbudgets",), _READ),
    Rule("networking.k8s.io", ("ingresses", "networkpolicies"), _READ),
    Rule("gateway.networking.k8s.io", ("gateways", "grpcroutes", "httproutes", "referencegrants"), _READ),
    Rule("cilium.io", ("ciliumendpoints", "ciliumnetworkpolicies"), _READ),
    Rule("discovery.k8s.io", ("endpointslices",), _READ),
    Rule("events.k8s.io", ("events",), _READ),
    Rule("metrics.k8s.io", ("pods",), _READ),
    Rule("monitoring.coreos.com", ("podmonitors", "prometheusrules", "servicemonitors"), _READ),
    Rule("cert-manager.io", ("certificaterequests", "certificates", "issuers"), _READ),
    # Their paths, never what lies there.
    Rule("external-secrets.io", ("externalsecrets", "secretstores"), _READ),
    Rule("secrets-store.csi.x-k8s.io", ("secretproviderclasses", "secretproviderclasspodstatuses"), _READ),
    Rule("snapshot.storage.k8s.io", ("volumesnapshots",), _READ),
)

# What is of no namespace.
_SEE_THE_CLUSTER: Final = (
    Rule("", ("nodes", "persistentvolumes"), _READ),
    Rule("storage.k8s.io", ("csidrivers", "csinodes", "storageclasses", "volumeattachments"), _READ),
    Rule("networking.k8s.io", ("ingressclasses",), _READ),
    Rule("gateway.networking.k8s.io", ("gatewayclasses",), _READ),
    Rule("scheduling.k8s.io", ("priorityclasses",), _READ),
    Rule("metrics.k8s.io", ("nodes",), _READ),
    Rule("cilium.io", ("ciliumclusterwidenetworkpolicies", "ciliumnodes"), _READ),
    Rule("cert-manager.io", ("clusterissuers",), _READ),
    Rule("external-secrets.io", ("clusterexternalsecrets", "clustersecretstores"), _READ),
    Rule("karpenter.sh", ("nodeclaims", "nodepools"), _READ),
    Rule("karpenter.k8s.aws", ("ec2nodeclasses",), _READ),
    Rule("snapshot.storage.k8s.io", ("volumesnapshotclasses", "volumesnapshotcontents"), _READ),
)

# Who holds which rights, and what the API server asks before it takes an object.
_SEE_THE_RULES: Final = (
    Rule("rbac.authorization.k8s.io", ("clusterrolebindings", "clusterroles", "rolebindings", "roles"), _READ),
    Rule(
        "admissionregistration.k8s.io",
        (
            "mutatingwebhookconfigurations",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
            "validatingwebhookconfigurations",
        ),
        _READ,
    ),
    Rule("apiextensions.k8s.io", ("customresourcedefinitions",), _READ),
    Rule("apiregistration.k8s.io", ("apiservices",), _READ),
)

# An application and what belongs to it, the policies that open its closed namespace included. Its Secrets come by
# ExternalSecrets, which name a path and hold no value.
_DEPLOY: Final = (
    Rule("", ("configmaps", "persistentvolumeclaims", "serviceaccounts", "services"), _WRITE),
    Rule("apps", ("deployments", "statefulsets"), _WRITE),
    Rule("apps", ("deployments/scale", "statefulsets/scale"), ("get", "update", "patch")),
    Rule("batch", ("cronjobs", "jobs"), _WRITE),
    Rule("autoscaling", ("horizontalpodautoscalers",), _WRITE),
    Rule("autoscaling.k8s.io", ("verticalpodautoscalers",), _WRITE),
    Rule("policy", ("poddisruptionbudgets",), _WRITE),
    Rule("networking.k8s.io", ("ingresses", "networkpolicies"), _WRITE),
    Rule("gateway.networking.k8s.io", ("grpcroutes", "httproutes"), _WRITE),
    Rule("monitoring.coreos.com", ("podmonitors", "prometheusrules", "servicemonitors"), _WRITE),
    Rule("cert-manager.io", ("certificates",), _WRITE),
    Rule("external-secrets.io", ("externalsecrets",), _WRITE),
    Rule("secrets-store.csi.x-k8s.io", ("secretproviderclasses",), _WRITE),
)

_DEBUG: Final = (
    Rule("", ("pods",), _WRITE),
    Rule("", ("pods/eviction",), ("create",)),
    Rule("", ("pods/attach", "pods/exec", "pods/portforward"), _STREAM),
    Rule("", ("pods/ephemeralcontainers",), ("update", "patch")),
)

# What goes beyond one application: a DaemonSet takes from every node, and a snapshot costs until somebody deletes it.
_SHAPE: Final = (
    Rule("apps", ("daemonsets",), _WRITE),
    Rule("snapshot.storage.k8s.io", ("volumesnapshots",), _WRITE),
)

# Without `bind` and `escalate` the API server lets nobody give what he does not hold himself. A Secret is seen and
# deleted, but not made: one of the type service-account-token would be filled with a token that never ends.
_OWN: Final = (
    Rule("rbac.authorization.k8s.io", ("rolebindings", "roles"), (*_READ, *_WRITE)),
    Rule("", ("secrets",), (*_READ, "delete")),
)

IN_THE_CLUSTER: Final[Mapping[Role, tuple[Rule, ...]]] = {
    Role.VIEWER: (*_SEE, *_SEE_THE_CLUSTER),
    Role.POWER_USER: (*_SEE, *_SEE_THE_CLUSTER, *_SEE_THE_RULES),
}
"""What a role may do in every namespace, and outside of them."""

IN_A_NAMESPACE: Final[Mapping[Role, tuple[Rule, ...]]] = {
    Role.POWER_USER: (*_DEPLOY, *_DEBUG, *_SHAPE),
    Role.NAMESPACE_ADMIN: (*_SEE, *_DEPLOY, *_DEBUG, *_SHAPE, *_OWN),
    Role.DEVELOPER: (*_SEE, *_DEPLOY, *_DEBUG),
    Role.CI_DEPLOYER: (*_SEE, *_DEPLOY),
}
"""What a role may do in the namespaces of its grant."""
