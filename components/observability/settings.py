"""What a stack decides about its monitoring: a block for each layer of the tier."""

from components.kit.settings import Settings


class ObservabilitySettings(Settings):
    """What is measured, how long it is kept, who is told, and what people see of it."""

    enabled: bool = True
    """Whether the stack has a monitoring of its own."""
