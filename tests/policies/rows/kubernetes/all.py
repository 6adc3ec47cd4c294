"""The rows of the rules about objects in the cluster."""

from typing import Final

from tests.policies.rows.kubernetes import (
    access,
    admission,
    autoscaling,
    availability,
    claims,
    cluster_objects,
    confinement,
    containers,
    exposure,
    network,
    pod_security,
    releases,
    secrets,
    versions,
)
from tests.policies.rows.row import Row

ROWS: Final[tuple[Row, ...]] = (
    *cluster_objects.ROWS,
    *pod_security.ROWS,
    *confinement.ROWS,
    *containers.ROWS,
    *access.ROWS,
    *exposure.ROWS,
    *network.ROWS,
    *admission.ROWS,
    *availability.ROWS,
    *claims.ROWS,
    *versions.ROWS,
    *releases.ROWS,
    *autoscaling.ROWS,
    *secrets.ROWS,
)
