"""What layers and the monitoring agree on: which Prometheus watches whom, and where alerts are taken."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from components.kit.flows import Port, Protocol, Workload

NAMESPACE: Final = "monitoring"
"""Where the operator of Prometheus, every Prometheus, Alertmanager and the exporters live."""

LABEL: Final = "prometheus"
"""The label of a ServiceMonitor, PodMonitor, Probe or PrometheusRule that says which Prometheus it is for."""


class Instance(StrEnum):
    """The Prometheus instances, by what they watch. Each monitor and each rule belongs to exactly one."""

    APP = "app"
    """What the cluster's users run: everything that names no other."""
    SYSTEM = "system"
    """Nodes, the kubelets, the cluster's own API, DNS and network, devices."""
    DATABASE = "database"
    """Databases, and the platform's etcd."""
    PLATFORM = "platform"
    """What the platform offers: secrets, admission, certificates, entry, detection, backup, and the monitoring."""
    TOOLING = "tooling"
    """What people work with: Grafana, Keycloak, CI."""
    ARGOS = "argos"
    """Argo's family: CD, Workflows, Events, Rollouts."""


def watched_by(instance: Instance) -> Mapping[str, str]:
    """Return the label by which a monitor or a rule names its Prometheus."""
    return {LABEL: instance.value}


class Severity(StrEnum):
    """How urgent an alert is, as its label `severity` says."""

    CRITICAL = "critical"
    """Somebody must act now."""
    WARNING = "warning"
    """Somebody must act on the next working day."""
    INFO = "info"
    """Nobody must act; it explains what else is seen."""


class Owner(StrEnum):
    """Who acts on an alert of the platform, as its label `owner` says; a stack adds its teams."""

    PLATFORM = "platform"
    SECURITY = "security"
    NETWORK = "network"
    STORAGE = "storage"
    DATA = "data"
    OBSERVABILITY = "observability"


WATCHDOG: Final = "Watchdog"
"""The alert that always fires: silence is what tells that alerts take no way out any more."""

_ALERTMANAGER_PORT: Final = 9093
# https://prometheus.io/docs/alerting/latest/alertmanager/#high-availability
_GOSSIP_PORT: Final = 9094
_RELOADER_PORT: Final = 8080

ALERTMANAGER: Final = Workload(
    # On the pods of every Alertmanager: https://prometheus-operator.dev/docs/api-reference/api/
    namespace=NAMESPACE,
    name="alertmanager",
    labels={"app.kubernetes.io/name": "alertmanager"},
    ports=(
        Port(name="http-web", number=_ALERTMANAGER_PORT),
        Port(name="mesh-tcp", number=_GOSSIP_PORT),
        Port(name="mesh-udp", number=_GOSSIP_PORT, protocol=Protocol.UDP),
        Port(name="reloader-web", number=_RELOADER_PORT),
    ),
)
"""Every Alertmanager of the platform, as the operator labels them."""

ALERTMANAGER_URL: Final = f"http://alertmanager-operated.{NAMESPACE}.svc.cluster.local:{_ALERTMANAGER_PORT}"
"""The Service that the operator keeps for all of them."""
