"""Load balancers that follow what the cluster asks for: the AWS Load Balancer Controller."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.foundation.network import NetworkOutputs
from components.kit import chart, flows, identity, placement
from components.kit.flows import Flow, Port, Workload
from components.kit.host_network import DNS_POLICY, ROLLING
from components.kit.layer import Layer
from components.networking import load_balancer_permissions

CHART: Final = "aws-load-balancer-controller"

CONTROLLER: Final = Workload(
    namespace=chart.pinned()[CHART].namespace,
    name=CHART,
    labels={"app.kubernetes.io/instance": CHART, "app.kubernetes.io/name": CHART},
    ports=(
        Port(name="webhook-server", number=9443),
        Port(name="metrics-server", number=8080),
        Port(name="health", number=61779),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancerControllerOutputs:
    """The role by which the controller acts."""

    role_arn: pulumi.Output[str]


class LoadBalancerController(Layer, kind="platform:networking:LoadBalancerController"):
    """The controller, and what it may do in AWS.

    Whatever asks for a load balancer depends on this layer: only the controller can delete what it has made, and the
    network cannot go while a load balancer stands in it.
    """

    def __init__(
        self,
        name: str,
        *,
        account: AccountSettings,
        network: NetworkOutputs,
        cluster: ClusterOutputs,
        host_network: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        role = identity.pod_role(
            self,
            CHART,
            account=account,
            service_account=chart.service_account(CHART, cluster.name),
            permissions=identity.Permissions(
                statements=load_balancer_permissions.statements(account, cluster.name, network.vpc_id)
            ),
        )
        chart.install(
            self,
            CHART,
            {
                **values(cluster=cluster.name, region=account.region, vpc_id=network.vpc_id, tags=account.tags),
                **(on_its_nodes_network() if host_network else {}),
            },
            depends_on=role.complete,
        )
        self.outputs = self.publish(LoadBalancerControllerOutputs(role_arn=role.arn))


def connections(account: AccountSettings) -> tuple[Flow, ...]:
    """Return the connections that the controller needs."""
    return (
        *flows.dns(CONTROLLER),
        *flows.kube_api(CONTROLLER),
        *flows.pod_identity(CONTROLLER),
        *flows.aws_api(CONTROLLER, account.region, "ec2", "elasticloadbalancing"),
        *flows.webhook(CONTROLLER, 9443),
        *flows.probes(CONTROLLER, 61779),
        *flows.scrape(CONTROLLER, 8080),
    )


def values(
    *, cluster: pulumi.Input[str], region: str, vpc_id: pulumi.Input[str], tags: Mapping[str, str]
) -> dict[str, Any]:
    """Return what differs from the chart's own values."""
    return {
        "clusterName": cluster,
        # Pods do not reach the instance metadata service, where it would ask for both.
        "region": region,
        "vpcId": vpc_id,
        # It makes load balancers itself: the provider's default tags do not reach them.
        "defaultTags": {**tags, "managed-by": CHART},
        # With the chart's own certificates every update of the release would be a change of them.
        "enableCertManager": True,
        # It would refuse every new Service of the cluster while the controller is not there, its own release included:
        # https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/4140
        "enableServiceMutatorWebhook": False,
        # Cilium serves the Gateways. Two that do would each have to know the CRDs' version.
        "controllerConfig": {
            "featureGates": {"ALBGatewayAPI": False, "NLBGatewayAPI": False, "GatewayListenerSet": False}
        },
        # Nothing here uses them, and without a way out of the VPC their services cannot be reached.
        # https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
        "enableShield": False,
        "enableWaf": False,
        "enableWafv2": False,
        # The entries bring classes of their own, public and internal apart.
        "createIngressClassResource": False,
        "ingressClassParams": {"create": False},
        "podDisruptionBudget": {"maxUnavailable": 1},
        "topologySpreadConstraints": placement.apart_for_sure(placement.recommended(instance=CHART, name=CHART)),
        "resources": {"requests": {"cpu": "50m", "memory": "256Mi"}, "limits": {"memory": "256Mi"}},
        # What Pod Security's level restricted asks for and the chart leaves open.
        "podSecurityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        "securityContext": {"capabilities": {"drop": ["ALL"]}},
    }


def on_its_nodes_network() -> dict[str, Any]:
    """Return what differs besides where the API server reaches no pod."""
    return {"hostNetwork": True, "updateStrategy": {**ROLLING}, "dnsPolicy": DNS_POLICY}
