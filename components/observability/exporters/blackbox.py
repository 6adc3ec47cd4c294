"""Addresses as their callers see them: an exporter that calls each and tells whether, and how fast, it was answered."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from components.kit import placement
from components.kit.flows import Flow
from components.kit.monitoring import Instance
from components.observability.exporters import probes
from components.observability.exporters.settings import ProbeSettings

CHART: Final = "prometheus-blackbox-exporter"
_PORT: Final = 9115
PODS: Final = probes.exporter(CHART, _PORT)

# Half of the ten seconds in which Prometheus gives a scrape up, so that a failure has an answer too.
_TIMEOUT: Final = "5s"
# The VPC has no IPv6, and an answer by it would be another.
_IP: Final = {"preferred_ip_protocol": "ip4", "ip_protocol_fallback": False}
_MODULES: Final = {"https": "http_2xx", "tcp": "tcp_connect", "tls": "tls_connect"}
"""The module that asks an address, by its scheme."""


def modules() -> dict[str, Any]:
    """Return how addresses are asked. None by ICMP: that takes a privilege, and tells of a host, not of a service.

    https://github.com/prometheus/blackbox_exporter/blob/v0.28.0/CONFIGURATION.md
    """
    return {
        "http_2xx": {"prober": "http", "timeout": _TIMEOUT, "http": {**_IP, "fail_if_not_ssl": True}},
        "tcp_connect": {"prober": "tcp", "timeout": _TIMEOUT, "tcp": {**_IP}},
        "tls_connect": {"prober": "tcp", "timeout": _TIMEOUT, "tcp": {**_IP, "tls": True}},
    }


def objects(settings: Mapping[str, ProbeSettings]) -> Iterator[dict[str, Any]]:
    """Yield the Probe of each address, for the Prometheus that has the rules about them."""
    for name, each in settings.items():
        parts = urlsplit(each.url)
        target = each.url if parts.scheme == "https" else parts.netloc
        told = {"module": _MODULES[parts.scheme]}
        prober = probes.service(PODS, _PORT)
        yield probes.probe("address", name, target, prober=prober, instance=Instance.APP, told=told)


def connections(settings: Mapping[str, ProbeSettings]) -> tuple[Flow, ...]:
    """Return the connections of the exporter, if there is an address to ask."""
    if not settings:
        return ()
    return probes.connections(PODS, {(each.host, each.port): "asks whether it answers" for each in settings.values()})


def values() -> dict[str, Any]:
    """Return what differs from the chart's own values."""
    return {
        "replicas": placement.REPLICAS,
        "podDisruptionBudget": {"maxUnavailable": 1},
        "nodeSelector": {**placement.GENERAL_NODES},
        "topologySpreadConstraints": placement.apart(name=CHART, instance=CHART),
        "podSecurityContext": {**placement.RESTRICTED_POD},
        "resources": placement.resources("10m", "64Mi", memory_limit="128Mi"),
        # Helm lays maps over each other: what the chart's own module has besides stays.
        "config": {"modules": modules()},
    }
