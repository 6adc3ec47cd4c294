"""Draws prod into the documentation, from the program itself: `make diagram`."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.diagram.drawing import svg
from rehearsal.diagram.mermaid import page
from rehearsal.diagram.model import Picture, of_graph
from tests.environments import PROJECT, assembled
from tests.policies.recorded import entries

STACK: Final = "prod"
PICTURE: Final = PROJECT / "docs" / "pictures" / f"architecture-{STACK}.svg"
PAGE: Final = PROJECT / "docs" / "architecture-picture.md"


def drawn() -> Picture:
    """Return the picture of prod as the program assembles it."""
    return of_graph(_with_providers(STACK))


def _with_providers(stack: str) -> list[Mapping[str, Any]]:
    """Return the entries with what the recording knows of their providers."""
    found = entries(stack)
    urns = defaultdict(list)
    for each in found:
        urns[each["name"]].append(each["urn"])
    providers = {each.name: each.provider for each in assembled(stack).resources}
    return [
        {
            **each,
            "provider": next(
                (
                    urn
                    for urn in urns[providers[each["name"]]]
                    if ":pulumi:providers:" in urn or "$pulumi:providers:" in urn
                ),
                "",
            ),
        }
        for each in found
    ]


if __name__ == "__main__":
    picture = drawn()
    PICTURE.write_text(svg(picture), encoding="utf-8")
    PAGE.write_text("\n".join(page(picture)) + "\n", encoding="utf-8")
