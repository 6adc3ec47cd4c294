"""The doors of the cluster: a public and an internal one, each with its load balancer, names and certificate."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.kit import chart, namespaces
from components.kit.layer import Layer
from components.kit.namespaces import Namespace
from components.networking import gateways, ingress_classes, ingress_nginx, issuers
from components.networking.entry_settings import EntryMode, EntryPoint, EntrySettings, admitting, issuer_of
from components.networking.issuers import Issuer

# A Gateway's load balancer takes a minute or two to go, and its Service waits for that.
_NAMESPACE_MINUTES: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryOutputs:
    """The domain of each entry, by its name."""

    domains: pulumi.Output[dict[str, str]]


class Entry(Layer, kind="platform:networking:Entry"):
    """Gateways, classes of ALBs, or ingress-nginx.

    Each load balancer's Service stands in a namespace of this layer, and the layer depends on the load balancers'
    controller: a destroy waits for the namespace, the namespace for the Service's finalizer, and that for the load
    balancer. Deleting a Gateway alone waits for nothing, for its Service does not hold it up.
    """

    def __init__(
        self,
        name: str,
        settings: EntrySettings,
        *,
        issuer: Issuer,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        build = {EntryMode.GATEWAY: self._gateway, EntryMode.ALB: self._classes, EntryMode.NGINX: self._nginx}
        for entry, point in settings.points.items():
            build[settings.mode](entry, point, issuer_of(entry, point, issuer))
        self.outputs = self.publish(
            EntryOutputs(
                domains=pulumi.Output.from_input({entry: point.domain for entry, point in settings.points.items()})
            )
        )

    def _gateway(self, entry: str, point: EntryPoint, issuer: Issuer) -> None:
        room = self._room(gateways.namespace_of(entry), f"The {entry} Gateway and its certificate", admitting(entry))
        certificate = self._certificate(entry, point, issuer, room)
        gateway = self._custom(
            gateways.API, "Gateway", entry, gateways.gateway(entry, point), room=room, after=certificate
        )
        self._custom(gateways.API, "HTTPRoute", f"{entry}-https", gateways.to_https(entry), room=room, after=gateway)

    def _classes(self, entry: str, point: EntryPoint, issuer: Issuer) -> None:
        del issuer  # An ALB's certificate is ACM's.
        parameters = self._custom(
            ingress_classes.PARAMETERS_API, "IngressClassParams", entry, ingress_classes.parameters(entry, point)
        )
        kubernetes.networking.v1.IngressClass(
            f"{self.pulumi_resource_name}-{entry}",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=entry),
            spec=kubernetes.networking.v1.IngressClassSpecArgs(
                controller=ingress_classes.CONTROLLER,
                parameters=kubernetes.networking.v1.IngressClassParametersReferenceArgs(
                    api_group=ingress_classes.PARAMETERS_API.partition("/")[0], kind="IngressClassParams", name=entry
                ),
            ),
            opts=self.child(depends_on=[parameters]),
        )

    def _nginx(self, entry: str, point: EntryPoint, issuer: Issuer) -> None:
        namespace = chart.pinned()[ingress_nginx.CHART].namespace
        room = self._room(namespace, "ingress-nginx, which is retired, and its certificate", {})
        certificate = self._certificate(entry, point, issuer, room)
        chart.install(
            self,
            ingress_nginx.CHART,
            ingress_nginx.values(entry, point, namespace=namespace),
            depends_on=[room, certificate],
        )

    def _room(self, name: str, purpose: str, labels: Mapping[str, str]) -> kubernetes.core.v1.Namespace:
        return namespaces.create(
            self, Namespace(name=name, purpose=purpose, labels=labels), delete_minutes=_NAMESPACE_MINUTES
        )

    def _certificate(
        self, entry: str, point: EntryPoint, issuer: Issuer, room: kubernetes.core.v1.Namespace
    ) -> pulumi.Resource:
        spec = issuers.certificate(issuer, point.domain, secret=gateways.SECRET)
        return self._custom(issuers.API, "Certificate", entry, spec, room=room)

    def _custom(
        self,
        api: str,
        kind: str,
        name: str,
        spec: dict[str, Any],
        *,
        room: kubernetes.core.v1.Namespace | None = None,
        after: pulumi.Resource | None = None,
    ) -> pulumi.Resource:
        return kubernetes.apiextensions.CustomResource(
            f"{self.pulumi_resource_name}-{name}",
            api_version=api,
            kind=kind,
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=name, namespace=room.metadata.name if room else None),
            spec=spec,
            opts=self.child(depends_on=[each for each in (room, after) if each]),
        )
