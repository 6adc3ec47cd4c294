"""The base of every layer: a fixed type token, options for its children, and outputs that are always registered."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, ClassVar, TypeVar

import pulumi

Outputs = TypeVar("Outputs")


class Layer(pulumi.ComponentResource):
    """One layer of the platform.

    A subclass names its type token once, as a constant: ``class Network(Layer, kind="platform:foundation:Network")``.
    The token is part of every resource's identity in a state, so it stays when the class is renamed.
    """

    kind: ClassVar[str]

    def __init_subclass__(cls, *, kind: str) -> None:
        super().__init_subclass__()
        cls.kind = kind

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None) -> None:
        super().__init__(self.kind, name, None, opts)

    def child(self, *, depends_on: Sequence[pulumi.Resource] = (), **options: Any) -> pulumi.ResourceOptions:
        """Return the options of a resource that belongs to this layer.

        What the layer waits for is not repeated here. A child is made after its layer and deleted before it, which is
        order enough; and a destroy that is refused walks every path of the graph (docs/adr/0023-order-by-layer.md).

        Built anew for each child, never merged with the caller's: a caller's ``parent=`` would win and the child would
        leave its layer.
        """
        return pulumi.ResourceOptions(parent=self, depends_on=[*depends_on], **options)

    def publish(self, outputs: Outputs) -> Outputs:
        """Register every field of the outputs dataclass and return it; the last statement of a layer."""
        self.register_outputs({field.name: getattr(outputs, field.name) for field in fields(outputs)})  # type: ignore[arg-type]  # every XOutputs is a dataclass
        return outputs
