"""What runs in the cluster: storage, capacity, closed networks, certificates and the entry of traffic."""

from typing import TYPE_CHECKING

from components.assembly.connections import connections, connections_of_the_entry, on_nodes, plan
from components.assembly.ground import Ground
from components.capacity.capacity_settings import Autoscaler
from components.capacity.cluster_autoscaler import ClusterAutoscaler
from components.capacity.gpu import Gpu
from components.capacity.karpenter import Karpenter
from components.capacity.local_volumes import LocalVolumes
from components.capacity.metrics_server import MetricsServer
from components.capacity.storage_classes import StorageClasses
from components.capacity.vertical_pod_autoscaler import VerticalPodAutoscaler
from components.compute import network_plugin
from components.foundation.network_settings import NatMode
from components.networking import entry_flows
from components.networking.certificates import Certificates
from components.networking.entry import Entry
from components.networking.example_app import ExampleApp
from components.networking.external_dns import ExternalDns
from components.networking.load_balancer_controller import LoadBalancerController
from components.networking.network_policies import NetworkPolicies
from components.security.namespaces import PLATFORM, Namespaces
from settings import PlatformSettings

if TYPE_CHECKING:
    from components.kit.layer import Layer


class Systems:
    """Every layer inside the cluster.

    Attributes:
        flows: What must be possible between them, and around them.
        namespaces: The rooms of the platform's systems.
        storage: The storage classes.
        policies: The closed networks.
        certificates: cert-manager and the issuers, and with it closed networks.
        entry: The entry of traffic.
        example: The example application behind it, if the stack has it.
        layers: All of them, in the order in which they are made.

    """

    def __init__(self, settings: PlatformSettings, ground: Ground) -> None:
        in_pods = ground.after(*ground.for_pods)
        self.flows = needed = connections(settings)
        self.namespaces = namespaces = Namespaces(
            "namespaces",
            on_nodes=on_nodes(needed),
            # Like all that holds state. The API server may hold a rule for a moment after it is gone, and a destroy
            # does not wait: what may be destroyed carries no mark.
            protected=settings.retain_data,
            opts=ground.after(),
        )
        self.storage = storage = StorageClasses(
            "storage",
            settings.storage,
            keys=ground.encryption.outputs,
            local_volumes=settings.local_volumes,
            # The kind of the snapshot class comes with an add-on.
            opts=ground.after(ground.storage_addons),
        )
        self.layers: list[Layer] = [
            namespaces,
            storage,
            MetricsServer("metrics-server", host_network=settings.host_network, opts=in_pods),
        ]
        if settings.local_volumes:
            self.layers.append(LocalVolumes("local-volumes", opts=ground.after(storage, *ground.for_pods)))
        self.layers.append(_autoscaler(settings, ground))
        if settings.capacity.vertical_pod_autoscaler:
            self.layers.append(
                VerticalPodAutoscaler("vertical-pod-autoscaler", host_network=settings.host_network, opts=in_pods)
            )
        if settings.gpus:
            self.layers.append(
                Gpu(
                    "gpu",
                    settings.capacity.gpu,
                    ami_family=settings.nodes.ami_family,
                    opts=ground.after(namespaces, *ground.for_pods),
                )
            )
        api_server = [zone.control_plane for zone in plan(settings)]
        self.policies = policies = NetworkPolicies(
            "network-policies",
            flows=needed,
            namespaces=[namespace.name for namespace in PLATFORM],
            api_server=api_server,
            # Cilium's operator, which makes the kind, runs on a node.
            opts=ground.after(namespaces, *ground.for_pods),
        )
        self.certificates = certificates = Certificates(
            "certificates",
            settings.certificates,
            account=settings.account,
            dns=settings.dns,
            entry=settings.entry,
            cluster=ground.cluster.outputs,
            host_network=settings.host_network,
            opts=ground.after(policies),
        )
        load_balancers = LoadBalancerController(
            "load-balancers",
            account=settings.account,
            network=ground.network.outputs,
            cluster=ground.cluster.outputs,
            host_network=settings.host_network,
            opts=ground.after(certificates),
        )
        # Each waits for what it needs at its end too: a Gateway for whoever deletes its load balancer and its names,
        # and these for nodes and a way to AWS.
        doors: list[Layer] = [certificates, load_balancers]
        if settings.dns.zones:
            doors.append(
                ExternalDns(
                    "external-dns",
                    settings.dns,
                    account=settings.account,
                    mode=settings.entry.mode,
                    cluster=ground.cluster.outputs,
                    opts=ground.after(policies),
                )
            )
        self.entry = Entry("entry", settings.entry, issuer=settings.certificates.issuer, opts=ground.after(*doors))
        self.layers += [policies, *doors, self.entry]
        self.example: ExampleApp | None = None
        if settings.entry.example_app:
            self.example = ExampleApp(
                "example-app",
                settings.entry,
                at=settings.entry.example_app,
                disturbed=settings.disturbed,
                opts=ground.after(self.entry),
            )
            self.layers.append(self.example)
        if rooms := entry_flows.namespaces(settings.entry):
            self.layers.append(
                NetworkPolicies(
                    "entry-policies",
                    flows=connections_of_the_entry(settings),
                    namespaces=rooms,
                    api_server=api_server,
                    opts=ground.after(self.entry, *([self.example] if self.example else [])),
                )
            )


def _autoscaler(settings: PlatformSettings, ground: Ground) -> "Layer":
    in_pods = ground.after(*ground.for_pods)
    if settings.capacity.autoscaler is Autoscaler.KARPENTER:
        return Karpenter(
            "karpenter",
            settings.capacity,
            cluster_name=settings.cluster.name,
            ami_family=settings.nodes.ami_family,
            startup_taints=(network_plugin.STARTUP,),
            pod_budget=ground.pod_budget,
            isolated=settings.network.nat is NatMode.NONE,
            account=settings.account,
            network=ground.network.outputs,
            keys=ground.encryption.outputs,
            cluster=ground.cluster.outputs,
            nodes=ground.nodes.outputs,
            window=settings.maintenance.window,
            opts=in_pods,
        )
    return ClusterAutoscaler(
        "cluster-autoscaler",
        cluster_name=settings.cluster.name,
        minor=settings.cluster.version,
        startup_taints=(network_plugin.STARTUP,),
        account=settings.account,
        cluster=ground.cluster.outputs,
        opts=in_pods,
    )
