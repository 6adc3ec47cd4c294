"""The settings of one stack: one block for each layer, and what must hold between them."""

from collections.abc import Iterator
from datetime import date
from ipaddress import IPv4Network
from typing import Annotated, ClassVar

from pydantic import Field

from components.capacity.capacity_settings import CapacitySettings
from components.capacity.cost.settings import CostSettings
from components.capacity.storage_classes import StorageSettings
from components.compute import kubernetes_versions
from components.compute.cluster import ClusterSettings, private_clients
from components.compute.network_plugin import Routing
from components.compute.node_plan import zones_without_nodes
from components.compute.node_roles import ROLES
from components.compute.node_settings import NodesSettings
from components.compute.user_data import LocalDisks
from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionSettings
from components.foundation.flow_logs import FlowLogsSettings
from components.foundation.network_settings import NetworkSettings
from components.kit.maintenance import MaintenanceSettings
from components.networking.certificates import CertificatesSettings
from components.networking.cilium import CiliumSettings
from components.networking.entry_settings import EntrySettings
from components.networking.hosted_zones import DnsSettings
from components.observability.settings import ObservabilitySettings
from components.resilience.backup.settings import BackupSettings
from components.resilience.chaos.settings import ChaosSettings
from components.security.admission.settings import AdmissionSettings
from components.security.detection.settings import DetectionSettings
from components.security.keycloak.settings import IdentitySettings
from components.security.secrets.settings import SecretsSettings
from components.security.vault.settings import VaultSettings
from settings import pod_network
from settings.access_relations import RELATIONS as ACCESS_RELATIONS
from settings.admission_relations import RELATIONS as ADMISSION_RELATIONS
from settings.admission_relations import excepted_until
from settings.alerting_relations import RELATIONS as ALERTING_RELATIONS
from settings.alerting_relations import silenced_until
from settings.backup_relations import RELATIONS as BACKUP_RELATIONS
from settings.capacity_relations import RELATIONS as CAPACITY_RELATIONS
from settings.chaos_relations import RELATIONS as CHAOS_RELATIONS
from settings.chaos_times import allowed_until
from settings.cost_relations import RELATIONS as COST_RELATIONS
from settings.detection_relations import RELATIONS as DETECTION_RELATIONS
from settings.entry_relations import RELATIONS as ENTRY_RELATIONS
from settings.exporters_relations import RELATIONS as EXPORTERS_RELATIONS
from settings.grafana_relations import RELATIONS as GRAFANA_RELATIONS
from settings.identity_relations import RELATIONS as IDENTITY_RELATIONS
from settings.kasten_relations import RELATIONS as KASTEN_RELATIONS
from settings.maintenance_relations import RELATIONS as MAINTENANCE_RELATIONS
from settings.observability_relations import RELATIONS as OBSERVABILITY_RELATIONS
from settings.prometheus_relations import RELATIONS as PROMETHEUS_RELATIONS
from settings.recovery_relations import RELATIONS as RECOVERY_RELATIONS
from settings.relations import Assembled, Conflict, Relation
from settings.secrets_relations import RELATIONS as SECRETS_RELATIONS
from settings.vault_access_relations import RELATIONS as VAULT_ACCESS_RELATIONS
from settings.vault_relations import RELATIONS as VAULT_RELATIONS

# A zone is its region and one letter: eu-central-1a. Local zones (us-west-2-lax-1a) have no EKS control plane.
_ZONE_LETTER = 1
_EVERYWHERE = IPv4Network("0.0.0.0/0")


def zones_lie_in_the_region(account: AccountSettings, network: NetworkSettings) -> Iterator[Conflict]:
    """Yield every zone that is not one of the region's."""
    for index, zone in enumerate(network.zones):
        if zone[:-_ZONE_LETTER] != account.region:
            yield Conflict(
                keys=(("network", "zones", index), ("account", "region")),
                why=f"is not an availability zone of {account.region}",
                remedy=f"{account.region}{zone[-_ZONE_LETTER]}",
            )


def services_have_addresses_of_their_own(network: NetworkSettings, cluster: ClusterSettings) -> Iterator[Conflict]:
    """Yield the block of Services if the VPC has some of its addresses: one of the two could not be reached."""
    if cluster.service_cidr.overlaps(network.cidr):
        yield Conflict(
            keys=(("cluster", "service_cidr"), ("network", "cidr")),
            why=f"shares addresses with {network.cidr}: an address would mean both a Service and a machine",
            remedy=_elsewhere(cluster.service_cidr, network.cidr),
        )
    for block in network.transit_gateway.cidrs if network.transit_gateway else ():
        if block.subnet_of(cluster.service_cidr):
            yield Conflict(
                keys=(("cluster", "service_cidr"), ("network", "transit_gateway", "cidrs")),
                why=f"holds {block}, which lies behind the transit gateway and which no pod could reach: a node takes "
                "it for a Service's",
                remedy=_elsewhere(cluster.service_cidr, block),
            )


def the_api_server_is_not_open_to_everything(network: NetworkSettings, cluster: ClusterSettings) -> Iterator[Conflict]:
    """Yield the missing list of callers where everything behind the transit gateway would be one."""
    if _EVERYWHERE in private_clients(cluster, network):
        yield Conflict(
            keys=(("cluster", "private_access_cidrs"), ("network", "transit_gateway", "cidrs")),
            why=f"lets everyone who is routed here call the API server ({_EVERYWHERE}); name the networks of those "
            "who may",
            remedy=[str(network.cidr)],
        )


def supported_on(today: date) -> Relation:
    """Return the relation between a stack's Kubernetes minor and the support AWS gives it on a day."""

    def the_minor_is_supported(cluster: ClusterSettings) -> Iterator[Conflict]:
        minors = {name: kubernetes_versions.table()[name] for name in kubernetes_versions.deployable()}
        why = minors[cluster.version].objection(cluster.support, today)
        if why:
            sound = [name for name, minor in minors.items() if not minor.objection(cluster.support, today)]
            yield Conflict(
                keys=(("cluster", "version"), ("cluster", "support")), why=why, remedy=sound[-1] if sound else None
            )

    return the_minor_is_supported


def every_zone_has_its_nodes(network: NetworkSettings, nodes: NodesSettings) -> Iterator[Conflict]:
    """Yield the sizes that leave a zone without a node of a role whose volumes cannot leave their zone."""
    for path, groups in (((), nodes), (("retiring",), nodes.retiring)):
        for role, group in groups.groups().items():
            short = zones_without_nodes(group, network.zones) if ROLES[role].zonal else None
            if short:
                size, missing = short
                count = len(network.zones)
                zero = " (0 leaves it to the autoscaler)" if size == "min_size" else ""
                yield Conflict(
                    keys=(("nodes", *path, role, size), ("network", "zones")),
                    why=f"leaves {missing} of the {count} zones without a node for the volumes that are there; "
                    f"it must be {count} or more{zero}",
                    remedy=count,
                )


class PlatformSettings(Assembled):
    """Everything a stack decides."""

    account: AccountSettings
    """The AWS account and region the stack lives in, and the tags everything carries."""

    network: NetworkSettings
    """The VPC: its address blocks, its zones and its ways out."""

    encryption: EncryptionSettings = EncryptionSettings()
    """The KMS keys."""

    flow_logs: FlowLogsSettings = FlowLogsSettings()
    """The record of the VPC's traffic."""

    cluster: ClusterSettings
    """The EKS control plane and who may administer it."""

    cilium: CiliumSettings = CiliumSettings()
    """The cluster's network: pods' addresses, Services, encryption."""

    nodes: NodesSettings
    """The node groups, one for each role."""

    storage: StorageSettings = StorageSettings()
    """The storage classes."""

    capacity: CapacitySettings = CapacitySettings()
    """Who adds nodes, how pods get at devices, and who sets what pods request."""

    cost: CostSettings = CostSettings()
    """What the stack may cost, who is told, what its workloads cost, and what each namespace may take."""

    dns: DnsSettings = DnsSettings()
    """The DNS zones the stack writes to."""

    certificates: CertificatesSettings = CertificatesSettings()
    """The issuers of certificates."""

    entry: EntrySettings = EntrySettings()
    """The entry of traffic: by which means, under which names, and for whom."""

    admission: AdmissionSettings = AdmissionSettings()
    """What may enter the cluster: by which engine it is judged, and how strictly."""

    vault: VaultSettings = VaultSettings()
    """Vault, for secrets that people and programs share."""

    secrets: SecretsSettings = SecretsSettings()
    """How secrets reach pods: as files from Vault, and as Secrets from the stores named here."""

    identity: IdentitySettings = IdentitySettings()
    """People's identities: who vouches for them, and which interfaces ask."""

    detection: DetectionSettings = DetectionSettings()
    """What tells of attacks and of what invites them: Falco, the Trivy operator, and AWS itself."""

    observability: ObservabilitySettings = ObservabilitySettings()
    """What is measured, how long it is kept, who is told, and what people see of it."""

    backup: BackupSettings = BackupSettings()
    """What is kept of what the cluster holds, for how long, where, and how it is proved that it can be restored."""

    chaos: ChaosSettings = ChaosSettings()
    """Experiments that show whether the platform and its people bear what will happen some day."""

    maintenance: MaintenanceSettings = MaintenanceSettings()
    """When what the platform does by itself may interrupt."""

    retain_data: Annotated[bool, Field(examples=[True])]
    """Whether what holds state (the VPC, the cluster, keys, buckets) is protected against deletion. False in a stack
    that is meant to be destroyed."""

    relations: ClassVar[tuple[Relation, ...]] = (
        pod_network.nodes_and_pods_have_addresses,
        pod_network.every_pod_of_a_node_has_an_address,
        pod_network.load_balancers_reach_what_they_send_to,
        pod_network.overlay_pods_have_addresses_of_their_own,
        pod_network.every_node_has_its_share_of_the_overlay,
        pod_network.nodes_reach_ciliums_images,
        every_zone_has_its_nodes,
        pod_network.gpu_nodes_stand_in_the_networks_zones,
        zones_lie_in_the_region,
        services_have_addresses_of_their_own,
        the_api_server_is_not_open_to_everything,
        *ACCESS_RELATIONS,
        *CAPACITY_RELATIONS,
        *COST_RELATIONS,
        *ENTRY_RELATIONS,
        *IDENTITY_RELATIONS,
        *SECRETS_RELATIONS,
        *ADMISSION_RELATIONS,
        *VAULT_RELATIONS,
        *VAULT_ACCESS_RELATIONS,
        *DETECTION_RELATIONS,
        *OBSERVABILITY_RELATIONS,
        *BACKUP_RELATIONS,
        *KASTEN_RELATIONS,
        *CHAOS_RELATIONS,
        *GRAFANA_RELATIONS,
        *PROMETHEUS_RELATIONS,
        *ALERTING_RELATIONS,
        *EXPORTERS_RELATIONS,
        *MAINTENANCE_RELATIONS,
        *RECOVERY_RELATIONS,
    )

    @property
    def copies_region(self) -> str | None:
        """Where copies are of what must outlive this region: backups, Vault's and etcd's snapshots, their keys."""
        return self.backup.store.replica.region if self.backup.enabled and self.backup.store.replica else None

    @property
    def disturbed(self) -> tuple[str, ...]:
        """The namespaces in which faults may be made on purpose."""
        return self.chaos.namespaces if self.chaos.enabled else ()

    @property
    def gpus(self) -> bool:
        """Whether any role has NVIDIA devices."""
        pools = self.capacity.karpenter
        return bool(self.nodes.gpu or self.nodes.retiring.gpu or (pools and pools.gpu))

    @property
    def host_network(self) -> bool:
        """Whether what the API server calls must run on its node's network, for it reaches no pod."""
        return self.cilium.routing is Routing.OVERLAY

    @property
    def local_volumes(self) -> bool:
        """Whether nodes mount their local disks, each for one volume."""
        groups = (self.nodes.storage, self.nodes.retiring.storage)
        return any(group and group.local_disks is LocalDisks.MOUNT for group in groups)

    @classmethod
    def as_of(cls, today: date) -> "type[PlatformSettings]":
        """Return these settings with the relations that hold until a certain day only."""

        class Dated(cls):  # type: ignore[misc, valid-type]  # a class made of the class it is asked of
            relations: ClassVar[tuple[Relation, ...]] = (
                *cls.relations,
                supported_on(today),
                excepted_until(today),
                silenced_until(today),
                allowed_until(today),
            )

        return Dated


def _elsewhere(block: IPv4Network, taken: IPv4Network) -> str | None:
    """Return a block of the same size, in one of the two places EKS itself chooses from, apart from the taken one."""
    # https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
    for start in ("172.20.0.0", "10.100.0.0"):
        other = IPv4Network(f"{start}/{block.prefixlen}", strict=False)
        if not other.overlaps(taken):
            return str(other)
    return None
