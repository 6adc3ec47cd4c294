"""Chaos Mesh: what makes faults happen, with rights where experiments may be and nowhere else."""

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.kit import chart, rights
from components.kit.layer import Layer
from components.kit.placement import REPLICAS, UNREADY_MAY_GO
from components.resilience.chaos import permissions
from components.resilience.chaos.flows import CONTROLLER
from components.resilience.chaos.settings import ACCOUNT, CHART, NAMESPACE
from components.resilience.chaos.values import values

_RBAC: Final = "rbac.authorization.k8s.io"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChaosOutputs:
    """Where Chaos Mesh runs."""

    namespace: pulumi.Output[str]


class Chaos(Layer, kind="platform:resilience:Chaos"):
    """Chaos Mesh with an agent on every node; no dashboard, and no right to change anything of the cluster's."""

    def __init__(
        self,
        name: str,
        *,
        host_network: bool = False,
        agent_image: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        metadata = kubernetes.meta.v1.ObjectMetaArgs(name=ACCOUNT, namespace=NAMESPACE)
        account = kubernetes.core.v1.ServiceAccount(f"{name}-controller", metadata=metadata, opts=self.child())
        wide = kubernetes.rbac.v1.ClusterRole(
            f"{name}-cluster",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=CHART),
            rules=permissions.in_the_cluster(),
            opts=self.child(),
        )
        bound = kubernetes.rbac.v1.ClusterRoleBinding(
            f"{name}-cluster",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=CHART),
            role_ref=kubernetes.rbac.v1.RoleRefArgs(api_group=_RBAC, kind="ClusterRole", name=CHART),
            subjects=[kubernetes.rbac.v1.SubjectArgs(kind="ServiceAccount", name=ACCOUNT, namespace=NAMESPACE)],
            opts=self.child(depends_on=[wide]),
        )
        home = rights.in_namespace(
            self,
            "home",
            name=CHART,
            namespace=NAMESPACE,
            rules=permissions.at_home(),
            accounts=[(NAMESPACE, ACCOUNT)],
        )
        # Before the pods: its webhook refuses everything of its kinds while no pod answers.
        budget = kubernetes.policy.v1.PodDisruptionBudget(
            f"{name}-webhooks",
            metadata=metadata,
            spec=kubernetes.policy.v1.PodDisruptionBudgetSpecArgs(
                min_available=REPLICAS - 1,
                unhealthy_pod_eviction_policy=UNREADY_MAY_GO,
                selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels={**CONTROLLER.labels}),
            ),
            opts=self.child(),
        )
        chart.install(
            self,
            CHART,
            values(host_network=host_network, agent_image=agent_image),
            depends_on=[account, bound, *home, budget],
        )
        self.outputs = self.publish(ChaosOutputs(namespace=pulumi.Output.from_input(NAMESPACE)))
