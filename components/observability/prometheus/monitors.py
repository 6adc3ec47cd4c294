"""What the platform watches of itself, but for what brings a monitor of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.kit import custom_object
from components.kit.flows import Flow
from components.kit.layer import Layer
from components.observability.prometheus import watched


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorsOutputs:
    """What is watched.

    Attributes:
        names: The monitors, each as ``<namespace>/<name>``.

    """

    names: pulumi.Output[list[str]]


class Monitors(Layer, kind="platform:observability:Monitors"):
    """A monitor for every system that flows let Prometheus scrape, for Cilium, and for EKS's part of the cluster."""

    def __init__(
        self,
        name: str,
        *,
        flows: Sequence[Flow],
        platform: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        made = [
            *watched.pod_monitors(flows, platform),
            *watched.own_monitors(),
            *watched.network_monitors(),
            *watched.cluster_monitors(),
        ]
        for manifest in made:
            at = manifest["metadata"]
            custom_object.create(
                self, f"{at['namespace']}-{at['name'].removeprefix('platform-')}", manifest, depends_on=[]
            )
        self.outputs = self.publish(
            MonitorsOutputs(
                names=pulumi.Output.from_input(
                    sorted(f"{each['metadata']['namespace']}/{each['metadata']['name']}" for each in made)
                )
            )
        )
