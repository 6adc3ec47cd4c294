"""APIs of hardware and platforms that speak JSON: an exporter that makes series of parts of their documents."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from components.kit import placement
from components.kit.flows import Flow
from components.kit.monitoring import Instance
from components.observability.exporters import probes
from components.observability.exporters.settings import DocumentsSettings, JsonMetricSettings

CHART: Final = "prometheus-json-exporter"
_PORT: Final = 7979
PODS: Final = probes.exporter(CHART, _PORT)


def objects(settings: DocumentsSettings) -> Iterator[dict[str, Any]]:
    """Yield the Probe of each API, for the Prometheus that watches what the cluster runs on."""
    for name, each in settings.targets.items():
        prober = probes.service(PODS, _PORT)
        yield probes.probe(
            "document", name, each.url, prober=prober, instance=Instance.SYSTEM, told={"module": each.module}
        )


def connections(settings: DocumentsSettings) -> tuple[Flow, ...]:
    """Return the connections of the exporter, if there is an API to ask."""
    if not settings.targets:
        return ()
    asked = {(each.host, each.port): "asks for a document" for each in settings.targets.values()}
    return probes.connections(PODS, asked)


def _metrics(module: Sequence[JsonMetricSettings]) -> list[dict[str, Any]]:
    return [
        {
            "name": each.name,
            "help": each.help,
            "path": each.path,
            **({"type": "object", "values": dict(each.values)} if each.values else {}),
            **({"labels": dict(each.labels)} if each.labels else {}),
        }
        for each in module
    ]


def values(settings: DocumentsSettings) -> dict[str, Any]:
    """Return what differs from the chart's own values.

    https://github.com/prometheus-community/json_exporter/tree/v0.7.0/examples
    """
    modules = {name: {"metrics": _metrics(module)} for name, module in settings.modules.items()}
    return {
        "nodeSelector": {**placement.GENERAL_NODES},
        "podSecurityContext": {**placement.RESTRICTED_POD},
        "securityContext": {**placement.RESTRICTED_CONTAINER},
        "resources": placement.resources("10m", "64Mi"),
        "configuration": {"structuredConfig": {"modules": modules}},
    }
