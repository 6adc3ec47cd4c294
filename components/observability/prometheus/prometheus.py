"""Six Prometheus instances, each for what it watches: a team that floods one takes nobody else's metrics away."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.kit import custom_object
from components.kit.flows import PROMETHEUS
from components.kit.layer import Layer
from components.kit.monitoring import LABEL, NAMESPACE, Instance
from components.kit.spec import as_given
from components.observability.prometheus import manifests
from components.observability.prometheus.manifests import ACCOUNT, Surroundings
from components.observability.prometheus.settings import PrometheusSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusOutputs:
    """Where to ask each instance, and by which labels what leaves the cluster is known.

    Attributes:
        urls: The address of each instance, by its name.
        service_account: Of every Prometheus, in the namespace `monitoring`.
        replica_label: The external label by which two replicas differ.

    """

    urls: pulumi.Output[dict[str, str]]
    service_account: pulumi.Output[str]
    replica_label: pulumi.Output[str]


class Prometheus(Layer, kind="platform:observability:Prometheus"):
    """The instances with their one service account; of each the object that the operator acts on, and a Service."""

    def __init__(
        self,
        name: str,
        settings: PrometheusSettings,
        *,
        around: Surroundings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        rights = self._rights(name)
        for instance in Instance:
            metadata = _metadata(f"{PROMETHEUS.name}-{instance}", {LABEL: instance.value})
            custom_object.create(
                self, instance.value, manifests.prometheus(settings, instance, around), depends_on=rights
            )
            kubernetes.core.v1.Service(
                f"{name}-{instance}",
                metadata=metadata,
                spec=as_given(manifests.service(instance)),
                # Its pods are the operator's to make.
                opts=self.child(),
            )
            if settings.replicas > 1:
                kubernetes.policy.v1.PodDisruptionBudget(
                    f"{name}-{instance}",
                    metadata=metadata,
                    spec=as_given({**manifests.disruption_budget(instance)}),
                    opts=self.child(),
                )
        self.outputs = self.publish(
            PrometheusOutputs(
                urls=pulumi.Output.from_input({str(instance): url(instance) for instance in Instance}),
                service_account=pulumi.Output.from_input(ACCOUNT),
                replica_label=pulumi.Output.from_input(manifests.REPLICA_LABEL),
            )
        )

    def _rights(self, name: str) -> list[pulumi.Resource]:
        account = kubernetes.core.v1.ServiceAccount(
            f"{name}-{ACCOUNT}", metadata=_metadata(ACCOUNT, {}), opts=self.child()
        )
        role = kubernetes.rbac.v1.ClusterRole(
            f"{name}-{ACCOUNT}",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name="platform-prometheus"),
            rules=[as_given(rule) for rule in manifests.rights()],
            opts=self.child(),
        )
        binding = kubernetes.rbac.v1.ClusterRoleBinding(
            f"{name}-{ACCOUNT}",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name="platform-prometheus"),
            role_ref=kubernetes.rbac.v1.RoleRefArgs(
                api_group="rbac.authorization.k8s.io", kind="ClusterRole", name=role.metadata.name
            ),
            subjects=[kubernetes.rbac.v1.SubjectArgs(kind="ServiceAccount", name=ACCOUNT, namespace=NAMESPACE)],
            opts=self.child(),
        )
        return [account, binding]


def url(instance: Instance) -> str:
    """Return where an instance answers inside the cluster."""
    return f"http://{PROMETHEUS.name}-{instance}.{NAMESPACE}.svc.cluster.local:{PROMETHEUS.ports[0].number}"


def _metadata(name: str, labels: dict[str, Any]) -> kubernetes.meta.v1.ObjectMetaArgs:
    return kubernetes.meta.v1.ObjectMetaArgs(
        name=name, namespace=NAMESPACE, labels={"app.kubernetes.io/managed-by": "pulumi", **labels}
    )
