"""Writes what a plan does as lines that are reviewed, one for each resource that does not stay as it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rehearsal.engine import Step

NOTHING = "nothing changes\n"
REFUSED = "refused: "


@dataclass(frozen=True, slots=True, order=True)
class Operation:
    """One line: what happens to which resource, because of which inputs."""

    operation: str
    type: str
    name: str
    properties: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the line."""
        because = f" by {', '.join(self.properties)}" if self.properties else ""
        return f"{self.operation} {self.type} {self.name}{because}"


def operations(steps: Iterable[Step]) -> list[Operation]:
    """Return what the steps do, sorted."""
    return sorted(Operation(step.operation, step.type, step.urn.rpartition("::")[2], step.properties) for step in steps)


def written(done: Iterable[Operation]) -> str:
    """Return the reviewed text."""
    return "".join(f"{operation}\n" for operation in done) or NOTHING


def read(text: str) -> Iterator[Operation]:
    """Yield the operations of a reviewed text; none of a change that does nothing or is refused."""
    for line in text.splitlines() if text != NOTHING and not text.startswith(REFUSED) else ():
        what, _, because = line.partition(" by ")
        operation, kind, name = what.split(" ")
        yield Operation(operation, kind, name, tuple(because.split(", ")) if because else ())
