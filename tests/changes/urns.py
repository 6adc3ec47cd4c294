"""The identities of an environment's resources, which a state knows them by, and those that were given up."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from tests.components.recording import Recording
from tests.environments import assembled

HERE: Final = Path(__file__).parent / "urns"
GONE: Final = HERE / "gone.yaml"

_STACK: Final = "pulumi:pulumi:Stack"


def today(stack: str) -> frozenset[str]:
    """Return the end of each resource's URN: the types from its outermost parent down, joined by ``$``, and its name.

    The engine derives the same from what a program registers:
    https://www.pulumi.com/docs/iac/concepts/resources/names/#urns
    """
    recording = assembled(stack)
    return frozenset(
        _identity(recording, made.type, made.name, made.parent) for made in recording.resources if made.type != _STACK
    )


def aliased(stack: str) -> frozenset[str]:
    """Return the former identities that the program claims by aliases."""
    recording = assembled(stack)
    return frozenset(_identity(recording, *former) for made in recording.resources for former in made.aliases)


def known(stack: str) -> frozenset[str]:
    """Return the identities that states out there may hold; none of an environment that is new."""
    file = HERE / f"{stack}.txt"
    return frozenset(file.read_text(encoding="utf-8").split()) if file.is_file() else frozenset()


@cache
def gone() -> Mapping[str, Mapping[str, str]]:
    """Return the identities that were given up, each with the release and the reason."""
    return yaml.safe_load(GONE.read_text(encoding="utf-8")) or {}


def lost(stack: str) -> list[str]:
    """Return what an update would delete although nobody said that it may."""
    return sorted(known(stack) - today(stack) - aliased(stack) - frozenset(gone()))


def write(stack: str) -> None:
    """Note today's identities; what is lost stays on the list until an alias or a reason covers it."""
    kept = sorted(today(stack) | frozenset(lost(stack)))
    (HERE / f"{stack}.txt").write_text("".join(f"{urn}\n" for urn in kept), encoding="utf-8")


def _identity(recording: Recording, type_: str, name: str, parent: str) -> str:
    components = {made.name: made for made in recording.resources if not made.custom and made.type != _STACK}
    types = [type_]
    while parent in components:
        types.insert(0, components[parent].type)
        parent = components[parent].parent
    return f"{'$'.join(types)}::{name}"
