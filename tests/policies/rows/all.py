"""The rows of all rules."""

from typing import Final

from tests.policies.rows.aws_baseline import all as aws_baseline
from tests.policies.rows.eks_cis import all as eks_cis
from tests.policies.rows.kubernetes import all as kubernetes
from tests.policies.rows.platform import all as platform
from tests.policies.rows.row import Row

ROWS: Final[tuple[Row, ...]] = (*eks_cis.ROWS, *aws_baseline.ROWS, *kubernetes.ROWS, *platform.ROWS)
