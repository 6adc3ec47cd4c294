"""Writes the picture as Mermaid, and a page with it that names every layer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rehearsal.diagram.drawing import counts
from rehearsal.diagram.model import Picture, members


def mermaid(picture: Picture) -> Iterator[str]:
    """Yield the lines of a flowchart: layers grouped by tier, an arrow from each to those that wait for it."""
    yield "flowchart TD"
    for tier in picture.tiers():
        yield f"  subgraph {tier}"
        for layer in picture.layers.values():
            if layer.tier == tier:
                yield f'    {_id(layer.name)}["{layer.name}<br/>{counts(layer)}"]'
        yield "  end"
    yield from (f"  {_id(earlier)} --> {_id(later)}" for earlier, later in picture.waits)


def of_layer(resources: Sequence[Mapping[str, Any]], name: str) -> Iterator[str]:
    """Yield the lines of a flowchart of one layer: its resources by type, and which of them wait for which.

    Raises:
        ValueError: the stack has no such layer.

    """
    inside = members(resources, name)
    if not inside:
        raise ValueError(f"there is no layer {name} with anything in it")
    types = {each["urn"]: each["type"].rpartition(":")[2] for each in inside}
    yield "flowchart LR"
    for kind in sorted(set(types.values())):
        names = sorted(each["name"].removeprefix(f"{name}-") for each in inside if types[each["urn"]] == kind)
        told = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")  # noqa: PLR2004 - a box
        yield f'  {kind}["{kind}<br/>{told}"]'
    edges = {(types[other], types[each["urn"]]) for each in inside for other in each["dependencies"] if other in types}
    yield from (f"  {earlier} --> {later}" for earlier, later in sorted(edges) if earlier != later)


def page(picture: Picture) -> Iterator[str]:
    """Yield the page: the picture, the same as Mermaid, and a row for each layer."""
    yield f"# The layers of {picture.stack}"
    yield ""
    yield "`make diagram` draws this page and its picture from the program; a test fails when they are older than it."
    yield ""
    yield f"![The layers of {picture.stack}, and which waits for which](pictures/architecture-{picture.stack}.svg)"
    yield ""
    yield f"{' and '.join(f'`{name}`' for name in picture.last)} waits for everything else." if picture.last else ""
    yield ""
    yield "## The same as Mermaid"
    yield ""
    yield "```mermaid"
    yield from mermaid(picture)
    yield "```"
    yield ""
    yield "## Layer by layer"
    yield ""
    yield "| Layer | Tier | Holds | Charts | Waits for | Before |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for layer in picture.layers.values():
        before = [later for earlier, later in picture.waits if earlier == layer.name]
        after = [earlier for earlier, later in picture.waits if later == layer.name]
        told = "everything else" if layer.name in picture.last else ", ".join(after)
        cells = (layer.name, layer.tier, counts(layer), ", ".join(layer.charts), told, ", ".join(before))
        yield f"| {' | '.join(cells)} |"


def _id(name: str) -> str:
    # `end` and the like are words of Mermaid's own.
    return f"l_{name.replace('-', '_')}"
