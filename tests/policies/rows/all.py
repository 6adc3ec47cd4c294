"""The rows of all rules."""

from typing import Final

from tests.policies.rows import autoscaling, eks, foundation, iam, kubernetes, nodes, secrets
from tests.policies.rows.row import Row

ROWS: Final[tuple[Row, ...]] = (
    *eks.ROWS,
    *nodes.ROWS,
    *foundation.ROWS,
    *iam.ROWS,
    *kubernetes.ROWS,
    *autoscaling.ROWS,
    *secrets.ROWS,
)
