"""The flows of capacity: whoever has an AWS role can use it, and whoever is called can be reached."""

import pytest

from components.capacity import flows
from components.kit.flows import Entity, Flow, Fqdn, workloads
from tests.components import examples

_ALL: dict[str, tuple[Flow, ...]] = {
    "cluster-autoscaler": flows.cluster_autoscaler(examples.account()),
    "karpenter": flows.karpenter(examples.account()),
    "metrics-server": flows.metrics_server(),
    "vertical-pod-autoscaler": flows.vertical_pod_autoscaler(),
    "gpu": flows.gpu(),
    "device-plugin": flows.device_plugin(),
    "gpu-operator": flows.gpu_operator(),
}


def _servers(name: str) -> set[str]:
    return {str(flow.server) for flow in _ALL[name]}


def test_no_two_workloads_share_a_name() -> None:
    assert workloads([flow for each in _ALL.values() for flow in each])


@pytest.mark.parametrize("name", ["cluster-autoscaler", "karpenter"])
def test_who_calls_aws_can_fetch_its_credentials(name: str) -> None:
    assert any(isinstance(flow.server, Fqdn) for flow in _ALL[name])
    assert any((flow.server, flow.port) == (Entity.HOST, 80) for flow in _ALL[name])


def test_karpenter_hears_and_launches() -> None:
    assert {"sqs.eu-central-1.amazonaws.com", "ec2.eu-central-1.amazonaws.com"} <= _servers("karpenter")


def test_the_metrics_server_reaches_every_kubelet() -> None:
    assert {"host", "remote-node"} <= _servers("metrics-server")


@pytest.mark.parametrize(("name", "port"), [("metrics-server", 4443), ("vertical-pod-autoscaler", 8000)])
def test_the_api_server_reaches_what_it_waits_for(name: str, port: int) -> None:
    assert any((flow.client, flow.port) == (Entity.KUBE_APISERVER, port) for flow in _ALL[name])


def test_everything_of_the_gpu_operator_writes_to_the_api_server() -> None:
    callers = {flow.client for flow in flows.gpu_operator() if flow.server == Entity.KUBE_APISERVER}

    assert callers == {flows.GPU_OPERATOR, flows.NODE_FEATURES, flows.GPU_AGENTS}


def test_the_device_plugin_reads_its_nodes_labels_and_nobody_calls_it() -> None:
    """Without, the container that chooses the configuration never ends, and no node offers a device."""
    assert {(flow.client, flow.server) for flow in _ALL["device-plugin"]} == {
        (flows.DEVICE_PLUGIN, Entity.KUBE_APISERVER)
    }


def test_the_exporter_calls_nobody() -> None:
    assert {str(flow.client) for flow in _ALL["gpu"]} == {"host", "monitoring/prometheus"}
