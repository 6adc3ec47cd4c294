"""Every environment of the project, assembled from its stack file on the recording engine."""

from functools import cache
from pathlib import Path

import pulumi

from components.assembly import Platform
from settings.load import read_file
from tests.components.recording import Recording, build

PROJECT = Path(__file__).parent.parent
STACKS = tuple(
    sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in PROJECT.glob("Pulumi.*.yaml"))
)


@cache
def assembled(stack: str) -> Recording:
    """Return the recording of an environment; it is made once, so treat it as read-only."""
    settings = read_file(PROJECT / f"Pulumi.{stack}.yaml")

    def program() -> None:
        for name, value in Platform(settings).outputs.items():
            pulumi.export(name, value)

    return build(program)
