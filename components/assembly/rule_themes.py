"""Which of the platform's rules a stack has: those about what it has."""

from typing import Final

from components.capacity.capacity_settings import Autoscaler
from components.networking.entry_settings import EntryMode
from components.resilience.backup.settings import Engine as BackupEngine
from components.security.admission.settings import Engine
from settings import PlatformSettings

# What applications, databases and JVMs tell of themselves is there when they are: without, these rules are silent.
_ALWAYS: Final = (
    "nodes",
    "workloads",
    "control-plane",
    "coredns",
    "cilium",
    "utilisation",
    "targets",
    "watchdog",
    "prometheus",
    "alertmanager",
    "certificates",
    "load-balancers",
    "golden-signals",
    "jvm",
    "probes",
    "mysql",
    "postgres",
)


def themes(settings: PlatformSettings) -> list[str]:
    """Return the themes of the rules about what the settings ask for.

    Where something would be missed because its metrics are absent, it must be there: an alert about what a stack does
    without would fire for ever.
    """
    karpenter = settings.capacity.autoscaler is Autoscaler.KARPENTER
    admission = settings.admission.engine
    stores = settings.secrets.stores
    chosen = {
        "karpenter": karpenter,
        "cluster-autoscaler": not karpenter,
        "gpu": settings.gpus,
        "gateways": settings.entry.mode is EntryMode.GATEWAY,
        "external-dns": bool(settings.dns.zones),
        "vault": settings.vault.enabled,
        "secrets-store": settings.vault.enabled,
        "external-secrets": stores.any,
        "kyverno": admission is Engine.KYVERNO,
        "gatekeeper": admission is Engine.GATEKEEPER,
        "falco": settings.detection.falco.enabled,
        "trivy": settings.detection.trivy.enabled,
        "keycloak": settings.identity.enabled,
        "thanos": settings.observability.thanos.enabled,
        "platform-etcd": settings.observability.etcd.enabled,
        "backups": settings.backup.enabled,
        "velero": settings.backup.enabled and settings.backup.engine is BackupEngine.VELERO,
        "kasten": settings.backup.enabled and settings.backup.engine is BackupEngine.KASTEN,
        "chaos": settings.chaos.enabled,
        "opencost": settings.cost.opencost.enabled,
        "grafana": bool(settings.observability.grafana.instances),
    }
    return [*_ALWAYS, *(theme for theme, there in chosen.items() if there)]
