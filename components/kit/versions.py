"""The versions this platform is made of, read from the one file that pins them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).parent.parent / "versions.toml"


@dataclass(frozen=True, slots=True)
class Versions:
    """What `versions.toml` pins.

    Attributes:
        kubernetes: The Kubernetes minor of the control plane, ``1.36``.

    """

    kubernetes: str


def pinned() -> Versions:
    """Return the pinned versions."""
    return Versions(**tomllib.loads(_FILE.read_text(encoding="utf-8")))
