"""The rows of the rules about the platform as a whole."""

from typing import Final

from tests.policies.rows.platform import budget, charts, data, identity, monitoring, nodes, objects
from tests.policies.rows.row import Row

ROWS: Final[tuple[Row, ...]] = (
    *nodes.ROWS,
    *charts.ROWS,
    *identity.ROWS,
    *objects.ROWS,
    *monitoring.ROWS,
    *data.ROWS,
    *budget.ROWS,
)
