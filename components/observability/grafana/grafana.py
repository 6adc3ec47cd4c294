"""The Grafanas: one for each kind of people, with the platform's dashboards as files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.foundation.account import AccountSettings
from components.kit import chart, postgres, rights
from components.kit.layer import Layer
from components.kit.postgres import Postgres
from components.observability.dashboards import catalog, rendering
from components.observability.dashboards.panels import Grafana
from components.observability.grafana import databases, datasources, instances
from components.observability.grafana.databases import Database
from components.observability.grafana.instances import NAMESPACE
from components.observability.grafana.settings import GrafanaSettings
from components.observability.grafana.sign_in import Provider
from components.observability.grafana.values import FOLDER, Surroundings, values

_READER: Final = "grafana-dashboards"
"""The Role of whoever reads dashboards out of ConfigMaps."""

_METRICS: Final = "/metrics"


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where Grafanas are reached.

    Attributes:
        domain: The entry's, below which each has its name.
        gateway: The Gateway's name.
        namespace: The Gateway's namespace.
        api: The Gateway API's group and version.

    """

    domain: str
    gateway: str
    namespace: str
    api: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrafanaOutputs:
    """Where each Grafana is, by name."""

    urls: pulumi.Output[dict[str, str]]


class Grafanas(Layer, kind="platform:observability:Grafana"):
    """A release and a route for each, their databases, and the dashboards they share."""

    def __init__(
        self,
        name: str,
        settings: GrafanaSettings,
        *,
        account: AccountSettings,
        door: Door | None,
        provider: Provider | None,
        database: Postgres | None,
        thanos: bool,
        runbooks: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        around = Surroundings(
            replicas=settings.replicas,
            volume_gib=settings.volume_gib,
            database=place(settings, database),
            provider=provider,
            thanos=thanos,
            domain=door.domain if door else "",
        )
        needed = self._reader(settings.instances)
        if around.database:
            needed += databases.create(
                self,
                settings.instances,
                around.database,
                authority=settings.database.authority or postgres.authorities()[account.region],
            )
        self._dashboards(settings.instances, thanos=thanos, runbooks=runbooks)
        for each in settings.instances:
            # Its pods wait for their keys, which the layer of secrets has made meanwhile.
            release = chart.install(self, instances.release(each), values(each, around), depends_on=needed)
            if door:
                self._route(each, door, release)
        self.outputs = self.publish(
            GrafanaOutputs(
                urls=pulumi.Output.from_input(
                    {each.value: f"https://{instances.host(each, door.domain)}" for each in settings.instances if door}
                )
            )
        )

    def _reader(self, grafanas: Sequence[Grafana]) -> list[pulumi.Resource]:
        """Let the sidecars read ConfigMaps; the chart's role would read Secrets too."""
        return rights.in_namespace(
            self,
            "dashboards",
            name=_READER,
            namespace=NAMESPACE,
            rules=[
                kubernetes.rbac.v1.PolicyRuleArgs(
                    api_groups=[""], resources=["configmaps"], verbs=["get", "list", "watch"]
                )
            ],
            accounts=[(NAMESPACE, instances.release(each)) for each in grafanas],
        )

    def _dashboards(self, grafanas: Sequence[Grafana], *, thanos: bool, runbooks: str) -> None:
        for each in catalog.shown_in(frozenset(grafanas)):
            text = rendering.render(
                each, datasource=datasources.first(each.watched_by, thanos=thanos), runbooks=runbooks
            )
            kubernetes.core.v1.ConfigMap(
                f"{self.pulumi_resource_name}-dashboard-{each.uid}",
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    name=f"dashboard-{each.uid}",
                    namespace=NAMESPACE,
                    labels={instances.label(shown): "dashboard" for shown in each.shown_in if shown in grafanas},
                    annotations={FOLDER: each.folder.value},
                ),
                data={f"{each.uid}.json": text},
                opts=self.child(),
            )

    def _route(self, grafana: Grafana, door: Door, release: pulumi.Resource) -> None:
        kubernetes.apiextensions.CustomResource(
            f"{self.pulumi_resource_name}-{grafana}-route",
            api_version=door.api,
            kind="HTTPRoute",
            metadata=_named(instances.release(grafana)),
            spec=route(grafana, door),
            opts=self.child(depends_on=[release]),
        )


def place(settings: GrafanaSettings, made: Postgres | None) -> Database | None:
    """Return where the database is; the one that is there already where none was made."""
    if made:
        return Database(host=made.host, port=postgres.PORT)
    existing = settings.database.existing
    return Database(host=existing.host, port=existing.port) if existing else None


def route(grafana: Grafana, door: Door) -> dict[str, Any]:
    """Return the spec of the HTTPRoute; Grafana's own metrics, which ask nobody who they are, are Prometheus' alone."""
    home = {"type": "ReplaceFullPath", "replaceFullPath": "/"}
    away = {"type": "RequestRedirect", "requestRedirect": {"path": home, "statusCode": 302}}
    return {
        "parentRefs": [{"name": door.gateway, "namespace": door.namespace, "sectionName": "https"}],
        "hostnames": [instances.host(grafana, door.domain)],
        "rules": [
            {"matches": [{"path": {"type": "PathPrefix", "value": _METRICS}}], "filters": [away]},
            {
                "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                "backendRefs": [{"name": instances.release(grafana), "port": 80}],
            },
        ],
    }


def _named(name: str) -> kubernetes.meta.v1.ObjectMetaArgs:
    return kubernetes.meta.v1.ObjectMetaArgs(name=name, namespace=NAMESPACE)
