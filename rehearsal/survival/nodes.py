"""The nodes of a stack, as far as they are declared: groups with their zones, sizes, labels and taints."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from rehearsal.reachability.selectors import Labels, kubernetes

ZONE: Final = "topology.kubernetes.io/zone"
HOSTNAME: Final = "kubernetes.io/hostname"

_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
_SUBNET: Final = "aws:ec2/subnet:Subnet"
_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
_POOL: Final = ("karpenter.sh/v1", "NodePool")
_EFFECTS: Final = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}
# What an agent takes from a node once it works there; no pod that can wait is kept away by it.
_TAKEN_AWAY: Final = frozenset(
    {"node.cilium.io/agent-not-ready", "karpenter.sh/unregistered", "node.kubernetes.io/not-ready"}
)
# A NodePool names no number of nodes.
_MANY: Final = 1000


@dataclass(frozen=True, slots=True)
class Taint:
    """What keeps pods away that do not tolerate it."""

    key: str
    value: str
    effect: str

    @property
    def lasts(self) -> bool:
        """Whether it stays on a node that works, and keeps pods away."""
        return self.effect != _EFFECTS["PREFER_NO_SCHEDULE"] and self.key not in _TAKEN_AWAY

    def tolerated(self, tolerations: Sequence[Mapping[str, Any]]) -> bool:
        """Tell whether a pod with these tolerations may run in spite of it.

        https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
        """
        return any(
            each.get("key") in {None, "", self.key}
            and (each.get("operator") == "Exists" or each.get("value", "") == self.value)
            and each.get("effect") in {None, "", self.effect}
            for each in tolerations
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeGroup:
    """Nodes of one kind.

    Attributes:
        name: The logical name of a node group, the name of a NodePool.
        zones: Where its nodes may be, sorted.
        least: How many nodes there always are.
        most: How many there are at most.
        instance_types: What its nodes may be, the first wish first; empty where nothing says.
        disk_gib: The size of the volume that pods write to; 0 where nothing says.
        labels: What its nodes carry, but for zone and host name.
        taints: What keeps pods away from them.

    """

    name: str
    zones: tuple[str, ...]
    least: int
    most: int
    instance_types: tuple[str, ...] = ()
    disk_gib: int = 0
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    taints: tuple[Taint, ...] = ()

    @property
    def sure_zones(self) -> int:
        """In how many zones there is a node, unless EC2 lacks capacity in one: a group evens its nodes out over zones.

        By AWS's own choice, balanced best effort, it launches in another zone what it cannot launch in one, and evens
        them out later; what has bound a volume by then stays. So what binds one must wait for its zone itself
        (``minDomains``), and this number is for what may move.
        https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-availability-zone-balanced.html
        """
        return min(self.least, len(self.zones))

    def takes(self, pod: Mapping[str, Any]) -> bool:
        """Tell whether a pod may run on some node of the group, by its spec alone."""
        tolerations = pod.get("tolerations") or ()
        if not all(taint.tolerated(tolerations) for taint in self.taints if taint.lasts):
            return False
        return any(_selected(pod, {**self.labels, ZONE: zone, HOSTNAME: "any"}) for zone in self.zones)


def node_groups(resources: Sequence[Mapping[str, Any]]) -> tuple[NodeGroup, ...]:
    """Return the node groups among the resources of a deployment, sorted by name."""
    zones = {
        str(entry.get("id")): str(entry["inputs"].get("availabilityZone"))
        for entry in resources
        if entry.get("type") == _SUBNET
    }
    disks = {str(entry.get("id")): _disk(entry["inputs"]) for entry in resources if entry.get("type") == _TEMPLATE}
    groups = [_group(entry, zones, disks) for entry in resources if entry.get("type") == _GROUP]
    every = tuple(sorted({zone for group in groups for zone in group.zones}))
    return tuple(sorted((*groups, *_pools(resources, every)), key=lambda group: group.name))


def _disk(template: Mapping[str, Any]) -> int:
    """Return the size of the largest volume: of Bottlerocket's two that is the one with the data."""
    volumes = (each.get("ebs") or {} for each in template.get("blockDeviceMappings") or ())
    return max((int(each.get("volumeSize") or 0) for each in volumes), default=0)


def _group(entry: Mapping[str, Any], zones: Mapping[str, str], disks: Mapping[str, int]) -> NodeGroup:
    inputs = entry["inputs"]
    scaling = inputs.get("scalingConfig") or {}
    arm = "_ARM_64" in str(inputs.get("amiType", ""))
    return NodeGroup(
        name=str(entry["urn"]).rpartition("::")[2],
        zones=tuple(sorted({zones[subnet] for subnet in inputs.get("subnetIds") or () if subnet in zones})),
        least=int(scaling.get("minSize", 0)),
        most=int(scaling.get("maxSize", 0)),
        instance_types=tuple(inputs.get("instanceTypes") or ()),
        disk_gib=disks.get(str((inputs.get("launchTemplate") or {}).get("id")), 0) or int(inputs.get("diskSize") or 0),
        labels={
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": "arm64" if arm else "amd64",
            "eks.amazonaws.com/capacityType": str(inputs.get("capacityType", "ON_DEMAND")),
            "eks.amazonaws.com/nodegroup": str(inputs.get("nodeGroupName", "")),
            **(inputs.get("labels") or {}),
        },
        taints=tuple(
            Taint(each["key"], each.get("value") or "", _EFFECTS.get(each["effect"], each["effect"]))
            for each in inputs.get("taints") or ()
        ),
    )


def _pools(resources: Sequence[Mapping[str, Any]], zones: tuple[str, ...]) -> Iterator[NodeGroup]:
    for entry in resources:
        inputs = entry.get("inputs") or {}
        if (inputs.get("apiVersion"), inputs.get("kind")) != _POOL:
            continue
        template = inputs["spec"]["template"]
        wanted = {
            each["key"]: tuple(each.get("values") or ())
            for each in template["spec"].get("requirements") or ()
            if each.get("operator") == "In"
        }
        yield NodeGroup(
            name=inputs["metadata"]["name"],
            zones=tuple(sorted(wanted.get(ZONE, zones))),
            least=0,
            most=_MANY,
            instance_types=wanted.get("node.kubernetes.io/instance-type", ()),
            labels={
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "karpenter.sh/nodepool": inputs["metadata"]["name"],
                **{key: values[0] for key, values in wanted.items() if len(values) == 1 and key != ZONE},
                **((template.get("metadata") or {}).get("labels") or {}),
            },
            taints=tuple(
                Taint(each["key"], each.get("value") or "", each["effect"])
                for each in template["spec"].get("taints") or ()
            ),
        )


def _selected(pod: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Tell whether node selector and required node affinity are content with labels."""
    if not (pod.get("nodeSelector") or {}).items() <= labels.items():
        return False
    affinity = ((pod.get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    ) or {}
    terms = affinity.get("nodeSelectorTerms")
    return not terms or any(_expressed(term).holds(labels) for term in terms)


def _expressed(term: Mapping[str, Any]) -> Labels:
    # Of numbers that a node carries nothing is declared.
    told = [each for each in term.get("matchExpressions") or () if each["operator"] not in {"Gt", "Lt"}]
    return kubernetes({"matchExpressions": told})
