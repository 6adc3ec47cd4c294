"""Flows as data: what cannot be stated is refused, and the sets that many layers need."""

from collections.abc import Callable

import pytest

from components.kit import flows
from components.kit.flows import Entity, Flow, Fqdn, Port, Protocol, Workload
from tests.flows import WEBHOOK

_ALONE = Workload(namespace="shop", name="alone", labels={"app": "alone"})

REFUSED: dict[str, Callable[[], object]] = {
    "would be every pod": lambda: Workload(namespace="shop", name="all", labels={}),
    "not from 1 to 65535": lambda: Port(number=0),
    "one side must be a workload": lambda: Flow(client=Entity.HOST, server=Entity.WORLD, port=443, why="who knows"),
    "recognised by name": lambda: Flow(client=Fqdn("example.com"), server=WEBHOOK, port=10250, why="who knows"),
    "listens on no such port": lambda: Flow(client=Entity.HOST, server=WEBHOOK, port=1, why="who knows"),
    "10250/UDP: cert-manager/webhook listens on no": lambda: Flow(
        client=Entity.HOST, server=WEBHOOK, port=10250, protocol=Protocol.UDP, why="who knows"
    ),
    "say why": lambda: Flow(client=Entity.HOST, server=WEBHOOK, port=10250, why=""),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_flow_that_no_policy_could_state_is_refused(reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        REFUSED[reason]()


def test_the_usual_flows_go_where_they_should() -> None:
    usual = (
        *flows.dns(WEBHOOK),
        *flows.kube_api(WEBHOOK),
        *flows.pod_identity(WEBHOOK),
        *flows.webhook(WEBHOOK, 10250),
    )

    assert [str(flow) for flow in (*usual, *flows.probes(WEBHOOK, 6080), *flows.scrape(WEBHOOK, 9402))] == [
        "cert-manager/webhook -> kube-system/coredns 53/UDP",
        "cert-manager/webhook -> kube-system/coredns 53/TCP",
        "cert-manager/webhook -> kube-apiserver 443/TCP",
        "cert-manager/webhook -> host 80/TCP",
        "kube-apiserver -> cert-manager/webhook 10250/TCP",
        "host -> cert-manager/webhook 6080/TCP",
        "monitoring/prometheus -> cert-manager/webhook 9402/TCP",
    ]


def test_aws_services_go_by_the_names_of_their_endpoints() -> None:
    called = flows.aws_api(_ALONE, "eu-central-1", "ec2", "route53", "s3")

    assert [str(flow.server) for flow in called] == [
        "ec2.eu-central-1.amazonaws.com",
        "route53.amazonaws.com",
        "s3.eu-central-1.amazonaws.com",
        "*.s3.eu-central-1.amazonaws.com",
    ]
    assert {flow.port for flow in called} == {443}


def test_two_workloads_cannot_share_a_name() -> None:
    other = Workload(namespace="shop", name="alone", labels={"app": "other"})

    with pytest.raises(ValueError, match="two different workloads are called shop/alone"):
        flows.workloads((*flows.dns(_ALONE), *flows.dns(other)))
