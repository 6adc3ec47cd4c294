"""An app that proves the entry: its name, its certificate, and routes by host and path, from outside to a pod."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.kit import disturbance, flows, namespaces, placement
from components.kit.flows import Flow, Peer, Port, Workload
from components.kit.layer import Layer
from components.kit.namespaces import Namespace
from components.kit.spec import as_given
from components.networking import gateways
from components.networking.entry_settings import EntryMode, EntrySettings, admitting

NAMESPACE: Final = "example"

# Kubernetes' own test server: it answers /hostname with the pod's name and needs no right at all.
# renovate: datasource=docker depName=registry.k8s.io/e2e-test-images/agnhost
_IMAGE: Final = "registry.k8s.io/e2e-test-images/agnhost:2.63.0"
_PORT: Final = 8080
# Not root, and nobody else's: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
_USER: Final = 65532

PATHS: Final[Mapping[str, str]] = {"api": "/api", "site": "/"}
"""The two parts of the app, each with the path that leads to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleAppOutputs:
    """Where the app is to be seen."""

    url: pulumi.Output[str]


class ExampleApp(Layer, kind="platform:networking:ExampleApp"):
    """Two small web servers behind one host name, told apart by path."""

    def __init__(
        self,
        name: str,
        settings: EntrySettings,
        *,
        at: str,
        disturbed: Collection[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        host = f"demo.{settings.points[at].domain}"
        room = namespaces.create(
            self,
            Namespace(
                name=NAMESPACE,
                purpose="An app that proves the entry",
                labels=admitting(at),
                annotations=disturbance.marks(NAMESPACE, disturbed),
            ),
        )
        services = [self._part(part, room) for part in PATHS]
        if settings.mode is EntryMode.GATEWAY:
            kubernetes.apiextensions.CustomResource(
                f"{name}-route",
                api_version=gateways.API,
                kind="HTTPRoute",
                metadata=kubernetes.meta.v1.ObjectMetaArgs(name=NAMESPACE, namespace=room.metadata.name),
                spec=route(at, host),
                opts=self.child(depends_on=services),
            )
        else:
            kubernetes.networking.v1.Ingress(
                f"{name}-route",
                # Ready for Pulumi is an Ingress with an address, which the load balancer's minutes must not hold up.
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    name=NAMESPACE,
                    namespace=room.metadata.name,
                    annotations={"pulumi.com/skipAwait": "true"},
                ),
                spec=as_given(ingress(at, host)),
                opts=self.child(depends_on=services),
            )
        self.outputs = self.publish(ExampleAppOutputs(url=pulumi.Output.from_input(f"https://{host}/hostname")))

    def _part(self, part: str, room: kubernetes.core.v1.Namespace) -> kubernetes.core.v1.Service:
        labels = _labels(part)
        metadata = kubernetes.meta.v1.ObjectMetaArgs(name=part, namespace=room.metadata.name, labels=labels)
        name = f"{self.pulumi_resource_name}-{part}"
        deployment = kubernetes.apps.v1.Deployment(
            name,
            metadata=metadata,
            spec=kubernetes.apps.v1.DeploymentSpecArgs(
                replicas=2,
                selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=labels),
                template=kubernetes.core.v1.PodTemplateSpecArgs(
                    metadata=kubernetes.meta.v1.ObjectMetaArgs(labels=labels), spec=as_given(pod(labels))
                ),
            ),
            opts=self.child(),
        )
        kubernetes.policy.v1.PodDisruptionBudget(
            name,
            metadata=metadata,
            spec=kubernetes.policy.v1.PodDisruptionBudgetSpecArgs(
                min_available=1,
                unhealthy_pod_eviction_policy=placement.UNREADY_MAY_GO,
                selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=labels),
            ),
            opts=self.child(),
        )
        return kubernetes.core.v1.Service(
            name,
            metadata=metadata,
            spec=kubernetes.core.v1.ServiceSpecArgs(
                selector=labels,
                ports=[kubernetes.core.v1.ServicePortArgs(name="http", port=80, target_port="http")],
            ),
            # A Service without pods to lead to never gets ready.
            opts=self.child(depends_on=[deployment]),
        )


def connections(callers: Sequence[Peer]) -> tuple[Flow, ...]:
    """Return the connections that the app needs behind an entry; it opens none itself."""
    return tuple(
        flow
        for part in PATHS
        for pods in [
            Workload(namespace=NAMESPACE, name=part, labels=_labels(part), ports=(Port(name="http", number=_PORT),))
        ]
        for flow in (
            *(Flow(client=caller, server=pods, port=_PORT, why="brings requests from the entry") for caller in callers),
            *flows.probes(pods, _PORT),
        )
    )


def _labels(part: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": NAMESPACE, "app.kubernetes.io/component": part}


def pod(labels: Mapping[str, str]) -> dict[str, Any]:
    """Return the spec of a part's pods, as Pod Security's level restricted wants it."""
    return {
        "automountServiceAccountToken": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "runAsGroup": _USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": {**labels}},
            }
        ],
        "containers": [
            {
                "name": "server",
                "image": _IMAGE,
                "args": ["netexec", f"--http-port={_PORT}"],
                "ports": [{"name": "http", "containerPort": _PORT}],
                "readinessProbe": {"httpGet": {"path": "/healthz", "port": "http"}},
                "livenessProbe": {"httpGet": {"path": "/healthz", "port": "http"}},
                "resources": {"requests": {"cpu": "10m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}},
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
            }
        ],
    }


def route(entry: str, host: str) -> dict[str, Any]:
    """Return the spec of the app's HTTPRoute; the longest path that fits leads on."""
    rules = [
        {
            "matches": [{"path": {"type": "PathPrefix", "value": path}}],
            # The servers know nothing of where they stand.
            "filters": [
                {
                    "type": "URLRewrite",
                    "urlRewrite": {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}},
                }
            ],
            "backendRefs": [{"name": part, "port": 80}],
        }
        for part, path in PATHS.items()
    ]
    parent = {"name": entry, "namespace": gateways.namespace_of(entry), "sectionName": "https"}
    return {"parentRefs": [parent], "hostnames": [host], "rules": rules}


def ingress(entry: str, host: str) -> dict[str, Any]:
    """Return the spec of the app's Ingress, for the modes without Gateways."""
    paths = [
        {"path": path, "pathType": "Prefix", "backend": {"service": {"name": part, "port": {"number": 80}}}}
        for part, path in PATHS.items()
    ]
    return {
        "ingressClassName": entry,
        "tls": [{"hosts": [host]}],
        "rules": [{"host": host, "http": {"paths": paths}}],
    }
