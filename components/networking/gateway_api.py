"""The Gateway API's CustomResourceDefinitions, which whoever serves them looks for once, when it starts."""

from dataclasses import dataclass

import pulumi

from components.kit import manifest
from components.kit.layer import Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayApiOutputs:
    """Nothing to refer to: what uses the definitions depends on the layer."""


class GatewayApi(Layer, kind="platform:networking:GatewayApi"):
    """The standard channel: what is stable."""

    def __init__(self, name: str, *, retain_data: bool, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        # A definition takes every Gateway and route in the cluster along.
        manifest.install(self, "gateway-api", protect=retain_data)
        self.outputs = self.publish(GatewayApiOutputs())
