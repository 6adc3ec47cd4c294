"""A cluster that was deleted behind the engine's back: what each command says, and what brings the stack up again."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from rehearsal.aws.emulator import Emulator
from rehearsal.drill.site import Site, Stage, watch
from rehearsal.drill.trials import Trial
from rehearsal.drill.world import World, compare
from rehearsal.engine import Outcome
from rehearsal.kubernetes.control_plane import ControlPlane

DELETE_UNREACHABLE: Final = "PULUMI_K8S_DELETE_UNREACHABLE"
"""Set to ``true``, the provider takes objects of a cluster that does not answer out of the state."""


def rebuild(site: Site, expected: World, directory: Path) -> Trial:
    """Bring the stack up, delete its cluster in AWS, and have the stack make another, as the runbook says.

    Args:
        site: Where.
        expected: The undisturbed world.
        directory: Where the API server that is lost keeps its data.

    """
    started = time.monotonic()
    with _lost(site, directory) as stage:
        said = [_said("pulumi up", stage.up()), _said("pulumi refresh", stage.refresh())]
        with deleting_unreachable():
            said.append(_said(f"{DELETE_UNREACHABLE}=true pulumi refresh", stage.refresh()))
        aws = stage.aws
    with site.joined(site.plane, aws) as stage:
        up = stage.up()
        differences = compare(expected, stage.world())
    return Trial(
        what="the cluster is gone and made again",
        updates=1,
        errors=up.errors,
        differences=differences,
        seconds=time.monotonic() - started,
        found="; ".join([*said, _said("pulumi up", up)]),
    )


def give_up(site: Site, directory: Path) -> Trial:
    """Bring the stack up, delete its cluster in AWS, and destroy what is left."""
    started = time.monotonic()
    with _lost(site, directory) as stage:
        said = [_said("pulumi destroy", stage.engine.destroy(watch))]
        with deleting_unreachable():
            destroyed = stage.engine.destroy(watch)
        found = stage.world()
    return Trial(
        what="the cluster is gone and so is the rest",
        updates=0,
        errors=destroyed.errors,
        differences=compare(World(), found),
        seconds=time.monotonic() - started,
        found="; ".join([*said, _said(f"{DELETE_UNREACHABLE}=true pulumi destroy", destroyed)]),
    )


@contextmanager
def _lost(site: Site, directory: Path) -> Iterator[Stage]:
    """Yield a stage on which the stack was up, whose cluster has then been deleted and answers no more."""
    with site.stage() as emptied:
        aws = emptied.aws
    with ExitStack() as joined:
        with ControlPlane(directory) as plane:
            stage = joined.enter_context(site.joined(plane, aws))
            # Its objects are told from the API server that stays.
            stage = replace(stage, objects=frozenset)
            stage.up()
        delete_clusters(site.emulator)
        yield stage


def delete_clusters(emulator: Emulator) -> None:
    """Delete every cluster in AWS, as somebody does in the console: with its nodes and its security group."""
    for name in emulator.call("eks", "ListClusters", {})["clusters"]:
        for group in emulator.call("eks", "ListNodegroups", {"clusterName": name})["nodegroups"]:
            emulator.call("eks", "DeleteNodegroup", {"clusterName": name, "nodegroupName": group})
        emulator.call("eks", "DeleteCluster", {"name": name})
        # EKS takes the group it made for the cluster with it.
        made = {"Filters": [{"Name": "group-name", "Values": [f"eks-cluster-sg-{name}"]}]}
        for group in emulator.call("ec2", "DescribeSecurityGroups", made)["SecurityGroups"]:
            emulator.call("ec2", "DeleteSecurityGroup", {"GroupId": group["GroupId"]})


@contextmanager
def deleting_unreachable() -> Iterator[None]:
    """Set the provider's variable for the length of a command."""
    before = os.environ.get(DELETE_UNREACHABLE)
    os.environ[DELETE_UNREACHABLE] = "true"
    try:
        yield
    finally:
        del os.environ[DELETE_UNREACHABLE]
        if before is not None:
            os.environ[DELETE_UNREACHABLE] = before


def _said(command: str, outcome: Outcome) -> str:
    if outcome.errors:
        return f"`{command}` fails: {outcome.errors[0]}"
    counts = ", ".join(f"{count} {operation}" for operation, count in sorted(outcome.changes.items()))
    return f"`{command}` succeeds: {counts}"
