"""What a stack costs in a month, reckoned from its resources and a dated table of list prices, without asking anybody.

Knows nothing of the project: a resource is an entry of a graph, ``urn``, ``type``, ``name``, ``parent``,
``dependencies`` and ``inputs`` as the engine holds them.
"""

from cost.changes import Change, Difference, difference
from cost.estimate import estimate
from cost.figures import ZERO, Range
from cost.lines import Estimate, Line, Unpriced, Unread
from cost.tables import Assumptions, Prices, assumptions, prices

__all__ = [
    "ZERO",
    "Assumptions",
    "Change",
    "Difference",
    "Estimate",
    "Line",
    "Prices",
    "Range",
    "Unpriced",
    "Unread",
    "assumptions",
    "difference",
    "estimate",
    "prices",
]
