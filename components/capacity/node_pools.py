"""What Karpenter launches for each role: machines as an EC2NodeClass has them, as many and when a NodePool says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.capacity.capacity_settings import KarpenterSettings, NodePoolSettings
from components.compute import ami, user_data
from components.compute.ami import AmiFamily
from components.compute.network_plugin import OWN_INTERFACE
from components.compute.node_plan import PodBudget
from components.compute.node_roles import ROLES, Taint
from components.kit import versions
from components.kit.maintenance import MaintenanceWindow

_FAMILIES: Final = {AmiFamily.BOTTLEROCKET: "bottlerocket", AmiFamily.AL2023: "al2023"}
_EFFECTS: Final = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}
_CAPACITY: Final = {"ON_DEMAND": "on-demand", "SPOT": "spot"}

# No type has more memory for each vCPU than the memory-optimised families: https://aws.amazon.com/ec2/instance-types/
_MOST_GIB_FOR_A_VCPU: Final = 8

# A pod that does not end, or a disruption budget that allows nothing, holds up a node no longer than that; a node that
# has expired would otherwise stay for ever. https://karpenter.sh/docs/concepts/disruption/#terminationgraceperiod
_LONGEST_DRAIN: Final = "24h"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What every node stands on.

    Attributes:
        ami_family: Its operating system.
        instance_profile: The profile with the role of all nodes.
        subnet_ids: The subnets of nodes, in any order.
        security_group_id: The cluster's own group.
        volumes_key_arn: The key its disks are encrypted under.
        tags: What everything of the stack carries; what Karpenter launches is not made by the provider that adds them.
        startup_taints: What a node carries until its network plug-in serves it.
        pod_budget: For how many pods a type has addresses.
        gpu_time_slices: For how many pods each NVIDIA device is offered.
        window: When nodes may be replaced because they are out of date; at any time unless given.

    """

    ami_family: AmiFamily
    instance_profile: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    volumes_key_arn: pulumi.Input[str]
    tags: Mapping[str, str]
    startup_taints: Sequence[Taint]
    pod_budget: PodBudget
    gpu_time_slices: int = 1
    window: MaintenanceWindow | None = None


def node_class(role: str, pool: NodePoolSettings, ground: Ground) -> dict[str, Any]:
    """Return the EC2NodeClass of a role."""
    family = _FAMILIES[ground.ami_family]
    return {
        "apiVersion": "karpenter.k8s.aws/v1",
        "kind": "EC2NodeClass",
        "metadata": {"name": role},
        "spec": {
            # A release, not `latest`: that would replace every node when AWS publishes an image. Karpenter takes the
            # variant with NVIDIA's driver for types that need it.
            "amiSelectorTerms": [{"alias": f"{family}@{versions.pinned().machine_images[family]}"}],
            "instanceProfile": ground.instance_profile,
            "subnetSelectorTerms": [{"id": each} for each in ground.subnet_ids],
            "securityGroupSelectorTerms": [{"id": ground.security_group_id}],
            "metadataOptions": {
                "httpEndpoint": "enabled",
                "httpTokens": "required",
                # One hop: a pod that is not on the host's network cannot become the node.
                "httpPutResponseHopLimit": 1,
            },
            "blockDeviceMappings": [
                {
                    "deviceName": device,
                    "ebs": {
                        "volumeType": "gp3",
                        "volumeSize": f"{size}Gi",
                        "encrypted": True,
                        "kmsKeyID": ground.volumes_key_arn,
                        "deleteOnTermination": True,
                    },
                }
                for device, size in ami.disks(ground.ami_family, pool.disk_gib)
            ],
            "userData": user_data.render(
                ground.ami_family, gpu_time_slices=ground.gpu_time_slices if ROLES[role].gpu else 1
            ),
            # Karpenter's own estimate is of the VPC CNI's addresses.
            "kubelet": {"maxPods": min(ground.pod_budget(kind) for kind in pool.kinds)},
            # They are also on the interfaces that a machine starts with, of which Cilium gives pods no addresses.
            "tags": {**ground.tags, "Name": f"karpenter-{role}", "node-role": role, OWN_INTERFACE[0]: OWN_INTERFACE[1]},
        },
    }


def node_pool(role: str, pool: NodePoolSettings, settings: KarpenterSettings, ground: Ground) -> dict[str, Any]:
    """Return the NodePool of a role."""
    facts = ROLES[role]
    template: dict[str, Any] = {
        "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": role},
        "requirements": requirements(role, pool),
        "startupTaints": [_taint(taint) for taint in ground.startup_taints],
        "taints": [_taint(facts.taint)] if facts.taint else [],
        "expireAfter": f"{pool.expire_after_days * 24}h",
        "terminationGracePeriod": _LONGEST_DRAIN,
    }
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": role},
        "spec": {
            "template": {
                "metadata": {"labels": {"node-role": role}},
                "spec": {key: value for key, value in template.items() if value},
            },
            "limits": {
                "cpu": str(pool.limit_vcpus),
                "memory": f"{pool.limit_vcpus * _MOST_GIB_FOR_A_VCPU}Gi",
            },
            "disruption": {
                "consolidationPolicy": "WhenEmptyOrUnderutilized",
                "consolidateAfter": f"{pool.consolidate_after_minutes}m",
                "budgets": budgets(pool, settings, ground.window),
            },
        },
    }


def requirements(role: str, pool: NodePoolSettings) -> list[dict[str, Any]]:
    """Return what a type must be to be launched."""
    architecture = {"x86_64": "amd64", "arm64": "arm64"}[pool.kinds[0].architecture]
    return [
        {"key": "karpenter.sh/capacity-type", "operator": "In", "values": [_CAPACITY[ROLES[role].capacity_type]]},
        {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]},
        {"key": "kubernetes.io/arch", "operator": "In", "values": [architecture]},
        {"key": "karpenter.k8s.aws/instance-family", "operator": "In", "values": list(pool.instance_families)},
        {"key": "karpenter.k8s.aws/instance-cpu", "operator": "Gte", "values": [str(pool.min_vcpus)]},
        {"key": "karpenter.k8s.aws/instance-cpu", "operator": "Lte", "values": [str(pool.max_vcpus)]},
    ]


def budgets(
    pool: NodePoolSettings, settings: KarpenterSettings, window: MaintenanceWindow | None
) -> list[dict[str, Any]]:
    """Return how many nodes may be replaced at a time; of several that hold at once, the strictest counts.

    An empty node may go at any hour: nobody notices. One that is out of date waits for the window of maintenance; one
    that could be cheaper does not, for it would cost until then. https://karpenter.sh/docs/concepts/disruption/#nodepool-disruption-budgets
    """
    found: list[dict[str, Any]] = [{"nodes": f"{pool.disrupted_percent}%"}]
    if quiet := settings.quiet_hours:
        found.append(_none(["Drifted", "Underutilized"], quiet.schedule, f"{quiet.hours}h"))
    if window:
        found += [_none(["Drifted"], schedule, duration) for schedule, duration in window.outside]
    return found


def _none(reasons: Sequence[str], schedule: str, duration: str) -> dict[str, Any]:
    return {"nodes": "0", "reasons": [*reasons], "schedule": schedule, "duration": duration}


def _taint(taint: Taint) -> dict[str, str]:
    return {"key": taint.key, "value": taint.value, "effect": _EFFECTS[taint.effect]}
