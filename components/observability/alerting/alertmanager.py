"""Alertmanager as the Prometheus operator runs it: its servers, and what they may call."""

from typing import Any, Final

import pulumi

from components.kit import flows, placement
from components.kit.flows import PROMETHEUS, Flow, Fqdn, Port, Protocol, Workload
from components.kit.monitoring import ALERTMANAGER, NAMESPACE, Instance, watched_by
from components.observability.alerting.messages import FORWARDER, FORWARDER_PORT, SECRET
from components.observability.alerting.settings import AlertingSettings

API: Final = "monitoring.coreos.com/v1"

NAME: Final = "platform"
ACCOUNT: Final = "alertmanager"
CONFIG_SECRET: Final = f"alertmanager-{NAME}"
"""The name that the operator looks for: https://prometheus-operator.dev/docs/developer/alerting/."""

# renovate: datasource=docker depName=quay.io/prometheus/alertmanager
VERSION: Final = "v0.34.0"

_WEB, _GOSSIP, _GOSSIP_UDP, _RELOADER = ALERTMANAGER.ports
_HTTPS: Final = 443
_SLACK: Final = "hooks.slack.com"
_RETENTION: Final = "168h"
"""A week: longer than the longest time after which something is repeated, or it would be told twice."""

FORWARDERS: Final = Workload(
    namespace=NAMESPACE,
    name=FORWARDER,
    labels={"app.kubernetes.io/name": FORWARDER},
    ports=(Port(name="http", number=FORWARDER_PORT),),
)
"""The pods that write to ServiceNow."""


def spec(settings: AlertingSettings, *, storage_class: pulumi.Input[str], zones: int) -> dict[str, Any]:
    """Return the spec of the Alertmanager."""
    claim = {
        "storageClassName": storage_class,
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": f"{settings.servers.storage_gib}Gi"}},
    }
    return {
        "replicas": settings.servers.replicas,
        "image": f"quay.io/prometheus/alertmanager:{VERSION}",
        "version": VERSION,
        **({"secrets": [SECRET]} if settings.credentials else {}),
        "portName": _WEB.name,
        "retention": _RETENTION,
        "serviceAccountName": ACCOUNT,
        "automountServiceAccountToken": False,
        "nodeSelector": {**placement.GENERAL_NODES},
        "topologySpreadConstraints": placement.apart_for_good(settings.servers.replicas, zones, name="alertmanager"),
        "securityContext": {**placement.RESTRICTED_POD},
        "resources": placement.resources("20m", "64Mi", memory_limit="256Mi"),
        "storage": {"volumeClaimTemplate": {"spec": claim}},
        # What is lost with them is what was told, which is told once more.
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete", "whenScaled": "Delete"},
    }


def monitor(name: str, labels: dict[str, str], *ports: str) -> dict[str, Any]:
    """Return the PodMonitor of pods of the platform's namespace, for the Prometheus that watches the platform."""
    return {
        "apiVersion": API,
        "kind": "PodMonitor",
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": {**watched_by(Instance.PLATFORM)}},
        "spec": {
            "selector": {"matchLabels": labels},
            "podMetricsEndpoints": [{"port": port} for port in ports],
        },
    }


def connections(settings: AlertingSettings) -> tuple[Flow, ...]:
    """Return the connections of Alertmanager's servers."""
    gossip = (
        Flow(client=ALERTMANAGER, server=ALERTMANAGER, port=_GOSSIP.number, why="tells its peers what it has told"),
        Flow(
            client=ALERTMANAGER,
            server=ALERTMANAGER,
            port=_GOSSIP_UDP.number,
            protocol=Protocol.UDP,
            why="tells its peers what it has told",
        ),
    )
    outside = (
        Flow(client=ALERTMANAGER, server=Fqdn(host), port=port, why=why)
        for (host, port), why in sorted(_outside(settings).items())
    )
    forwarded = Flow(client=ALERTMANAGER, server=FORWARDERS, port=FORWARDER_PORT, why="hands alerts to ServiceNow")
    return (
        *flows.dns(ALERTMANAGER),
        *(gossip if settings.servers.replicas > 1 else ()),
        Flow(client=PROMETHEUS, server=ALERTMANAGER, port=_WEB.number, why="sends alerts, and scrapes it"),
        *flows.scrape(ALERTMANAGER, _RELOADER.number),
        *flows.probes(ALERTMANAGER, _WEB.number),
        *outside,
        *((forwarded,) if settings.servicenow else ()),
    )


def _outside(settings: AlertingSettings) -> dict[tuple[str, int], str]:
    """Return what is called outside, by host and port, and what for."""
    found: dict[tuple[str, int], str] = {}
    for told in settings.receivers.values():
        if told.email and settings.email:
            found[settings.email.smarthost, settings.email.port] = "sends e-mail"
        if told.slack:
            found[_SLACK, _HTTPS] = "tells Slack"
        if told.pagerduty:
            found[told.pagerduty.host, _HTTPS] = "pages somebody"
        if told.webhook:
            found[told.webhook.host, _HTTPS] = "tells a program"
    if settings.heartbeat:
        found[settings.heartbeat.host, _HTTPS] = "says that alerts come through"
    return found
