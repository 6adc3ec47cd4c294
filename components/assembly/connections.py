"""The connections that a platform of these settings needs, collected from the layers that know them."""

from collections.abc import Sequence

from components.assembly import cost_flows, grafana_flows
from components.capacity import flows as capacity
from components.capacity.capacity_settings import Autoscaler
from components.capacity.gpu import GpuSoftware
from components.compute.ami import AmiFamily
from components.foundation import subnets
from components.foundation.subnets import ZonePlan
from components.kit import flows
from components.kit.flows import Flow
from components.networking import certificates, entry_flows, external_dns, load_balancer_controller
from components.observability.alerting import alerting as alerting_flows
from components.observability.alerting import servicenow
from components.observability.alerting.settings import AlertingSettings
from components.observability.etcd import flows as etcd_flows
from components.observability.exporters import exporters as exporters_flows
from components.observability.prometheus import flows as prometheus_flows
from components.observability.thanos import flows as thanos_flows
from components.resilience.backup import flows as backup_flows
from components.resilience.chaos import flows as chaos_flows
from components.resilience.kasten import flows as kasten_flows
from components.security.admission import gatekeeper, kyverno
from components.security.admission.settings import Engine
from components.security.detection import falco, trivy_operator
from components.security.keycloak import flows as keycloak_flows
from components.security.secrets import external_secrets, secrets_store
from components.security.vault import configuration as vault_configuration
from components.security.vault import flows as vault_flows
from settings import PlatformSettings


def connections(settings: PlatformSettings) -> tuple[Flow, ...]:
    """Return what must be possible in the namespaces the platform owns, and for the cluster's DNS."""
    # AWS's resolver has the VPC's third address: https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
    resolver = settings.network.cidr.network_address + 2
    needed = (
        *flows.name_server(resolver),
        *certificates.connections(settings.account, settings.entry),
        *load_balancer_controller.connections(settings.account),
        *(external_dns.connections(settings.account) if settings.dns.zones else ()),
        *_autoscaling(settings),
        *capacity.metrics_server(),
        *_gpus(settings),
        *cost_flows.connections(settings),
        *_identity(settings),
        *_secrets(settings),
        *_admission(settings),
        *_vault(settings),
        *_detection(settings),
        *_observability(settings),
        *_backup(settings),
        *(chaos_flows.connections() if settings.chaos.enabled else ()),
    )
    return flows.on_the_hosts_network(needed) if settings.host_network else needed


def on_nodes(needed: Sequence[Flow]) -> frozenset[str]:
    """Return the namespaces with pods that must run on their node's network."""
    return frozenset(pods.namespace for pods in flows.workloads(needed) if pods.host_network)


def connections_of_the_entry(settings: PlatformSettings) -> tuple[Flow, ...]:
    """Return what must be possible in the namespaces that the entries bring."""
    return entry_flows.connections(settings.entry, plan(settings))


def plan(settings: PlatformSettings) -> tuple[ZonePlan, ...]:
    """Return the VPC's subnets, from whose addresses the API server and load balancers call."""
    return subnets.plan(settings.network.cidr, settings.network.pod_cidr, settings.network.zones)


def _vault(settings: PlatformSettings) -> tuple[Flow, ...]:
    if not settings.vault.enabled:
        return ()
    return (
        *vault_flows.connections(settings.account),
        *vault_configuration.connections(settings.vault.access, settings.account),
    )


def _admission(settings: PlatformSettings) -> tuple[Flow, ...]:
    match settings.admission.engine:
        case Engine.KYVERNO:
            return kyverno.connections(settings.admission, settings.account)
        case Engine.GATEKEEPER:
            return gatekeeper.connections()
        case Engine.NONE:
            return ()


def _secrets(settings: PlatformSettings) -> tuple[Flow, ...]:
    stores = settings.secrets.stores
    return (
        *(secrets_store.connections() if settings.vault.enabled else ()),
        *(external_secrets.connections(stores, settings.account) if stores.any else ()),
    )


def _identity(settings: PlatformSettings) -> tuple[Flow, ...]:
    if not settings.identity.enabled:
        return ()
    return keycloak_flows.connections(settings.identity, settings.account, cluster_name=settings.cluster.name)


def _detection(settings: PlatformSettings) -> tuple[Flow, ...]:
    detection = settings.detection
    return (
        *(falco.connections(detection.falco, settings.account) if detection.falco.enabled else ()),
        *(trivy_operator.connections(detection.trivy, settings.account) if detection.trivy.enabled else ()),
    )


def _observability(settings: PlatformSettings) -> tuple[Flow, ...]:
    observability = settings.observability
    if not observability.enabled:
        return ()
    thanos = observability.thanos
    return (
        *prometheus_flows.connections(observability.prometheus),
        *_alerting(observability.alerting),
        *(thanos_flows.connections(thanos, settings.account) if thanos.enabled else ()),
        *(etcd_flows.connections(observability.etcd, settings.account) if observability.etcd.enabled else ()),
        *grafana_flows.connections(settings),
        *exporters_flows.connections(observability.exporters),
    )


def _alerting(settings: AlertingSettings) -> tuple[Flow, ...]:
    return (
        *alerting_flows.connections(settings),
        *(servicenow.connections(settings.servicenow) if settings.servicenow else ()),
    )


def _backup(settings: PlatformSettings) -> tuple[Flow, ...]:
    backup = settings.backup
    if not backup.enabled:
        return ()
    if backup.kasten:
        return kasten_flows.connections(settings.account)
    return backup_flows.connections(settings.account, backup.source)


def _gpus(settings: PlatformSettings) -> tuple[Flow, ...]:
    if not settings.gpus:
        return ()
    if settings.capacity.gpu.software is GpuSoftware.GPU_OPERATOR:
        return capacity.gpu_operator()
    # Bottlerocket runs the plug-in as a service of the node.
    plugin = () if settings.nodes.ami_family is AmiFamily.BOTTLEROCKET else capacity.device_plugin()
    return (*capacity.gpu(), *plugin)


def _autoscaling(settings: PlatformSettings) -> tuple[Flow, ...]:
    karpenter = settings.capacity.autoscaler is Autoscaler.KARPENTER
    return (
        *(capacity.karpenter(settings.account) if karpenter else capacity.cluster_autoscaler(settings.account)),
        *(capacity.vertical_pod_autoscaler() if settings.capacity.vertical_pod_autoscaler else ()),
    )
