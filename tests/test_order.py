"""The order of the first `up`, and backwards of a `destroy`, is proved for every environment; so are the proofs."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import order
from tests.components.recording import Recorded, Recording
from tests.environments import EVERY, assembled, settings_of

_THEOREMS = (
    order.nodes_before_the_network,
    order.awaited_before_the_nodes,
    order.custom_resources_before_their_definition,
    order.pods_before_nodes,
)


@pytest.mark.parametrize("stack", EVERY)
@pytest.mark.parametrize("theorem", _THEOREMS, ids=lambda theorem: theorem.__name__)
def test_the_order_holds(theorem: Callable[[Recording], Iterator[str]], stack: str) -> None:
    assert list(theorem(assembled(stack))) == []


@pytest.mark.parametrize("stack", EVERY)
def test_cilium_finds_the_gateway_apis_definitions_and_its_operators_role(stack: str) -> None:
    """What it depends on also outlives it: a release is not removed after the definitions of what is in it."""
    release = assembled(stack).one(order.RELEASE, "cilium-cilium")
    # In an overlay its operator calls nothing in AWS.
    role = set() if settings_of(stack).host_network else {"cilium-operator"}

    assert {"gateway-api-gateway-api", "cluster-control-plane", *role} <= set(release.dependencies)


@pytest.mark.parametrize("stack", EVERY)
def test_cilium_waits_for_no_add_on(stack: str) -> None:
    """It and the agent that gives its operator credentials come up side by side."""
    recording = assembled(stack)

    addons = {made.name for made in recording.of("aws:eks/addon:Addon")}
    assert addons & set(recording.one(order.RELEASE, "cilium-cilium").dependencies) == set()
    for group in recording.of(order.GROUP):
        assert "node-addons-eks-pod-identity-agent" in group.dependencies


@pytest.mark.parametrize("stack", EVERY)
def test_what_runs_in_pods_may_bring_a_monitor(stack: str) -> None:
    recording = assembled(stack)

    definitions = "monitoring-crds-prometheus-operator-crds"
    patient = [made.name for made in recording.of(order.RELEASE) if not made.inputs["skipAwait"]]
    assert patient
    if settings_of(stack).observability.enabled:
        assert [name for name in patient if definitions not in recording.before(name)] == []
    else:
        assert [made for made in recording.of(order.RELEASE) if made.name == definitions] == []


def _made(type_: str, name: str, *dependencies: str, **inputs: Any) -> Recorded:
    return Recorded(
        type=type_,
        name=name,
        custom=True,
        inputs=inputs,
        parent="",
        provider="",
        protect=False,
        dependencies=dependencies,
        ignore_changes=(),
    )


_QUICK = {"skipAwait": True, "atomic": False}
_PATIENT = {"skipAwait": False, "atomic": True}


@pytest.mark.parametrize(
    ("theorem", "resources", "counterexamples"),
    [
        (
            order.nodes_before_the_network,
            [_made(order.GROUP, "early"), _made(order.GROUP, "x", "cilium-cilium")],
            ["early"],
        ),
        (
            order.awaited_before_the_nodes,
            [_made(order.RELEASE, "cilium-cilium", **_PATIENT), _made(order.GROUP, "nodes", "cilium-cilium")],
            ["cilium-cilium"],
        ),
        (
            order.awaited_before_the_nodes,
            [_made(order.RELEASE, "later", "nodes", **_PATIENT), _made(order.GROUP, "nodes")],
            [],
        ),
        (
            order.custom_resources_before_their_definition,
            [
                _made("kubernetes:cilium.io/v2:CiliumNetworkPolicy", "early", "cilium-cilium"),
                _made("kubernetes:cilium.io/v2:CiliumNetworkPolicy", "in-time", "pod-addons-coredns"),
                _made("kubernetes:example.com/v1:Thing", "of-nobody"),
                _made("kubernetes:core/v1:Namespace", "built-in"),
                _made("aws:ec2/vpc:Vpc", "of-aws"),
            ],
            ["early", "of-nobody"],
        ),
        (
            order.pods_before_nodes,
            [
                _made(order.GROUP, "nodes"),
                _made(order.RELEASE, "early", **_PATIENT),
                _made(order.RELEASE, "quick", **_QUICK),
                _made(order.RELEASE, "in-time", "nodes", **_PATIENT),
                _made("aws:eks/addon:Addon", "resolver", addonName="coredns"),
            ],
            ["early", "resolver"],
        ),
    ],
)
def test_a_proof_names_what_it_does_not_hold_for(
    theorem: Callable[[Recording], Iterator[str]], resources: list[Recorded], counterexamples: list[str]
) -> None:
    assert list(theorem(Recording(resources=resources))) == counterexamples
