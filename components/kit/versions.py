"""The versions this platform is made of, read from the one file that pins them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).parent.parent / "versions.toml"


@dataclass(frozen=True, slots=True)
class Versions:
    """What `versions.toml` pins.

    Attributes:
        kubernetes: The Kubernetes minor of the control plane, ``1.36``.
        addons: For each Kubernetes minor, EKS add-ons by name with their version. What is left out is not pinned.
        images: For each Kubernetes minor, the tags of images that must be of it, by name.
        machine_images: The releases of machine images that no node group chooses by itself, by operating system.

    """

    kubernetes: str
    addons: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    images: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    machine_images: Mapping[str, str] = field(default_factory=dict)

    def addon(self, name: str, minor: str) -> str | None:
        """Return the version of an add-on on a Kubernetes minor; None for EKS's own default."""
        return self.addons.get(minor, {}).get(name)

    def image(self, name: str, minor: str) -> str:
        """Return the tag of an image on a Kubernetes minor.

        Raises:
            KeyError: none is pinned for that minor.

        """
        return self.images[minor][name]


def pinned() -> Versions:
    """Return the pinned versions."""
    return Versions(**tomllib.loads(_FILE.read_text(encoding="utf-8")))
