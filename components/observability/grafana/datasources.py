"""What Grafanas ask: the datasources, with uids that dashboards and links rely on."""

from collections.abc import Sequence
from typing import Any, Final

from components.kit.monitoring import ALERTMANAGER_URL, NAMESPACE, Instance
from components.observability.thanos.settings import FRONTEND_URL

THANOS: Final = "thanos"
"""All clusters' metrics, for as long as they are kept."""

ALERTMANAGER: Final = "alertmanager"

_SCRAPE_INTERVAL: Final = "30s"
"""No query asks for less than what two scrapes need."""


def prometheus(instance: Instance) -> str:
    """Return the uid of a Prometheus of this cluster."""
    return f"prometheus-{instance}"


def url(instance: Instance) -> str:
    """Return where a Prometheus is asked."""
    return f"http://prometheus-{instance}.{NAMESPACE}.svc.cluster.local:9090"


def datasources(instances: Sequence[Instance], *, thanos: bool) -> list[dict[str, Any]]:
    """Return the datasources of a Grafana, that of all clusters first if there is one.

    https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources
    """
    found: list[dict[str, Any]] = []
    if thanos:
        found.append(_metrics("Thanos", THANOS, FRONTEND_URL, kind="Thanos", default=True))
    found += [
        _metrics(
            f"Prometheus {each}",
            prometheus(each),
            url(each),
            kind="Prometheus",
            default=not thanos and each is Instance.PLATFORM,
        )
        for each in instances
    ]
    found.append(
        {
            **_read_only("Alertmanager", ALERTMANAGER, ALERTMANAGER_URL),
            "type": "alertmanager",
            "jsonData": {"implementation": "prometheus", "handleGrafanaManagedAlerts": False},
        }
    )
    return found


def provisioned(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the file that Grafana reads; what is taken out of it is taken out of Grafana too."""
    return {"apiVersion": 1, "prune": True, "datasources": [*found]}


def first(instance: Instance, *, thanos: bool) -> str:
    """Return the uid that a dashboard asks at first: all clusters, or whoever watches what it shows."""
    return THANOS if thanos else prometheus(instance)


def _metrics(name: str, uid: str, address: str, *, kind: str, default: bool) -> dict[str, Any]:
    return {
        **_read_only(name, uid, address),
        "type": "prometheus",
        "isDefault": default,
        "jsonData": {
            # A query of a large dashboard is longer than an address may be.
            "httpMethod": "POST",
            "prometheusType": kind,
            "timeInterval": _SCRAPE_INTERVAL,
            # Grafana shows what rules are there; it changes none.
            "manageAlerts": True,
            "allowAsRecordingRulesTarget": False,
        },
    }


def _read_only(name: str, uid: str, address: str) -> dict[str, Any]:
    return {"name": name, "uid": uid, "url": address, "access": "proxy", "orgId": 1, "editable": False}
