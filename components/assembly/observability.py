"""What measures the platform, keeps it, tells of it and shows it."""

from typing import TYPE_CHECKING

from components.assembly.ground import Ground
from components.assembly.systems import Systems
from settings import PlatformSettings

if TYPE_CHECKING:
    from components.kit.layer import Layer


class Observability:
    """Every layer of the tier, as far as the settings ask for it.

    Attributes:
        layers: All of them, in the order in which they are made.

    """

    def __init__(self, settings: PlatformSettings, ground: Ground, systems: Systems) -> None:
        self.layers: list[Layer] = []
