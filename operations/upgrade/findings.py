"""What a plan says of one matter, and how much it weighs."""

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """Whether an upgrade may begin in spite of it."""

    AGAINST = "stands against it"
    OPEN = "to be looked at"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence of a plan, or a few.

    Attributes:
        weight: Whether the upgrade may begin in spite of it.
        text: What was found, and what to do.

    """

    weight: Weight
    text: str


def against(text: str) -> Finding:
    """Return what must be mended first."""
    return Finding(Weight.AGAINST, text)


def to_look_at(text: str) -> Finding:
    """Return what somebody has to decide or to ask."""
    return Finding(Weight.OPEN, text)


def fine(text: str) -> Finding:
    """Return what nothing needs to be done about."""
    return Finding(Weight.FINE, text)
