"""A resource is its URN: whoever renames it deletes it in every environment, and makes another."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_random as random
import pytest

from tests.changes import urns
from tests.components.recording import build
from tests.environments import STACKS


@pytest.mark.parametrize("stack", STACKS)
def test_no_resource_loses_its_identity(stack: str) -> None:
    assert urns.lost(stack) == [], (
        "a rename deletes and creates: add an alias to the renamed resource (pulumi.Alias); if it is to be deleted, "
        "say so in tests/changes/urns/gone.yaml with the release and the reason"
    )


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_is_on_the_list(stack: str) -> None:
    assert sorted(urns.today(stack) - urns.known(stack)) == [], "note them: make upgrading"


def test_what_was_given_up_has_a_release_and_a_reason() -> None:
    assert [urn for urn, told in urns.gone().items() if set(told) != {"release", "reason"}] == []


def test_what_was_given_up_is_gone() -> None:
    assert {urn for stack in STACKS for urn in urns.today(stack)} & set(urns.gone()) == set()


@pytest.fixture
def former(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Pretend that a program is the environment ``before`` and that a state knows the pet ``cat``."""

    def become(program: Callable[[], object]) -> None:
        recording = build(program)
        monkeypatch.setattr(urns, "assembled", lambda _: recording)
        monkeypatch.setattr(urns, "known", lambda _: frozenset({"random:index/randomPet:RandomPet::cat"}))

    return become


def test_a_renamed_resource_is_lost(former: Callable[[Any], None]) -> None:
    former(lambda: random.RandomPet("dog"))

    assert urns.lost("before") == ["random:index/randomPet:RandomPet::cat"]


def test_a_renamed_resource_with_an_alias_is_not(former: Callable[[Any], None]) -> None:
    former(lambda: random.RandomPet("dog", opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="cat")])))

    assert urns.lost("before") == []


def test_a_resource_that_moves_below_a_component_is_lost(former: Callable[[Any], None]) -> None:
    def program() -> None:
        parent = pulumi.ComponentResource("platform:test:House", "house")
        random.RandomPet("cat", opts=pulumi.ResourceOptions(parent=parent))

    former(program)

    assert urns.lost("before") == ["random:index/randomPet:RandomPet::cat"]
    assert urns.today("before") == {
        "platform:test:House::house",
        "platform:test:House$random:index/randomPet:RandomPet::cat",
    }
