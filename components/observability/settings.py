"""What a stack decides about its monitoring: a block for each layer of the tier."""

from components.kit.settings import Settings
from components.observability.alerting.settings import AlertingSettings
from components.observability.grafana.settings import GrafanaSettings
from components.observability.prometheus.settings import PrometheusSettings
from components.observability.thanos.settings import ThanosSettings


class ObservabilitySettings(Settings):
    """What is measured, how long it is kept, who is told, and what people see of it."""

    enabled: bool = True
    """Whether the stack has a monitoring of its own."""

    prometheus: PrometheusSettings = PrometheusSettings()
    """The six Prometheus instances: how many of each, and for how long they keep what."""

    thanos: ThanosSettings = ThanosSettings()
    """Metrics of all Prometheus instances in one place, for years."""

    alerting: AlertingSettings = AlertingSettings()
    """Who is told of what, by which way, and when not."""

    grafana: GrafanaSettings = GrafanaSettings()
    """What people see of it."""
