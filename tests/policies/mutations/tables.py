"""The mutations of all groups."""

from collections.abc import Mapping
from typing import Final

from tests.policies.mutations import aws_account, aws_cluster, kubernetes, platform
from tests.policies.mutations.mutation import Mutation

BY_GROUP: Final[Mapping[str, tuple[Mutation, ...]]] = {
    "eks-cis": aws_cluster.MUTATIONS,
    "aws-baseline": aws_account.MUTATIONS,
    "kubernetes": kubernetes.MUTATIONS,
    "platform": platform.MUTATIONS,
}
"""The mutations that the rules of each group must catch."""

MUTATIONS: Final[tuple[Mutation, ...]] = tuple(each for table in BY_GROUP.values() for each in table)

UNBROKEN: Final[Mapping[str, str]] = {
    "cluster-administrators": "it takes two changes: an environment has more administrators than the least",
    "prices-read-lately": "no change of a program makes prices older",
    "rds-logs": "no environment asks for it yet",
    "rds-password": "it takes two changes: a password, and that AWS does not make it",
}
"""The rules that no single change breaks, each with the reason; their rows alone hold them."""
