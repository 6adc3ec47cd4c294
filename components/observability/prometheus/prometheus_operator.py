"""The operator of Prometheus and Alertmanager, and what tells of nodes and of the cluster's objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.kit import chart, monitoring, placement
from components.kit.host_network import ROLLING
from components.kit.layer import Layer
from components.kit.monitoring import Instance, watched_by
from components.observability.prometheus import cardinality
from components.observability.prometheus.flows import CHART, NODE_EXPORTER, WEBHOOK_PORT

_PLATFORM: Final = {"additionalLabels": {**watched_by(Instance.PLATFORM)}}
_SYSTEM: Final = {"additionalLabels": {**watched_by(Instance.SYSTEM)}}

NOT_SHOWN: Final = ("kubeControllerManager", "kubeScheduler", "kubeEtcd", "kubeProxy")
"""What no node of EKS shows: AWS runs three of them, and Cilium is in the place of the last.

https://docs.aws.amazon.com/eks/latest/userguide/view-raw-metrics.html
"""

# All that the chart counts but Secrets and ConfigMaps: they tell of no fault, and who may list Secrets may read them.
COLLECTORS: Final = (
    "certificatesigningrequests",
    "cronjobs",
    "daemonsets",
    "deployments",
    "endpointslices",
    "horizontalpodautoscalers",
    "ingresses",
    "jobs",
    "leases",
    "limitranges",
    "mutatingwebhookconfigurations",
    "namespaces",
    "networkpolicies",
    "nodes",
    "persistentvolumeclaims",
    "persistentvolumes",
    "poddisruptionbudgets",
    "pods",
    "replicasets",
    "replicationcontrollers",
    "resourcequotas",
    "services",
    "statefulsets",
    "storageclasses",
    "validatingwebhookconfigurations",
    "volumeattachments",
)
"""The kinds that kube-state-metrics watches, each by a right to list it."""


# Helm replaces a list as a whole: the first two are the chart's own.
_NO_VOLUMES: Final = "/(dev|proc|sys|run/containerd/.+|var/lib/docker/.+|var/lib/kubelet/.+)($|/)"
_NO_DISKS: Final = (
    "(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|"
    "proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs|erofs)"
)
NODE_EXPORTER_ARGUMENTS: Final = (
    f"--collector.filesystem.mount-points-exclude=^{_NO_VOLUMES}",
    f"--collector.filesystem.fs-types-exclude=^{_NO_DISKS}$",
    # Cilium has an interface for each pod, with a new name whenever it starts.
    f"--collector.netdev.device-exclude={cardinality.INTERFACES_OF_PODS}",
    f"--collector.netclass.ignored-devices={cardinality.INTERFACES_OF_PODS}",
)
"""What it leaves out of a node's file systems and interfaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusOperatorOutputs:
    """Where the operator works: what it makes depends on the layer.

    Attributes:
        namespace: The one namespace in which it makes pods.

    """

    namespace: pulumi.Output[str]


class PrometheusOperator(Layer, kind="platform:observability:PrometheusOperator"):
    """The operator with its webhook, kube-state-metrics, the node exporter, and the monitors of the cluster itself."""

    def __init__(
        self,
        name: str,
        *,
        issuer: pulumi.Input[str],
        labels: Sequence[str],
        host_network: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        release = chart.install(self, CHART, values(issuer, labels=labels, host_network=host_network))
        self.outputs = self.publish(PrometheusOperatorOutputs(namespace=release.namespace.apply(str)))


def values(issuer: pulumi.Input[str], *, labels: Sequence[str], host_network: bool = False) -> dict[str, Any]:
    """Return what differs from the chart's own values.

    Args:
        issuer: The ClusterIssuer that signs for the webhook and the operator.
        labels: The labels of namespaces and pods by which series are told apart: who owns them, who pays for them.
        host_network: Whether the webhook must run on its node's network, for the API server reaches no pod.

    """
    return {
        # They have a release of their own, which upgrades them.
        "crds": {"enabled": False},
        # The platform's own rules each have an owner, a runbook and a test; and these would ask for what EKS hides.
        "defaultRules": {"create": False},
        # Not the chart's one, but six of them, and theirs.
        **{each: {"enabled": False} for each in ("prometheus", "alertmanager", "grafana", *NOT_SHOWN)},
        "kubeApiServer": {
            "serviceMonitor": {**_SYSTEM, "metricRelabelings": [*cardinality.API_SERVER]},
        },
        "kubelet": {
            "serviceMonitor": {
                **_SYSTEM,
                # The chart's 10 seconds are three times what anybody looks at.
                "cAdvisorInterval": "30s",
                "cAdvisorMetricRelabelings": [*cardinality.CADVISOR],
                "metricRelabelings": [*cardinality.KUBELET],
            }
        },
        "coreDns": {"serviceMonitor": {**_SYSTEM}},
        "kube-state-metrics": _state(labels),
        "prometheus-node-exporter": _node_exporter(),
        "prometheusOperator": _operator(issuer, host_network=host_network),
    }


def _operator(issuer: pulumi.Input[str], *, host_network: bool) -> dict[str, Any]:
    return {
        "serviceMonitor": {**_PLATFORM},
        # One place where it makes pods: whoever may write a Prometheus elsewhere would have it act for them.
        "prometheusInstanceNamespaces": [monitoring.NAMESPACE],
        "alertmanagerInstanceNamespaces": [monitoring.NAMESPACE],
        "thanosRulerInstanceNamespaces": [monitoring.NAMESPACE],
        # Kubernetes has deprecated Endpoints: https://kubernetes.io/blog/2025/04/24/endpoints-deprecation/
        "kubeletEndpointsEnabled": False,
        "kubeletEndpointSliceEnabled": True,
        "nodeSelector": {**placement.GENERAL_NODES},
        "resources": placement.resources("50m", "128Mi", memory_limit="512Mi"),
        "prometheusConfigReloader": {"enableProbe": True, "resources": placement.resources("10m", "64Mi")},
        "admissionWebhooks": {
            # A rule that Prometheus cannot load would stop it from loading any other.
            "failurePolicy": "Fail",
            "namespaceSelector": {
                "matchExpressions": [
                    {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["kube-system"]}
                ]
            },
            # The chart's Jobs would make a certificate once and never again.
            "patch": {"enabled": False},
            "certManager": {"enabled": True, "issuerRef": {"name": issuer, "kind": "ClusterIssuer"}},
            "deployment": _webhook(host_network=host_network),
        },
    }


def _webhook(*, host_network: bool) -> dict[str, Any]:
    """Return the webhook's own Deployment: the operator itself is one pod, which a node may take away."""
    pods = {"matchLabels": {"app": f"{CHART}-operator-webhook"}}
    apart = [
        {"weight": 100, "podAffinityTerm": {"topologyKey": key, "labelSelector": pods}}
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]
    return {
        "enabled": True,
        "replicas": placement.REPLICAS,
        "podDisruptionBudget": {"enabled": True},
        "tls": {"internalPort": WEBHOOK_PORT},
        "nodeSelector": {**placement.GENERAL_NODES},
        "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": apart}},
        "resources": placement.resources("10m", "64Mi"),
        **({"hostNetwork": True, "strategy": {**ROLLING}} if host_network else {}),
    }


def _state(labels: Sequence[str]) -> dict[str, Any]:
    return {
        "prometheus": {"monitor": {**_SYSTEM}},
        "collectors": [*COLLECTORS],
        "metricLabelsAllowlist": [f"{kind}=[{','.join(names)}]" for kind, names in shown(labels).items()],
        # Two of them at once, as in a rolling update, would count everything twice.
        "updateStrategy": "Recreate",
        "nodeSelector": {**placement.GENERAL_NODES},
        # An estimate: it keeps every object of the cluster that it tells of.
        "resources": placement.resources("50m", "256Mi", memory_limit="1Gi"),
    }


def shown(labels: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return for each kind the labels of its objects that become labels of series; never all, which knows no bound."""
    workloads = ("app.kubernetes.io/name", "app.kubernetes.io/part-of", *labels)
    return {
        # The class of backup that a namespace chose, or that it chose none: components/resilience/backup/classes.py.
        "namespaces": tuple(dict.fromkeys((*labels, "platform/backup"))),
        "pods": workloads,
        "deployments": workloads,
        "statefulsets": workloads,
        "nodes": (
            "node-role",
            "topology.kubernetes.io/zone",
            "node.kubernetes.io/instance-type",
            "eks.amazonaws.com/capacityType",
            "karpenter.sh/capacity-type",
        ),
    }


def _node_exporter() -> dict[str, Any]:
    return {
        "namespaceOverride": NODE_EXPORTER.namespace,
        "tolerations": [*placement.EVERY_TAINT],
        "prometheus": {"monitor": {**_SYSTEM}},
        "extraArgs": [*NODE_EXPORTER_ARGUMENTS],
        "resources": placement.resources("25m", "32Mi", memory_limit="128Mi"),
    }
