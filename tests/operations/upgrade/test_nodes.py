"""What an update takes of nodes and addresses is the arithmetic that refuses settings, told with its figures."""

from math import ceil

import pytest

from components.compute import address_budget
from operations.upgrade import nodes
from operations.upgrade.findings import Weight
from settings.load import parse
from tests.environments import STACKS, content_of, settings_of


@pytest.mark.parametrize("stack", STACKS)
def test_every_node_group_has_its_rounds_and_its_surge(stack: str) -> None:
    found = nodes.rounds(settings_of(stack))

    assert {each.role for each in found} == set(settings_of(stack).nodes.groups())
    for each in found:
        assert 1 <= each.rounds <= ceil(100 / 33)
        assert each.surge >= 2


def test_the_tightest_subnet_of_each_tier_is_told_with_its_figures() -> None:
    settings = settings_of("prod")
    node, pod, control_plane = nodes.findings(settings)
    tightest = max(
        (each for each in address_budget.demands(settings.network, settings.nodes, settings.cilium.routing)),
        key=lambda each: each.needed,
    )

    assert {each.weight for each in (node, pod, control_plane)} == {Weight.FINE}
    assert f"holds {tightest.needed} of {address_budget.usable(tightest.subnet)} addresses" in pod.text
    assert f"{address_budget.usable(tightest.subnet) - tightest.needed} are left" in pod.text
    assert "wants 5 free" in control_plane.text


def test_pods_of_an_overlay_take_no_addresses_of_a_subnet() -> None:
    texts = [each.text for each in nodes.findings(settings_of("overlay"))]

    assert not [text for text in texts if "pod subnet" in text]


def test_subnets_that_are_too_small_stand_against_it() -> None:
    config = content_of("dev")["config"]
    data = {key.removeprefix("platform:"): value for key, value in config.items() if key.startswith("platform:")}
    settings = parse(data, stack="dev")
    many = settings.nodes.general.model_copy(update={"max_size": 450})
    grown = settings.model_copy(update={"nodes": settings.nodes.model_copy(update={"general": many})})

    against = [each.text for each in nodes.findings(grown) if each.weight is Weight.AGAINST]

    assert [text for text in against if "the tightest pod subnet" in text and "are missing" in text]


def test_of_several_subnets_the_one_with_least_room_is_told() -> None:
    settings = settings_of("prod")
    assert settings.nodes.gpu
    gpu = settings.nodes.gpu.model_copy(update={"zone": settings.network.zones[1]})
    crowded = settings.model_copy(update={"nodes": settings.nodes.model_copy(update={"gpu": gpu})})

    node, pod, _ = nodes.findings(crowded)

    assert f"of {settings.network.zones[1]})" in node.text
    assert f"of {settings.network.zones[1]})" in pod.text
