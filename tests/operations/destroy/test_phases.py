"""A destroy goes backwards: nothing before what waits for it, and each thing in the part it is of."""

from pathlib import Path

import pytest

from operations import rehearsed
from operations.destroy import phases
from operations.rehearsed import NotRehearsedError, Rehearsed
from tests.environments import STACKS
from tests.operations import stage
from tests.operations.stage import entry


def _stack(project: Path) -> Rehearsed:
    return stage.rehearsed(
        project,
        entry("vpc", "vpc"),
        entry("key", "unused"),
        entry("cluster", "control-plane", {"name": "platform-prod"}, after=["vpc vpc"]),
        entry("aws:ec2/subnet:Subnet", "nodes-subnet", after=["vpc vpc"]),
        entry("release", "cilium", after=["cluster control-plane"]),
        entry("nodes", "general", after=["release cilium", "aws:ec2/subnet:Subnet nodes-subnet"]),
        entry("release", "vault", after=["nodes general"]),
        entry("service", "address", after=["release vault"]),
        entry("guard", "destroy-guard", after=["service address", "key unused"], protect=True),
    )


def test_everything_is_in_the_part_it_is_of(tmp_path: Path) -> None:
    found = {part.title: [node.name for node in part.resources] for part in phases.phases(_stack(tmp_path))}

    assert list(found.values()) == [
        ["destroy-guard"],
        ["address", "vault"],
        ["general"],
        ["cilium"],
        ["control-plane"],
        ["nodes-subnet", "vpc"],
        ["unused"],
    ]
    assert next(iter(found)) == "The destroy guard"


def test_the_parts_count_their_steps_from_the_guard_on(tmp_path: Path) -> None:
    spans = [(part.first, part.last) for part in phases.phases(_stack(tmp_path))]

    assert spans == [(1, 1), (2, 3), (4, 4), (5, 5), (6, 6), (5, 7), (2, 2)]


def test_nothing_goes_before_what_waits_for_it(tmp_path: Path) -> None:
    found = _stack(tmp_path)
    order = phases.steps(found)

    assert all(order[later] < order[earlier] for earlier, later in found.waits.edges)
    assert order[stage.urn("guard destroy-guard")] == 1


@pytest.mark.parametrize("stack", STACKS)
def test_every_rehearsed_resource_is_in_one_part(stack: str) -> None:
    try:
        found = rehearsed.read(stack)
    except NotRehearsedError:
        pytest.skip(f"{stack} was not rehearsed on this machine")
    parts = phases.phases(found)
    names = [node.urn for part in parts for node in part.resources]

    assert len(set(names)) == len(names)
    assert set(names) >= {node.urn for node in found.made}
    assert parts[0].title == "The destroy guard"
    assert [len(part.resources) for part in parts if part.title == "The control plane"] == [1]
