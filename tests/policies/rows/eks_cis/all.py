"""The rows of the rules about the cluster and its nodes."""

from typing import Final

from tests.policies.rows.eks_cis import cluster, control_plane, identity, images, node_groups, nodes
from tests.policies.rows.row import Row

ROWS: Final[tuple[Row, ...]] = (
    *cluster.ROWS,
    *control_plane.ROWS,
    *identity.ROWS,
    *nodes.ROWS,
    *node_groups.ROWS,
    *images.ROWS,
)
