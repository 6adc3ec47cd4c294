"""The rules about objects in the cluster, the program's own and those that charts make, and about releases' values."""

from typing import Final

from policies.rule import Rule
from policies.rules.kubernetes import (
    access,
    admission,
    autoscaling,
    availability,
    confinement,
    containers,
    exposure,
    namespaces,
    network,
    pod_security,
    releases,
    storage,
    vault,
    versions,
)

RULES: Final[tuple[Rule, ...]] = (
    *namespaces.RULES,
    *pod_security.RULES,
    *confinement.RULES,
    *containers.RULES,
    *access.RULES,
    *exposure.RULES,
    *network.RULES,
    *admission.RULES,
    *availability.RULES,
    *storage.RULES,
    *versions.RULES,
    *releases.RULES,
    *autoscaling.RULES,
    *vault.RULES,
)
