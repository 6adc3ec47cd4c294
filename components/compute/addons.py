"""The add-ons AWS manages, in two steps: what nodes need to become ready, and what needs ready nodes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.compute.cluster import ClusterOutputs
from components.kit.layer import Layer

BEFORE_NODES: Final = ("vpc-cni", "kube-proxy")
"""Without a network plug-in no node turns Ready, and a node group waits for that until it fails."""

AFTER_NODES: Final = ("coredns",)
"""Pods, which need a node to run on; EKS waits for them to be healthy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddonsOutputs:
    """ARNs of the add-ons, in the order they were named."""

    arns: pulumi.Output[list[str]]


class Addons(Layer, kind="platform:compute:Addons"):
    """EKS add-ons at the version AWS sets for the cluster's minor."""

    def __init__(
        self,
        name: str,
        addons: Sequence[str],
        *,
        cluster: ClusterOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        made = [
            aws.eks.Addon(
                f"{name}-{addon}",
                cluster_name=cluster.name,
                addon_name=addon,
                # What someone changed by hand in the cluster yields to what is in git.
                resolve_conflicts_on_create="OVERWRITE",
                resolve_conflicts_on_update="OVERWRITE",
                opts=self.child(),
            )
            for addon in addons
        ]
        self.outputs = self.publish(AddonsOutputs(arns=pulumi.Output.all(*(addon.arn for addon in made)).apply(list)))
