"""Rules about everything in the AWS account that is not the cluster itself."""

from typing import Final

from policies.rule import Rule
from policies.rules.aws_baseline import (
    buckets,
    databases,
    iam,
    keys,
    mended,
    network,
    networks,
    records,
    resource_policies,
    storage,
)

RULES: Final[tuple[Rule, ...]] = (
    *keys.RULES,
    *network.RULES,
    *networks.RULES,
    *iam.RULES,
    *resource_policies.RULES,
    *buckets.RULES,
    *storage.RULES,
    *databases.RULES,
    *records.RULES,
    *mended.RULES,
)
