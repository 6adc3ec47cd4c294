"""Makes `pulumi destroy` of a protected environment refuse before it deletes anything.

A destroy that skips its preview (`--skip-preview`, the Automation API) checks protection resource by resource,
dependents first: refused at the VPC, it has already deleted every node. This component depends on everything and is
protected itself, so it is the first that must go.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.kit.layer import Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class DestroyGuardOutputs:
    """Whether the environment refuses to be destroyed."""

    refuses: pulumi.Output[bool]


class DestroyGuard(Layer, kind="platform:resilience:DestroyGuard"):
    """Nothing in any cloud: an entry in the state that must be unprotected before anything else can be deleted."""

    def __init__(self, name: str, *, retain_data: bool, guards: Sequence[Layer]) -> None:
        super().__init__(name, pulumi.ResourceOptions(protect=retain_data, depends_on=list(guards)))
        self.outputs = self.publish(DestroyGuardOutputs(refuses=pulumi.Output.from_input(retain_data)))
