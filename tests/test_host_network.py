"""Where pods have no addresses of the VPC, what the API server calls listens on nodes, each on ports of its own."""

from collections import Counter
from typing import Final

import pytest

from components.assembly.connections import connections
from components.kit.flows import Entity, Workload, workloads
from components.kit.host_network import TAKEN
from tests import order
from tests.environments import EVERY, assembled, settings_of

# Each workload that the API server calls: the release it comes with, and the value that puts it on its node's network.
_SWITCHES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "cert-manager/cert-manager-webhook": ("cert-manager", ("webhook", "hostNetwork")),
    "ingress/aws-load-balancer-controller": ("aws-load-balancer-controller", ("hostNetwork",)),
    "external-secrets/external-secrets-webhook": ("external-secrets", ("webhook", "hostNetwork")),
    # Settings refuse both with an overlay: they would judge every object from their nodes' network.
    "kyverno/kyverno-admission-controller": ("kyverno", ("admissionController", "hostNetwork")),
    "gatekeeper-system/gatekeeper-controller-manager": ("gatekeeper", ("controllerManager", "hostNetwork")),
    "monitoring/prometheus-operator-webhook": (
        "kube-prometheus-stack",
        ("prometheusOperator", "admissionWebhooks", "deployment", "hostNetwork"),
    ),
    "chaos-mesh/controller-manager": ("chaos-mesh", ("controllerManager", "hostNetwork")),
    "kube-system/metrics-server": ("metrics-server", ("hostNetwork", "enabled")),
    # Refused with an overlay, too: nobody tried it there.
    "kasten-io/kasten": ("k10", ("services", "aggregatedapis", "hostNetwork")),
    "kube-system/vpa-admission-controller": ("vertical-pod-autoscaler", ("admissionController", "hostNetwork")),
}
_OVERLAYS = [stack for stack in EVERY if settings_of(stack).host_network]


def _called(stack: str) -> dict[str, Workload]:
    flows = connections(settings_of(stack))
    sides = [flow.server for flow in flows if flow.client is Entity.KUBE_APISERVER]
    return {str(side): side for side in sides if isinstance(side, Workload)}


def _on(stack: str, workload: str) -> object:
    chart, path = _SWITCHES[workload]
    (release,) = (made for made in assembled(stack).of(order.RELEASE) if made.inputs["name"] == chart)
    value: object = release.inputs["values"]
    for step in path:
        value = value.get(step, False) if isinstance(value, dict) else False
    return value


def test_an_overlay_is_among_the_stacks() -> None:
    assert _OVERLAYS


@pytest.mark.parametrize("stack", EVERY)
def test_what_the_api_server_calls_listens_where_it_is_reached(stack: str) -> None:
    """A workload that is new here needs its switch in the table, and its layer the setting `host_network`."""
    called = _called(stack)
    wanted = settings_of(stack).host_network

    assert called.keys() <= _SWITCHES.keys()
    assert {name: _on(stack, name) for name in called} == dict.fromkeys(called, wanted)
    assert {pods.host_network for pods in called.values()} == {wanted}


@pytest.mark.parametrize("stack", _OVERLAYS)
def test_no_two_listen_on_one_port_of_a_node(stack: str) -> None:
    pods = [each for each in workloads(connections(settings_of(stack))) if each.host_network]
    ports = Counter((port.number, port.protocol) for each in pods for port in each.ports)

    assert ports
    assert [port for port, count in ports.items() if count > 1] == []
    assert {port for port, _ in ports} & TAKEN.keys() == set()


@pytest.mark.parametrize("stack", EVERY)
def test_only_their_namespaces_let_pods_onto_a_nodes_network_for_it(stack: str) -> None:
    level = "pod-security.kubernetes.io/enforce"
    made = {
        each.inputs["metadata"]["name"]: each.inputs["metadata"]["labels"][level]
        for each in assembled(stack).of("kubernetes:core/v1:Namespace")
    }
    usual = {
        each.inputs["metadata"]["name"]: each.inputs["metadata"]["labels"][level]
        for each in assembled("prod").of("kubernetes:core/v1:Namespace")
    }
    called = {pods.namespace for pods in _called(stack).values()} if settings_of(stack).host_network else set()

    assert {name for name in made.keys() & usual.keys() if made[name] != usual[name]} <= called
    assert {made[name] for name in called & made.keys()} <= {"privileged"}
