"""The network policies: every namespace the platform owns is closed, and each workload in it has just its own flows."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.kit.flow_data import plain
from components.kit.flows import Flow
from components.kit.layer import Layer
from components.networking.policy_manifests import allow


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPoliciesOutputs:
    """What was declared, for whoever proves that the policies allow that and nothing else.

    Attributes:
        namespaces: The closed namespaces.
        api_server: The blocks the API server calls from.
        declared: The flows and their workloads, as `components.kit.flow_data.plain` writes them.

    """

    namespaces: pulumi.Output[list[str]]
    api_server: pulumi.Output[list[str]]
    declared: pulumi.Output[dict[str, Any]]


class NetworkPolicies(Layer, kind="platform:networking:NetworkPolicies"):
    """Closed doors, then one key for each flow."""

    def __init__(
        self,
        name: str,
        *,
        flows: Sequence[Flow],
        namespaces: Sequence[str],
        api_server: Sequence[IPv4Network],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        for namespace in namespaces:
            kubernetes.networking.v1.NetworkPolicy(
                f"{name}-{namespace}-default-deny",
                metadata=_metadata("default-deny", namespace),
                # The API's own kind, so that the door is closed under any engine that knows policies.
                spec=kubernetes.networking.v1.NetworkPolicySpecArgs(
                    pod_selector=kubernetes.meta.v1.LabelSelectorArgs(), policy_types=["Ingress", "Egress"]
                ),
                opts=self.child(),
            )
        for workload, spec in allow(flows, namespaces, api_server).items():
            kubernetes.apiextensions.CustomResource(
                f"{name}-{workload.namespace}-{workload.name}",
                api_version="cilium.io/v2",
                kind="CiliumNetworkPolicy",
                metadata=_metadata(workload.name, workload.namespace),
                spec=spec,
                opts=self.child(),
            )
        self.outputs = self.publish(
            NetworkPoliciesOutputs(
                namespaces=pulumi.Output.from_input(list(namespaces)),
                api_server=pulumi.Output.from_input([str(block) for block in api_server]),
                declared=pulumi.Output.from_input(plain(flows)),
            )
        )


def _metadata(name: str, namespace: str) -> kubernetes.meta.v1.ObjectMetaArgs:
    return kubernetes.meta.v1.ObjectMetaArgs(
        name=name, namespace=namespace, labels={"app.kubernetes.io/managed-by": "pulumi"}
    )
