"""Compares two environments by their shape: what differs, and whether somebody meant it."""

from rehearsal.parity.comparison import Comparison, Difference, compare
from rehearsal.parity.intended import Entry, Intended, read

__all__ = ["Comparison", "Difference", "Entry", "Intended", "compare", "read"]
