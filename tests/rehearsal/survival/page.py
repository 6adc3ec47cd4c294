"""Writes what prod keeps when it loses a node group, a zone or its region, as docs/survival.md."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from rehearsal.survival import pages
from rehearsal.survival.losses import Loss
from rehearsal.survival.summary import Survival, Verdict, survival
from tests.environments import PROJECT, assembled

PAGE: Final = PROJECT / "docs" / "survival.md"
STACK: Final = "prod"

_HEAD: Final = Path(__file__).with_name("page_head.md").read_text(encoding="utf-8")
_TAIL: Final = Path(__file__).with_name("page_tail.md").read_text(encoding="utf-8")


def state(stack: str) -> list[Mapping[str, Any]]:
    """Return the resources of an environment or a variant as an exported deployment has them."""
    return [
        {
            "type": made.type,
            "urn": f"urn:pulumi:{stack}::platform::{made.type}::{made.name}",
            "id": f"<{made.name}.id>",
            "inputs": made.inputs,
        }
        for made in assembled(stack).resources
    ]


@cache
def judged(stack: str) -> Survival:
    """Return what an environment or a variant keeps."""
    return survival(state(stack))


def draw() -> str:
    """Return the page."""
    return "\n".join([_HEAD, *_body(judged(STACK)), "", _TAIL])


def _body(found: Survival) -> Iterator[str]:
    yield "## Services, and the loss of any one zone"
    yield ""
    held = len(found.of(Verdict.HOLDS))
    yield f"{held} of {len(found.quorums)} go on without a pause."
    yield ""
    yield from pages.services(found)
    yield ""
    yield "What stops while too few are left:"
    yield ""
    yield from dict.fromkeys(f"- {quorum.service}: {quorum.consequence}" for quorum in found.quorums)
    yield ""
    yield "## Every workload, and the loss of one zone"
    yield ""
    yield from pages.zones(found)
    yield ""
    yield "## Node groups"
    yield ""
    yield from pages.groups(found)
    yield ""
    yield "## The region"
    yield ""
    yield _region(next(loss for loss in found.losses if loss.kind == "region"))
    yield ""
    yield "## Drains"
    yield ""
    yield (
        f"No budget blocks a drain, and none lets it break one of the services above. Of {len(found.workloads)} "
        "workloads those of two pods or more have a PodDisruptionBudget and are spread over zones, but for these:"
    )
    yield ""
    yield from pages.exemptions(found)
    yield ""
    yield f"Nothing tells what these run: {', '.join(f'`{name}`' for name in found.unknown) or 'there are none'}."


def _region(loss: Loss) -> str:
    volumes = sum(fate.volumes for fate in loss.fates)
    return (
        f"Of {len(loss.fates)} workloads nothing is left, and {volumes} pods' volumes are gone with {loss.name}. What "
        "brings them back is what was copied before: [backups](layers/backup-store.md) and, for Vault, its snapshots."
    )


if __name__ == "__main__":
    PAGE.write_text(draw(), encoding="utf-8")
