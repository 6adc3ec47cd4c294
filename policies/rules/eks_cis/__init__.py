"""Rules about an EKS cluster and its nodes, after the CIS benchmark for Amazon EKS and what it leaves out."""

from typing import Final

from policies.rule import Rule
from policies.rules.eks_cis import access, cluster, identity, images, kubelet, logs, node_groups, nodes, versions

RULES: Final[tuple[Rule, ...]] = (
    *cluster.RULES,
    *logs.RULES,
    *versions.RULES,
    *access.RULES,
    *identity.RULES,
    *nodes.RULES,
    *node_groups.RULES,
    *kubelet.RULES,
    *images.RULES,
)
