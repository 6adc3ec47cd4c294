"""What a stack decides about its monitoring: a block for each layer of the tier."""

from components.kit.settings import Settings
from components.observability.alerting.settings import AlertingSettings
from components.observability.etcd.settings import EtcdSettings
from components.observability.exporters.settings import ExportersSettings
from components.observability.grafana.settings import GrafanaSettings
from components.observability.prometheus.settings import PrometheusSettings
from components.observability.rules.rules import RulesSettings
from components.observability.thanos.settings import ThanosSettings


class ObservabilitySettings(Settings):
    """What is measured, how long it is kept, who is told, and what people see of it."""

    enabled: bool = True
    """Whether the stack has a monitoring of its own."""

    prometheus: PrometheusSettings = PrometheusSettings()
    """The six Prometheus instances: how many of each, and for how long they keep what."""

    thanos: ThanosSettings = ThanosSettings()
    """Metrics of all Prometheus instances in one place, for years."""

    etcd: EtcdSettings = EtcdSettings()
    """An etcd for what the platform itself remembers; Kubernetes' own is AWS's."""

    alerting: AlertingSettings = AlertingSettings()
    """Who is told of what, by which way, and when not."""

    grafana: GrafanaSettings = GrafanaSettings()
    """What people see of it."""

    rules: RulesSettings = RulesSettings()
    """What is computed from the metrics, and when somebody is told."""

    exporters: ExportersSettings = ExportersSettings()
    """What is measured that tells nothing of itself: addresses, databases, APIs that speak JSON, JVMs."""
