"""All rules of the pack, in the order in which they are reported."""

from typing import Final

from policies.rule import Rule
from policies.rules import autoscaling, eks, encryption, iam, kubernetes, network, nodes, secrets

RULES: Final[tuple[Rule, ...]] = (
    *eks.RULES,
    *nodes.RULES,
    *encryption.RULES,
    *network.RULES,
    *iam.RULES,
    *kubernetes.RULES,
    *autoscaling.RULES,
    *secrets.RULES,
)
