"""Adds to what a rehearsal judged of losses where the stack's pods find room, and tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rehearsal.charts.pods import Manifest
from rehearsal.survival.scheduling.placing import place
from rehearsal.survival.summary import Survival, declared


def simulated(
    found: Survival, resources: Sequence[Mapping[str, Any]], rendered: Sequence[Manifest], directory: Path
) -> Survival:
    """Return the same with the scheduler's answer; as it is where no nodes are declared.

    Args:
        found: What was judged of losses.
        resources: The resources of an exported deployment.
        rendered: The objects of the releases that were rendered, each with its namespace.
        directory: Where a control plane of its own keeps its data and logs.

    Raises:
        tools.build.BuildError: the scheduler has not been built.
        rehearsal.kubernetes.control_plane.ControlPlaneError: the API server did not start.

    """
    if not found.groups:
        return found
    known = {str(each) for each in found.workloads if each.read_from in {"values", "add-on"}}
    placed = place([*declared(resources), *rendered], found.groups, directory)
    return replace(found, placed=replace(placed, unseen=tuple(sorted({*known, *found.unknown}))))
