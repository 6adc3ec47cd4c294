"""What an upgrade does to the nodes: rounds and surge of each group, and whether the subnets have addresses for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Final

from components.compute import address_budget, node_plan
from components.compute.address_budget import Demand
from components.foundation import subnets
from operations.upgrade.findings import Finding, against, fine
from settings import PlatformSettings

# Five free addresses in the control plane's subnets, for its new interfaces:
# https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
_CONTROL_PLANES: Final = 5
# https://kubernetes.io/releases/version-skew-policy/#kubelet, from 1.28 on.
_SKEW: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What becomes of one node group.

    Attributes:
        name: The group's.
        role: Its role.
        nodes: The most nodes it has.
        surge: The most nodes that are added while it is updated.
        rounds: In how many rounds its nodes are replaced.
        retiring: Whether it is on its way out.

    """

    name: str
    role: str
    nodes: int
    surge: int
    rounds: int
    retiring: bool


def rounds(settings: PlatformSettings) -> list[Round]:
    """Return what becomes of each node group when all are at their largest."""
    return [
        Round(
            name=group.name,
            role=group.role,
            nodes=group.max_size,
            surge=address_budget.surge(
                group.max_size,
                zones=len(group.zones),
                max_unavailable_percent=group.settings.max_unavailable_percent,
            ),
            rounds=ceil(group.max_size / ceil(group.max_size * group.settings.max_unavailable_percent / 100)),
            retiring=group.retiring,
        )
        for group in node_plan.plan(settings.nodes, settings.network.zones)
    ]


def findings(settings: PlatformSettings) -> Iterator[Finding]:
    """Yield whether there are addresses for what an update adds: nodes, their pods, the control plane's interfaces."""
    network = settings.network
    demands = [each for each in address_budget.demands(network, settings.nodes, settings.cilium.routing) if each.needed]
    for tier in sorted({demand.tier for demand in demands}):
        yield _room(min((demand for demand in demands if demand.tier == tier), key=_left))
    blocks = [zone.control_plane for zone in subnets.plan(network.cidr, network.pod_cidr, network.zones)]
    fewest = min(address_budget.usable(block) for block in blocks)
    text = (
        f"The control plane's smallest subnet has {fewest} usable addresses; its update wants {_CONTROL_PLANES} free."
    )
    yield fine(text) if fewest > _CONTROL_PLANES else against(text)


def skew(now: str) -> str:
    """Return what may be of which minor meanwhile, in a few sentences."""
    return (
        f"Until then they run {now}, one minor behind the control plane. Kubernetes would let a kubelet be {_SKEW} "
        "behind; EKS begins no further minor before every managed group has this one. There is no kube-proxy: Cilium "
        "stands in its place, and is of no minor."
    )


def groups_ready(cluster: str, now: str) -> str:
    """Return how to see that no managed group holds up the control plane's update, as a step.

    https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterVersion.html
    """
    ask = (
        f"for group in $(aws eks list-nodegroups --cluster-name {cluster} --query 'nodegroups[]' --output text); do "
        f"aws eks describe-nodegroup --cluster-name {cluster} --nodegroup-name $group "
        "--query 'nodegroup.[nodegroupName,version,status]' --output text; done"
    )
    return (
        f"See every managed node group ACTIVE and at {now}, the control plane's own minor: EKS refuses to update a "
        f"control plane that is ahead of one of its groups. `{ask}`"
    )


def _room(demand: Demand) -> Finding:
    left = _left(demand)
    roles = ", ".join(f"{role} {number}" for role, number in demand.by_role.items())
    text = (
        f"With all groups at their largest and updated at once, the tightest {demand.tier} subnet ({demand.subnet} of "
        f"{demand.zone}) holds {demand.needed} of {address_budget.usable(demand.subnet)} addresses ({roles})"
    )
    return fine(f"{text}; {left} are left.") if demand.fits else against(f"{text}; {-left} are missing.")


def _left(demand: Demand) -> int:
    return address_budget.usable(demand.subnet) - demand.needed
