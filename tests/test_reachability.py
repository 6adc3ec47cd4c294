"""In every environment the policies allow what the layers declare, and nothing else."""

import pytest

from components.assembly.connections import connections
from components.foundation import subnets
from components.kit.flow_data import plain
from components.security.namespaces import PLATFORM
from rehearsal.reachability.summary import summary
from tests.environments import EVERY, assembled, settings_of


@pytest.mark.parametrize("stack", EVERY)
def test_every_declared_connection_is_allowed_and_no_other(stack: str) -> None:
    settings = settings_of(stack)
    network = settings.network
    plan = subnets.plan(network.cidr, network.pod_cidr, network.zones)
    published = {
        "namespaces": [namespace.name for namespace in PLATFORM],
        "api_server": [str(zone.control_plane) for zone in plan],
        "declared": plain(connections(settings)),
    }

    proof = summary([{"outputs": published}, *({"inputs": made.inputs} for made in assembled(stack).resources)])

    assert proof.flows
    assert proof.objections == ()
