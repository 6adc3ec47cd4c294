"""The tables: every Pulumi resource type whose AWS operations the rehearsal knows."""

from collections.abc import Mapping
from typing import Final

from rehearsal.aws.rows import (
    alarms,
    billing,
    detection,
    ec2_gateways,
    ec2_instances,
    ec2_network,
    ec2_security,
    ec2_transit,
    eks,
    events,
    iam,
    kms,
    logs,
    rds,
    s3,
    secretsmanager,
    sqs,
)
from rehearsal.aws.table import Row

_TABLES: Final = (
    alarms,
    billing,
    detection,
    ec2_network,
    ec2_gateways,
    ec2_transit,
    ec2_security,
    ec2_instances,
    eks,
    events,
    iam,
    kms,
    logs,
    rds,
    s3,
    secretsmanager,
    sqs,
)

ROWS: Final[Mapping[str, Row]] = {row.type: row for table in _TABLES for row in table.ROWS}
"""From a type token to its row."""
