"""What measures the platform, keeps it, tells of it and shows it."""

from typing import TYPE_CHECKING

from components.assembly import chaos, grafana
from components.assembly.ground import Ground
from components.assembly.rule_themes import themes
from components.assembly.security import Security, left_alone
from components.assembly.systems import Systems
from components.networking import issuers
from components.networking.issuers import Issuer
from components.observability.alerting.alerting import Alerting
from components.observability.alerting.maintenance import within
from components.observability.alerting.servicenow import ServiceNowForwarder
from components.observability.etcd.platform_etcd import PlatformEtcd
from components.observability.exporters.exporters import Exporters
from components.observability.grafana.grafana import Grafanas
from components.observability.prometheus.manifests import Surroundings
from components.observability.prometheus.monitors import Monitors
from components.observability.prometheus.prometheus import Prometheus
from components.observability.prometheus.prometheus_operator import PrometheusOperator
from components.observability.rules.rules import Rules, ruler_rules
from components.observability.thanos.metrics_store import MetricsStore
from components.observability.thanos.thanos import Thanos
from settings import PlatformSettings

if TYPE_CHECKING:
    from components.kit.layer import Layer


class Observability:
    """Every layer of the tier, as far as the settings ask for it.

    Attributes:
        operator: Who makes pods of every Prometheus and Alertmanager, if the stack is monitored.
        prometheus: The instances, likewise.
        metrics_store: The bucket that sidecars upload to, if the stack has Thanos.
        etcd: The platform's own etcd, if the stack has it.
        grafana: The Grafanas, if the stack has any.
        layers: All of them, in the order in which they are made.

    """

    def __init__(self, settings: PlatformSettings, ground: Ground, systems: Systems, security: Security) -> None:
        self.layers: list[Layer] = []
        self.grafana: Grafanas | None = None
        self.etcd: PlatformEtcd | None = None
        self.operator: PrometheusOperator | None = None
        self.prometheus: Prometheus | None = None
        self.metrics_store: MetricsStore | None = None
        if not settings.observability.enabled:
            return
        self.layers += _alerting(settings, ground, systems, security)
        if settings.observability.thanos.enabled:
            self.metrics_store = _metrics_store(settings, ground, systems)
            self.layers.append(self.metrics_store)
            self.layers.append(_thanos(settings, ground, systems, self.metrics_store))
        if settings.observability.etcd.enabled:
            self.etcd = _etcd(settings, ground, systems)
            self.layers.append(self.etcd)
        self.operator = _operator(settings, ground, systems)
        self.prometheus = _prometheus(settings, ground, systems, self.operator, self.metrics_store)
        monitors = Monitors(
            "monitors",
            flows=systems.flows,
            platform=left_alone(),
            opts=ground.after(systems.namespaces, *ground.for_pods),
        )
        self.layers += [self.operator, self.prometheus, monitors, _rules(settings, ground, self.operator)]
        if settings.observability.exporters.any:
            self.layers.append(_exporters(settings, ground, systems, security))
        self.layers += grafana.layers(settings, ground, systems, security.external_secrets)
        self.grafana = next((layer for layer in self.layers if isinstance(layer, Grafanas)), None)


def _metrics_store(settings: PlatformSettings, ground: Ground, systems: Systems) -> MetricsStore:
    return MetricsStore(
        "metrics-store",
        settings.observability.thanos,
        account=settings.account,
        encryption=settings.encryption,
        cluster=ground.cluster.outputs,
        retain_data=settings.retain_data,
        opts=ground.after(systems.namespaces),
    )


def _etcd(settings: PlatformSettings, ground: Ground, systems: Systems) -> PlatformEtcd:
    return PlatformEtcd(
        "platform-etcd",
        settings.observability.etcd,
        account=settings.account,
        encryption=settings.encryption,
        cluster=ground.cluster.outputs,
        storage_class=systems.storage.outputs.default,
        root=issuers.PRIVATE_ROOT,
        copies_region=settings.copies_region,
        copies_topics=settings.backup.copies_topics,
        retain_data=settings.retain_data,
        opts=ground.after(systems.certificates, systems.policies, systems.storage),
    )


def _thanos(settings: PlatformSettings, ground: Ground, systems: Systems, store: MetricsStore) -> Thanos:
    return Thanos(
        "thanos",
        settings.observability.thanos,
        rules=ruler_rules(settings.observability.rules, chaos.unnoticed(settings)),
        account=settings.account,
        cluster=ground.cluster.outputs,
        store=store.outputs,
        storage_class=systems.storage.outputs.default,
        zones=len(settings.network.zones),
        opts=ground.after(store, systems.policies, systems.storage),
    )


def _alerting(settings: PlatformSettings, ground: Ground, systems: Systems, security: Security) -> "list[Layer]":
    alerting = within(settings.observability.alerting, settings.maintenance.window)
    copies = [security.external_secrets] if alerting.credentials and security.external_secrets else []
    servers = Alerting(
        "alerting",
        alerting,
        storage_class=systems.storage.outputs.default,
        zones=len(settings.network.zones),
        opts=ground.after(systems.policies, systems.storage, *ground.for_pods, *copies),
    )
    if not alerting.servicenow:
        return [servers]
    forwarder = ServiceNowForwarder(
        "servicenow",
        alerting.servicenow,
        cluster_name=settings.cluster.name,
        # Its credentials come with Alertmanager's; its pods wait for them, not what makes them.
        opts=ground.after(systems.policies, *ground.for_pods),
    )
    return [servers, forwarder]


def _rules(settings: PlatformSettings, ground: Ground, operator: PrometheusOperator) -> Rules:
    thanos = settings.observability.thanos
    return Rules(
        "rules",
        settings.observability.rules,
        about=themes(settings),
        ruler=thanos.enabled and thanos.ruler,
        more=chaos.forbidden(settings),
        # Its webhook judges each of them.
        opts=ground.after(operator),
    )


def _exporters(settings: PlatformSettings, ground: Ground, systems: Systems, security: Security) -> Exporters:
    exporters = settings.observability.exporters
    from_stores = any(each.credentials for each in exporters.databases.values())
    copies = [security.external_secrets] if from_stores and security.external_secrets else []
    return Exporters("exporters", exporters, opts=ground.after(systems.policies, *ground.for_pods, *copies))


def _operator(settings: PlatformSettings, ground: Ground, systems: Systems) -> PrometheusOperator:
    return PrometheusOperator(
        "prometheus-operator",
        issuer=systems.certificates.outputs.issuers[Issuer.PRIVATE],
        labels=settings.observability.prometheus.labels,
        host_network=settings.host_network,
        opts=ground.after(systems.certificates),
    )


def _prometheus(
    settings: PlatformSettings,
    ground: Ground,
    systems: Systems,
    operator: PrometheusOperator,
    store: MetricsStore | None,
) -> Prometheus:
    return Prometheus(
        "prometheus",
        settings.observability.prometheus,
        around=Surroundings(
            cluster_name=settings.cluster.name,
            platform=left_alone(),
            storage_class=systems.storage.outputs.default,
            objstore_secret=store.outputs.configuration if store else None,
            retain_data=settings.retain_data,
            zones=len(settings.network.zones),
        ),
        # A pod that started before its identity is associated has no credentials.
        opts=ground.after(operator, systems.storage, *([store] if store else [])),
    )
