"""Cilium, the cluster's network: pods' addresses, Services in the place of kube-proxy, encryption, what Hubble sees.

It is installed while there is no node, for nodes turn Ready by it.
https://docs.cilium.io/en/stable/installation/k8s-install-helm/
"""

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Annotated, Any, Final, Literal

import pulumi
from pydantic import AfterValidator, Field

from components.compute.cluster import ClusterOutputs
from components.compute.network_plugin import OWN_INTERFACE, Routing
from components.foundation.account import AccountSettings
from components.foundation.network import POD_SUBNET, NetworkOutputs
from components.foundation.network_settings import NetworkSettings
from components.kit import addresses, chart, identity, placement
from components.kit.layer import Layer
from components.kit.settings import Settings
from components.networking import eni_permissions, images

_CHART: Final = "cilium"
# A load balancer asks there whether a node passes traffic on, as it would ask kube-proxy.
# https://kubernetes.io/docs/reference/command-line-tools-reference/kube-proxy/ (--healthz-bind-address)
_HEALTH: Final = "0.0.0.0:10256"
_METRICS: Final = (
    "dns",
    "drop:labelsContext=source_namespace,destination_namespace",
    "flow",
    "icmp",
    "port-distribution",
    "tcp",
)


class CiliumSettings(Settings):
    """The cluster's network."""

    routing: Routing = Routing.ENI
    """Where pods' addresses are from: `eni` takes them from the VPC's pod subnets; `overlay` wraps pods' packets into
    nodes': then what the API server calls runs on its node's network, past all policies, and `entry.mode` is
    `gateway`."""

    overlay_cidr: Annotated[IPv4Network, addresses.sized(11, 20), AfterValidator(addresses.shared)] = IPv4Network(
        "100.96.0.0/12"
    )
    """The pods' address block with `overlay`, /11 to /20, inside 100.64.0.0/10; each node takes a /24 of it."""

    encryption: Literal["pods", "nodes", "none"] = "pods"
    """What WireGuard encrypts between nodes: `pods` the traffic of pods, `nodes` also that of nodes (beta in Cilium),
    or `none`."""

    image_registry: (
        Annotated[
            str,
            Field(
                pattern=r"^[a-z0-9][a-z0-9.-]*\.[a-z]{2,}(:\d+)?(/[a-z0-9._-]+)*$",
                examples=["111122223333.dkr.ecr.eu-central-1.amazonaws.com/quay"],
            ),
        ]
        | None
    ) = None
    """What stands in the place of `quay.io` before the names of Cilium's images, for nodes that do not reach the
    internet. The images must be there, under the same digests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CiliumOutputs:
    """The release. What needs Cilium to serve, or its CRDs, depends on something that waits for pods on nodes."""

    release_id: pulumi.Output[str]


class Cilium(Layer, kind="platform:networking:Cilium"):
    """The release, and with ENIs the role of its operator, the only part that calls AWS."""

    def __init__(
        self,
        name: str,
        settings: CiliumSettings,
        *,
        account: AccountSettings,
        plan: NetworkSettings,
        network: NetworkOutputs,
        cluster_name: str,
        cluster: ClusterOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        needed = []
        if settings.routing is Routing.ENI:
            role = identity.pod_role(
                self,
                "operator",
                account=account,
                service_account=chart.service_account(_CHART, cluster.name, "cilium-operator"),
                permissions=identity.Permissions(
                    statements=eni_permissions.statements(account, cluster=cluster_name, vpc_id=network.vpc_id)
                ),
            )
            # A pod is given its role when it is made, and the operator's is made with the release, to wait for a node.
            needed = list(role.complete)
        release = chart.install(
            self,
            _CHART,
            values(settings, api=cluster.endpoint.apply(_host), cluster_name=cluster_name, plan=plan),
            depends_on=needed,
            # Its pods have no node to run on yet, and nodes wait for it.
            wait=False,
        )
        self.outputs = self.publish(CiliumOutputs(release_id=release.id))


def _host(endpoint: str) -> str:
    return endpoint.removeprefix("https://")


def _addresses(settings: CiliumSettings, plan: NetworkSettings) -> dict[str, Any]:
    """Return where pods' addresses are from, and with whose address they leave the VPC."""
    if settings.routing is Routing.OVERLAY:
        return {
            "routingMode": "tunnel",
            "ipam": {"operator": {"clusterPoolIPv4PodCIDRList": [str(settings.overlay_cidr)]}},
            # eBPF's own, for iptables' would take pods' packets the long way.
            "bpf": {"masquerade": True},
        }
    return {
        "routingMode": "native",
        "ipam": {"mode": "eni"},
        "eni": {
            "enabled": True,
            "awsEnablePrefixDelegation": True,
            "nodeSpec": {
                # A machine's first interface lies in a node subnet: pods use the others, which lie in pod subnets. (The
                # chart's subnetTagsFilter would have the first one lie there too.)
                "firstInterfaceIndex": 1,
                "subnetTags": ["=".join(POD_SUBNET)],
                # Those that come with the machine: an Elastic Fabric Adapter carries no addresses.
                "excludeInterfaceTags": ["=".join(OWN_INTERFACE)],
            },
        },
        **(_masquerade(plan) if plan.transit_gateway else {}),
    }


def _masquerade(plan: NetworkSettings) -> dict[str, Any]:
    """Have pods leave the VPC with their node's address: nobody behind a transit gateway has a way back to a pod's."""
    return {
        "enableIPv4Masquerade": True,
        "bpf": {"masquerade": True},
        # Only the VPC's first block would be spared by itself, and pods are in the second.
        "ipMasqAgent": {"enabled": True, "config": {"nonMasqueradeCIDRs": [str(plan.cidr), str(plan.pod_cidr)]}},
    }


def values(
    settings: CiliumSettings, *, api: pulumi.Input[str], cluster_name: str, plan: NetworkSettings
) -> dict[str, Any]:
    """Return what differs from the chart's defaults.

    Args:
        settings: What the stack decides.
        api: The host name of the API server.
        cluster_name: The cluster's name.
        plan: The blocks of the VPC, and whether networks beyond it are reached.

    """
    own: dict[str, Any] = {
        # The tag of its interfaces, by which the operator's permissions tell them from others'.
        "cluster": {"name": cluster_name},
        # Without kube-proxy nothing serves the Service `kubernetes` until Cilium itself does.
        "k8sServiceHost": api,
        "k8sServicePort": 443,
        "kubeProxyReplacement": "true",
        "kubeProxyReplacementHealthzBindAddr": _HEALTH,
        **_addresses(settings, plan),
        **_encryption(settings),
        "bandwidthManager": {"enabled": True},
        # The chart would look whether the definitions are there, and leave the class out where it cannot look.
        "gatewayAPI": {"enabled": True, "gatewayClass": {"create": "true"}},
        "hubble": {
            "metrics": {"enabled": list(_METRICS), "enableOpenMetrics": True},
            "relay": {"enabled": True, "rollOutPods": True},
            "ui": {"enabled": True, "rollOutPods": True},
            # Not Helm: that makes new ones whenever it renders. Not cert-manager: it comes with pods, after the nodes.
            "tls": {"auto": {"method": "cronJob"}},
        },
        # Scraped by whoever finds it; ServiceMonitors come with the monitoring that knows them.
        "prometheus": {"enabled": True},
        # The chart makes a namespace for Gateways' certificates. No pod lives there, but admission asks these of all.
        "secretsNamespaceLabels": {"pod-security.kubernetes.io/enforce": "restricted", "owner": "platform"},
        # A changed setting is in force only in pods that started after it.
        "rollOutCiliumPods": True,
        "envoy": {"rollOutPods": True},
        # Two replicas, of which a drain leaves one: without it no node gets addresses.
        "operator": {
            "rollOutPods": True,
            "podDisruptionBudget": {"enabled": True},
            "topologySpreadConstraints": placement.apart_for_sure({"io.cilium/app": "operator"}),
        },
    }
    return images.from_registry(own, settings.image_registry) if settings.image_registry else own


def _encryption(settings: CiliumSettings) -> dict[str, Any]:
    if settings.encryption == "none":
        return {}
    nodes = {"nodeEncryption": True} if settings.encryption == "nodes" else {}
    return {"encryption": {"enabled": True, "type": "wireguard", **nodes}}
