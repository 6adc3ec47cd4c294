"""In every environment the policies allow what the layers declare, and nothing else."""

import pytest

from components.assembly.connections import connections, connections_of_the_entry, plan
from components.kit.flow_data import plain
from components.networking import entry_flows
from components.networking.entry_settings import EntryMode
from components.security.namespaces import PLATFORM
from rehearsal.reachability.summary import summary
from tests.environments import EVERY, assembled, settings_of


@pytest.mark.parametrize("stack", EVERY)
def test_every_declared_connection_is_allowed_and_no_other(stack: str) -> None:
    settings = settings_of(stack)
    closed = {
        tuple(namespace.name for namespace in PLATFORM): connections(settings),
        tuple(entry_flows.namespaces(settings.entry)): connections_of_the_entry(settings),
    }
    api_server = [str(zone.control_plane) for zone in plan(settings)]
    published = [
        {"outputs": {"namespaces": [*names], "api_server": api_server, "declared": plain(flows)}}
        for names, flows in closed.items()
    ]

    proof = summary([*published, *({"inputs": made.inputs} for made in assembled(stack).resources)])

    assert proof.flows
    assert proof.objections == ()


@pytest.mark.parametrize("stack", EVERY)
def test_every_namespace_the_platform_makes_is_closed(stack: str) -> None:
    recording = assembled(stack)
    made = {each.inputs["metadata"]["name"] for each in recording.of("kubernetes:core/v1:Namespace")}
    closed = {
        each.inputs["metadata"]["namespace"]
        for each in recording.of("kubernetes:networking.k8s.io/v1:NetworkPolicy")
        if each.inputs["spec"]["podSelector"] == {} and each.inputs["spec"]["policyTypes"] == ["Ingress", "Egress"]
    }

    # It calls every pod that any Ingress names, and so do those who stand behind it answer.
    behind_nginx = {"ingress-nginx", "example"} if settings_of(stack).entry.mode is EntryMode.NGINX else set()
    assert made
    assert made - closed == behind_nginx
