"""What tells nothing of itself is measured: exporters, and who asks them about what."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pulumi

from components.kit import chart, custom_object
from components.kit.flows import Flow
from components.kit.layer import Layer
from components.observability.exporters import blackbox, databases, documents, jvm
from components.observability.exporters.settings import ExportersSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportersOutputs:
    """Whom Prometheus asks: the exporters' releases, and the names of what is asked about."""

    releases: pulumi.Output[list[str]]
    monitors: pulumi.Output[list[str]]


class Exporters(Layer, kind="platform:observability:Exporters"):
    """An exporter for each kind of thing that the settings name, and a monitor for each of those things."""

    def __init__(self, name: str, settings: ExportersSettings, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        releases = []
        if settings.probes:
            chart.install(self, blackbox.CHART, blackbox.values())
            releases.append(blackbox.CHART)
        if settings.documents.targets:
            chart.install(self, documents.CHART, documents.values(settings.documents))
            releases.append(documents.CHART)
        releases += databases.install(self, settings)
        monitors = [*_monitors(settings)]
        for each in monitors:
            at = each["metadata"]
            custom_object.create(self, f"{each['kind'].lower()}-{at['name']}", each, depends_on=[])
        self.outputs = self.publish(
            ExportersOutputs(
                releases=pulumi.Output.from_input(releases),
                monitors=pulumi.Output.from_input(sorted(each["metadata"]["name"] for each in monitors)),
            )
        )


def _monitors(settings: ExportersSettings) -> Iterator[dict[str, Any]]:
    yield from blackbox.objects(settings.probes)
    yield from databases.objects(settings)
    yield from documents.objects(settings.documents)
    yield from jvm.objects(settings.jvm)


def connections(settings: ExportersSettings) -> tuple[Flow, ...]:
    """Return the connections of all exporters, and those to the agents of JVMs."""
    return (
        *blackbox.connections(settings.probes),
        *databases.connections(settings),
        *documents.connections(settings.documents),
        *jvm.connections(settings.jvm),
    )
