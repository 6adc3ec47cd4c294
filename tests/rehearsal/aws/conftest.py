"""One emulator for all tests of AWS's stand-in; a test that counts what is left has an account of its own."""

from collections.abc import Iterator
from itertools import count

import pytest

from rehearsal.aws.emulator import Emulator
from tests.rehearsal.aws.world import World

_ACCOUNTS = count(111122223334)


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture(scope="session")
def shared(emulator: Emulator) -> World:
    """A network, a role, a key and a cluster that many tests may lean on and none may change."""
    world = World(emulator, "111122223333")
    world.build()
    return world


@pytest.fixture
def world(shared: World) -> World:
    """The shared world, entered: its account and region are the provider's again."""
    shared.configure()
    return shared


@pytest.fixture
def empty(emulator: Emulator) -> World:
    """An account in which nothing was made yet."""
    world = World(emulator, str(next(_ACCOUNTS)))
    world.configure()
    return world
