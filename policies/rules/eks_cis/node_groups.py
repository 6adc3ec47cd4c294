"""Rules about node groups: what runs on them, where, and how they are replaced."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.expect import expect, on
from policies.rule import Finding, Parameters, ResourceRule, StackRule
from policies.values import Properties, Unknown, read, split, type_of

_NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
_CLUSTER: Final = "aws:eks/cluster:Cluster"
_ASSOCIATION: Final = "aws:ec2/routeTableAssociation:RouteTableAssociation"
_ROUTE: Final = "aws:ec2/route:Route"
_TABLE: Final = "aws:ec2/routeTable:RouteTable"
# Taints that go away by themselves once a node is ready keep nobody off for long.
_PASSING: Final = ("not-ready", "uninitialized", "startup")


class Images(Parameters):
    """What nodes may boot."""

    families: tuple[str, ...] = ("BOTTLEROCKET", "AL2023", "WINDOWS")
    """How the names of AMI types may begin; all others have reached, or near, the end of their updates."""
    own: bool = False
    """Whether a launch template may name an AMI of the team's own, which EKS neither patches nor reports on."""


class Rollout(Parameters):
    """How many nodes may be gone at once."""

    most_percent: int = 34
    """The share of a group that an update may take away at a time; a third leaves two zones of three."""


class OnDemand(Parameters):
    """What does not disappear within two minutes."""

    least: int = 2
    """How many on-demand nodes at least must always be there for the platform itself."""


def _image(group: Properties, images: Images) -> Iterator[Finding]:
    # https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html: what an absent amiType means.
    kind = read(group, "amiType", default="AL2_x86_64")
    if isinstance(kind, Unknown):
        yield kind
    elif kind == "CUSTOM":
        if not images.own:
            yield "nodes boot an AMI that EKS does not patch; set amiType to one of EKS's own"
    elif not str(kind).startswith(images.families):
        yield f"nodes boot {kind}, which gets no updates for long; set amiType to Bottlerocket or Amazon Linux 2023"


def _rollout(group: Properties, rollout: Rollout) -> Iterator[Finding]:
    percent = read(group, "updateConfig", "maxUnavailablePercentage")
    count = read(group, "updateConfig", "maxUnavailable", default=1)
    size = read(group, "scalingConfig", "minSize")
    if isinstance(percent, Unknown):
        yield percent
    elif isinstance(percent, int | float) and percent > rollout.most_percent:
        yield (
            f"{percent:.0f} % of the nodes may be gone at once; "
            f"set updateConfig.maxUnavailablePercentage to {rollout.most_percent} or less"
        )
    elif percent is None and isinstance(count, Unknown):
        yield count
    elif percent is None and isinstance(size, int | float) and count > max(1, size * rollout.most_percent / 100):
        yield (
            f"{count:.0f} of {size:.0f} nodes may be gone at once; "
            f"set updateConfig.maxUnavailablePercentage to {rollout.most_percent} or less"
        )


def _keeps_off(group: Properties) -> tuple[bool, list[Unknown]]:
    taints, unknown = split(read(group, "taints"))
    lasting = [
        taint
        for taint in taints
        if read(taint, "effect") in {"NO_SCHEDULE", "NO_EXECUTE"}
        and not str(read(taint, "key", default="")).endswith(_PASSING)
    ]
    return bool(lasting), unknown


def _spot(group: Properties) -> Iterator[Finding]:
    capacity = read(group, "capacityType", default="ON_DEMAND")
    if isinstance(capacity, Unknown):
        yield capacity
    elif capacity == "SPOT":
        kept_off, unknown = _keeps_off(group)
        if not kept_off and not unknown:
            yield "any pod may land on nodes that are gone within two minutes; add a taint that spot workloads tolerate"
        elif not kept_off:
            yield from unknown


def _gpu(group: Properties) -> Iterator[Finding]:
    kind = read(group, "amiType", default="")
    if isinstance(kind, Unknown):
        yield kind
    elif "NVIDIA" in str(kind) or "GPU" in str(kind) or "NEURON" in str(kind):
        kept_off, unknown = _keeps_off(group)
        if not kept_off and not unknown:
            yield "any pod may take the place of one that needs the accelerator; add a taint that only those tolerate"
        elif not kept_off:
            yield from unknown


def _on_demand(groups: Mapping[str, Properties], wanted: OnDemand) -> Iterator[tuple[str, Finding]]:
    sure, last, hidden = 0, "", False
    for urn, group in sorted(groups.items()):
        capacity = read(group, "capacityType", default="ON_DEMAND")
        size = read(group, "scalingConfig", "minSize", default=0)
        unknown = [each for each in (capacity, size) if isinstance(each, Unknown)]
        yield from ((urn, each) for each in unknown)
        hidden, last = hidden or bool(unknown), urn
        if not unknown and capacity == "ON_DEMAND" and not _keeps_off(group)[0]:
            sure += int(size)
    if last and not hidden and sure < wanted.least:
        yield (
            last,
            f"of {wanted.least} on-demand nodes without a taint {sure} are always there; raise scalingConfig.minSize",
        )


def _private_subnets(resources: Mapping[str, Properties]) -> Iterator[tuple[str, Finding]]:
    """Follow each subnet to its route table and from there to an internet gateway."""
    kinds: dict[str, list[Properties]] = {}
    for urn, each in resources.items():
        kinds.setdefault(type_of(urn), []).append(each)
    public_tables = {read(route, "routeTableId") for route in kinds.get(_ROUTE, []) if _to_internet(route)}
    public_tables |= {
        read(table, "id")
        for table in kinds.get(_TABLE, [])
        if any(_to_internet(route) for route in split(read(table, "routes"))[0])
    }
    public = {
        read(each, "subnetId")
        for each in kinds.get(_ASSOCIATION, [])
        if isinstance(read(each, "routeTableId"), str) and read(each, "routeTableId") in public_tables
    }
    for urn, each in sorted(resources.items()):
        token = type_of(urn)
        if token not in {_NODE_GROUP, _CLUSTER}:
            continue
        path = ("subnetIds",) if token == _NODE_GROUP else ("vpcConfig", "subnetIds")
        subnets, unknown = split(read(each, *path))
        yield from ((urn, one) for one in unknown)
        for subnet in subnets:
            if subnet in public:
                yield urn, f"subnet {subnet} leads straight to the internet; name private subnets in {'.'.join(path)}"


def _to_internet(route: Any) -> bool:
    gateway = read(route, "gatewayId")
    # A gateway endpoint's route has one too, which begins with vpce-; a virtual private gateway's begins with vgw-.
    return isinstance(gateway, str) and gateway not in {"", "local"} and not gateway.startswith(("vpce-", "vgw-"))


RULES: Final = (
    ResourceRule(
        name="node-ami",
        why="An image whose updates have ended, or are nobody's task, gathers known holes.",
        types=(_NODE_GROUP,),
        check=_image,
        parameters=Images(),
        references=("AWS EKS User Guide: EKS optimized AMIs",),
    ),
    ResourceRule(
        name="node-rollout",
        why="An update that drains too many nodes at once is an outage, however well each pod is prepared.",
        types=(_NODE_GROUP,),
        check=_rollout,
        parameters=Rollout(),
        references=("AWS EKS User Guide: managed node group update behavior",),
    ),
    ResourceRule(
        name="node-repair",
        why="A node that is broken but answers stays, with its pods, until somebody notices.",
        types=(_NODE_GROUP,),
        check=on(
            "nodeRepairConfig",
            "enabled",
            default=False,
            fault="broken nodes are not replaced; set nodeRepairConfig.enabled to true",
        ),
        references=("AWS EKS User Guide: node health and auto repair",),
        level="advisory",
    ),
    ResourceRule(
        name="node-group-scaling",
        why="A group that cannot grow is full on the day it matters.",
        types=(_NODE_GROUP,),
        check=expect(
            "scalingConfig",
            "maxSize",
            default=0,
            fault="the group may hold {value} nodes; set scalingConfig.maxSize to 1 or more",
            accept=lambda value: value >= 1,
        ),
        references=("AWS EKS User Guide: managed node groups",),
    ),
    ResourceRule(
        name="spot-tainted",
        why="What cannot bear to be stopped within two minutes must not land on spot nodes by accident.",
        types=(_NODE_GROUP,),
        check=_spot,
        references=("AWS EKS Best Practices Guide: cost optimization, spot",),
    ),
    ResourceRule(
        name="gpu-tainted",
        why="Accelerators are the dearest nodes there are, and pods that do not use them fill them first.",
        types=(_NODE_GROUP,),
        check=_gpu,
        references=("AWS EKS Best Practices Guide: AI and ML compute",),
    ),
    StackRule(
        name="on-demand-nodes",
        why="If every node can be taken back by AWS at once, so can the platform's own controllers.",
        types=(_NODE_GROUP,),
        check=_on_demand,
        parameters=OnDemand(),
        references=("AWS EKS Best Practices Guide: cost optimization, spot",),
    ),
    StackRule(
        name="node-private-subnets",
        why="A node or a control plane interface in a public subnet is one address away from the internet.",
        types=(_NODE_GROUP, _CLUSTER, _ASSOCIATION, _ROUTE, _TABLE),
        check=_private_subnets,
        references=("CIS Amazon EKS Benchmark 1.8.0: 5.4.3", "hardeneks: deploy_workers_onto_private_subnets"),
    ),
)
