"""Policies made from flows allow those flows and nothing else, whatever the flows are."""

from collections.abc import Sequence
from ipaddress import IPv4Network, ip_address

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from components.kit import flows
from components.kit.flow_data import plain
from components.kit.flows import Cidr, Entity, Flow, Fqdn, Peer, Port, Protocol, Workload
from rehearsal.reachability import declared, manifests
from rehearsal.reachability.evaluate import Evaluation
from rehearsal.reachability.matrix import Reachability, prove
from rehearsal.reachability.model import External, Pod, PortAtoms
from tests.flows import CLOSED, outputs, platform
from tests.flows import manifests as policies_for

_CLOSED = ("red", "green")
_SOCKETS = ((53, Protocol.UDP), (53, Protocol.TCP), (443, Protocol.TCP), (444, Protocol.TCP), (65535, Protocol.SCTP))
_BLOCKS = (
    Cidr(block=IPv4Network("192.0.2.0/24")),
    Cidr(block=IPv4Network("192.0.2.64/26"), excluding=(IPv4Network("192.0.2.64/28"),)),
    Cidr(block=IPv4Network("10.0.0.0/8")),
    Cidr(block=IPv4Network("0.0.0.0/0")),
)
_NAMES = (Fqdn("api.example.com"), Fqdn("*.example.com"), Fqdn("**.example.com"), Fqdn("*"))


@st.composite
def _workloads(draw: st.DrawFn) -> list[Workload]:
    found = []
    for index in range(draw(st.integers(1, 5))):
        sockets = draw(st.lists(st.sampled_from(_SOCKETS), unique=True))
        shared = draw(st.sampled_from(({}, {"tier": "front"}, {"tier": "back"})))
        found.append(
            Workload(
                namespace=draw(st.sampled_from((*_CLOSED, "blue"))),
                name=f"w{index}",
                labels={"app": f"w{index}", **shared},
                ports=tuple(Port(number=number, protocol=protocol) for number, protocol in sockets),
                host_network=draw(st.integers(0, 4)) == 0,
            )
        )
    return found


@st.composite
def _flows(draw: st.DrawFn) -> list[Flow]:
    workloads = draw(_workloads())
    found: list[Flow] = []
    for _ in range(draw(st.integers(0, 12))):
        ours = draw(st.sampled_from(workloads))
        if draw(st.booleans()) and ours.ports:
            client: Peer = draw(st.sampled_from((*workloads, *Entity, *_BLOCKS)))
            port = draw(st.sampled_from(ours.ports))
            found.append(
                Flow(client=client, server=ours, port=port.number, protocol=port.protocol, why="it is drawn so")
            )
        else:
            server = draw(st.sampled_from((*Entity, *_BLOCKS, *_NAMES)))
            number, protocol = draw(st.sampled_from(_SOCKETS))
            found.append(Flow(client=ours, server=server, port=number, protocol=protocol, why="it is drawn so"))
            found += flows.dns(ours) if isinstance(server, Fqdn) else ()
    return found


def _proof(drawn: Sequence[Flow], namespaces: Sequence[str] = _CLOSED) -> Reachability:
    return prove(declared.read([outputs(drawn, namespaces)]), manifests.read(policies_for(drawn, namespaces)))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_flows())
def test_what_is_allowed_is_exactly_what_is_declared(drawn: list[Flow]) -> None:
    proof = _proof(drawn)

    assert [str(flow) for flow in proof.missing] == []
    assert [str(excess) for excess in proof.undeclared] == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_flows(), st.data())
def test_a_flow_that_is_not_declared_shows_where_it_is_allowed(drawn: list[Flow], data: st.DataObject) -> None:
    # What a node sends to its own pods no policy stops, so it is accepted, declared or not.
    touching = [flow for flow in drawn if _closed(flow) and flow.client != Entity.HOST and not _covered(flow, drawn)]
    assume(touching)
    dropped = data.draw(st.sampled_from(touching))
    rest = [flow for flow in drawn if flow != dropped]

    # The workloads stay known even where the dropped flow was their only one.
    known = outputs(drawn, _CLOSED)
    known["declared"]["flows"] = plain(rest)["flows"]
    proof = prove(declared.read([known]), manifests.read(policies_for(drawn, _CLOSED)))

    assert proof.missing == ()
    assert proof.undeclared != ()


def test_a_platforms_declared_flows_are_all_allowed_and_no_other() -> None:
    facts = _proof(platform(), CLOSED).to_json()

    assert (facts["declared"], facts["allowed"], facts["missing"], facts["undeclared"]) == (
        len(platform()),
        len(platform()),
        [],
        [],
    )


@pytest.mark.parametrize(("server", "reached"), [(flows.INTERNET, False), (Entity.WORLD, True)])
def test_the_internet_is_not_the_instance_metadata_but_the_world_is(server: Peer, reached: bool) -> None:  # noqa: FBT001 - a column of the table
    caller = Workload(namespace="red", name="caller", labels={"app": "caller"})
    policies = manifests.read(policies_for((Flow(client=caller, server=server, port=80, why="calls a site"),), _CLOSED))
    ports = PortAtoms({"TCP": (1, 80, 81)})
    metadata = External(address=ip_address("169.254.169.254"))
    pod = Pod(namespace="red", labels=caller.labels, name="caller")

    reaches = Evaluation(policies, ports, own_node_passes=True).reaches(pod, metadata)

    assert bool(reaches & ports.bits(80, 80, "TCP")) is reached


def _closed(flow: Flow) -> bool:
    return any(
        isinstance(side, Workload) and side.namespace in _CLOSED and not side.host_network
        for side in (flow.client, flow.server)
    )


def _covered(flow: Flow, drawn: Sequence[Flow]) -> bool:
    """Whether some other flow allows it as well, such as one to a wider block; in doubt it is left alone."""
    others = [other for other in drawn if other != flow and (other.port, other.protocol) == (flow.port, flow.protocol)]
    return any(
        (_same_or_outside(flow.client, other.client) and _same_or_outside(flow.server, other.server))
        for other in others
    )


def _same_or_outside(one: Peer, other: Peer) -> bool:
    if isinstance(one, Workload) and isinstance(other, Workload) and not (one.host_network or other.host_network):
        return one == other
    return True
