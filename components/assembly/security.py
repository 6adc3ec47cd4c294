"""What keeps the cluster safe: secrets, admission, rights, detection and identity."""

from typing import TYPE_CHECKING

from components.assembly.ground import Ground
from components.assembly.systems import Systems
from settings import PlatformSettings

if TYPE_CHECKING:
    from components.kit.layer import Layer


class Security:
    """Every layer of the tier, as far as the settings ask for it.

    Attributes:
        layers: All of them, in the order in which they are made.

    """

    def __init__(self, settings: PlatformSettings, ground: Ground, systems: Systems) -> None:  # noqa: ARG002 - used below by the layers
        self.layers: list[Layer] = []
