"""What a careless change does to objects of the cluster and to releases."""

from typing import Final

from tests.policies.mutations import cluster_access, cluster_objects, pods
from tests.policies.mutations.mutation import Mutation

MUTATIONS: Final[tuple[Mutation, ...]] = (
    *pods.MUTATIONS,
    *cluster_access.MUTATIONS,
    *cluster_objects.MUTATIONS,
)
