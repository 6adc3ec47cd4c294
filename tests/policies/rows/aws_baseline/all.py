"""The rows of the rules about the rest of the AWS account."""

from typing import Final

from tests.policies.rows.aws_baseline import access, buckets, data, foundation, iam, networks
from tests.policies.rows.row import Row

ROWS: Final[tuple[Row, ...]] = (
    *foundation.ROWS,
    *iam.ROWS,
    *access.ROWS,
    *networks.ROWS,
    *buckets.ROWS,
    *data.ROWS,
)
