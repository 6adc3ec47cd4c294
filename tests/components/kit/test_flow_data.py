"""Flows as data that needs none of this code to be read."""

from ipaddress import IPv4Network

from components.kit import flows
from components.kit.flow_data import plain
from components.kit.flows import Cidr, Flow, Workload

_ALONE = Workload(namespace="shop", name="alone", labels={"app": "alone"})


def test_flows_become_plain_data() -> None:
    block = Cidr(block=IPv4Network("192.0.2.0/24"), excluding=(IPv4Network("192.0.2.0/28"),))
    declared = (Flow(client=_ALONE, server=block, port=25, why="sends mail"), *flows.pod_identity(_ALONE))

    assert plain(declared) == {
        "workloads": [
            {"namespace": "shop", "name": "alone", "labels": {"app": "alone"}, "host_network": False, "ports": []}
        ],
        "flows": [
            {
                "client": {"workload": "shop/alone"},
                "server": {"cidr": "192.0.2.0/24", "except": ["192.0.2.0/28"]},
                "port": 25,
                "protocol": "TCP",
                "why": "sends mail",
            },
            {
                "client": {"workload": "shop/alone"},
                "server": {"entity": "host"},
                "port": 80,
                "protocol": "TCP",
                "why": "fetches AWS credentials from Pod Identity",
            },
        ],
    }
