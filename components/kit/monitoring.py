"""What layers and the monitoring agree on: which Prometheus watches whom, and where alerts are taken."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from components.kit.flows import Port, Workload

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


_ALERTMANAGER_PORT: Final = 9093

ALERTMANAGER: Final = Workload(
    # On the pods of every Alertmanager: https://prometheus-operator.dev/docs/api-reference/api/
    namespace=NAMESPACE,
    name="alertmanager",
    labels={"app.kubernetes.io/name": "alertmanager"},
    ports=(Port(name="http-web", number=_ALERTMANAGER_PORT),),
)
"""Every Alertmanager of the platform, as the operator labels them."""

ALERTMANAGER_URL: Final = f"http://alertmanager-operated.{NAMESPACE}.svc.cluster.local:{_ALERTMANAGER_PORT}"
"""The Service that the operator keeps for all of them."""
