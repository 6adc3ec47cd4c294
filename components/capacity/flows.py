"""Whom the controllers of capacity and the agents of GPU nodes call, and who calls them, as data for policies."""

from typing import Final

from components.foundation.account import AccountSettings
from components.kit import placement
from components.kit.flows import (
    Entity,
    Flow,
    Fqdn,
    Port,
    Workload,
    aws_api,
    dns,
    kube_api,
    pod_identity,
    probes,
    scrape,
    webhook,
)

_SYSTEM: Final = "kube-system"
_HTTPS: Final = 443

# Where a kubelet serves what its pods use: https://kubernetes.io/docs/reference/networking/ports-and-protocols/
_KUBELET: Final = 10250

CLUSTER_AUTOSCALER: Final = Workload(
    namespace=_SYSTEM,
    name="cluster-autoscaler",
    labels={"app.kubernetes.io/instance": "cluster-autoscaler"},
    ports=(Port(name="http", number=8085),),
)
KARPENTER: Final = Workload(
    namespace=_SYSTEM,
    name="karpenter",
    labels={"app.kubernetes.io/instance": "karpenter", "app.kubernetes.io/name": "karpenter"},
    ports=(Port(name="http-metrics", number=8080), Port(name="http", number=8081)),
)
METRICS_SERVER: Final = Workload(
    namespace=_SYSTEM,
    name="metrics-server",
    labels={"app.kubernetes.io/instance": "metrics-server"},
    ports=(Port(name="https", number=4443),),
)
VPA_ADMISSION: Final = Workload(
    namespace=_SYSTEM,
    name="vpa-admission-controller",
    labels={
        "app.kubernetes.io/instance": "vertical-pod-autoscaler",
        "app.kubernetes.io/component": "admission-controller",
    },
    ports=(Port(name="webhook", number=8000), Port(name="prometheus", number=8944)),
)
VPA_RECOMMENDER: Final = Workload(
    namespace=_SYSTEM,
    name="vpa-recommender",
    labels={"app.kubernetes.io/instance": "vertical-pod-autoscaler", "app.kubernetes.io/component": "recommender"},
    ports=(Port(name="prometheus", number=8942),),
)
VPA_UPDATER: Final = Workload(
    namespace=_SYSTEM,
    name="vpa-updater",
    labels={"app.kubernetes.io/instance": "vertical-pod-autoscaler", "app.kubernetes.io/component": "updater"},
    ports=(Port(name="prometheus", number=8943),),
)
DCGM_EXPORTER: Final = Workload(
    namespace="gpu",
    name="dcgm-exporter",
    labels={"app.kubernetes.io/name": "dcgm-exporter"},
    ports=(Port(name="metrics", number=9400),),
)
# The operator, the finder of devices that its chart brings, and what the operator makes: its pods' labels, the one by
# which all of NVIDIA's manifests know it, its sub-chart's, and one that `gpu.operator_values` gives to the rest.
GPU_OPERATOR: Final = Workload(
    namespace="gpu", name="gpu-operator", labels={"app.kubernetes.io/component": "gpu-operator"}
)
NODE_FEATURES: Final = Workload(
    namespace="gpu", name="node-feature-discovery", labels={"app.kubernetes.io/name": "node-feature-discovery"}
)
GPU_AGENTS: Final = Workload(
    namespace="gpu",
    name="gpu-agents",
    labels=placement.GPU_AGENTS,
    ports=(Port(name="metrics", number=9400),),
)
# It talks to the kubelet over a socket of the node; the rest of its chart reads the node's labels, to choose a
# configuration: https://github.com/NVIDIA/k8s-device-plugin/tree/main/deployments/helm/nvidia-device-plugin/templates
DEVICE_PLUGIN: Final = Workload(
    namespace="gpu", name="nvidia-device-plugin", labels={"app.kubernetes.io/name": "nvidia-device-plugin"}
)


def cluster_autoscaler(account: AccountSettings) -> tuple[Flow, ...]:
    """Return the flows of the Cluster Autoscaler."""
    return (
        *dns(CLUSTER_AUTOSCALER),
        *kube_api(CLUSTER_AUTOSCALER),
        *pod_identity(CLUSTER_AUTOSCALER),
        *aws_api(CLUSTER_AUTOSCALER, account.region, "autoscaling", "ec2", "eks"),
        *probes(CLUSTER_AUTOSCALER, 8085),
        *scrape(CLUSTER_AUTOSCALER, 8085),
    )


def karpenter(account: AccountSettings) -> tuple[Flow, ...]:
    """Return the flows of Karpenter."""
    return (
        *dns(KARPENTER),
        *kube_api(KARPENTER),
        *pod_identity(KARPENTER),
        *aws_api(KARPENTER, account.region, "ec2", "eks", "iam", "sqs", "ssm"),
        # The price list is served in three regions, whichever is nearest.
        # https://docs.aws.amazon.com/general/latest/gr/billing.html
        Flow(client=KARPENTER, server=Fqdn("api.pricing.*.amazonaws.com"), port=_HTTPS, why="asks for prices"),
        *probes(KARPENTER, 8081),
        *scrape(KARPENTER, 8080),
    )


def metrics_server() -> tuple[Flow, ...]:
    """Return the flows of the metrics server: it asks every kubelet, and the API server asks it."""
    kubelets = (
        Flow(client=METRICS_SERVER, server=node, port=_KUBELET, why="asks the kubelet what its pods use")
        for node in (Entity.HOST, Entity.REMOTE_NODE)
    )
    return (
        *dns(METRICS_SERVER),
        *kube_api(METRICS_SERVER),
        *kubelets,
        *webhook(METRICS_SERVER, 4443),
        *probes(METRICS_SERVER, 4443),
        *scrape(METRICS_SERVER, 4443),
    )


def vertical_pod_autoscaler() -> tuple[Flow, ...]:
    """Return the flows of the three parts of the Vertical Pod Autoscaler."""
    parts = ((VPA_ADMISSION, 8944), (VPA_RECOMMENDER, 8942), (VPA_UPDATER, 8943))
    common = (
        flow for part, port in parts for flow in (*dns(part), *kube_api(part), *probes(part, port), *scrape(part, port))
    )
    return (*common, *webhook(VPA_ADMISSION, 8000))


def gpu() -> tuple[Flow, ...]:
    """Return the flows of what runs on GPU nodes by the device plug-in's charts."""
    return (*probes(DCGM_EXPORTER, 9400), *scrape(DCGM_EXPORTER, 9400))


def device_plugin() -> tuple[Flow, ...]:
    """Return the flows of the device plug-in where it runs as pods."""
    return kube_api(DEVICE_PLUGIN)


def gpu_operator() -> tuple[Flow, ...]:
    """Return the flows of the GPU operator and of what it makes: they watch nodes and write what they find to them."""
    watching = (GPU_OPERATOR, NODE_FEATURES, GPU_AGENTS)
    return (
        *(flow for each in watching for flow in (*dns(each), *kube_api(each))),
        *probes(GPU_AGENTS, 9400),
        *scrape(GPU_AGENTS, 9400),
    )
