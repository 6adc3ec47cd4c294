"""All rules, in four groups that an environment switches, in the order in which they are reported."""

from collections.abc import Mapping
from typing import Final

from policies.rule import Rule
from policies.rules import aws_baseline, eks_cis, kubernetes, platform

GROUPS: Final[Mapping[str, tuple[Rule, ...]]] = {
    "eks-cis": eks_cis.RULES,
    "aws-baseline": aws_baseline.RULES,
    "kubernetes": kubernetes.RULES,
    "platform": platform.RULES,
}
"""The rules of each group, by the group's name in configurations and reports."""

RULES: Final[tuple[Rule, ...]] = tuple(rule for rules in GROUPS.values() for rule in rules)
