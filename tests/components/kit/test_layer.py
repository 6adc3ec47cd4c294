"""A layer keeps its children: under its own name, with its provider, after what it waits for."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.kit.layer import Layer
from tests.components.recording import build


@dataclass(frozen=True)
class _ShelfOutputs:
    queue: pulumi.Output[str]


class _Shelf(Layer, kind="platform:test:Shelf"):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        queue = aws.sqs.Queue(f"{name}-queue", opts=self.child(protect=True))
        self.outputs = self.publish(_ShelfOutputs(queue=queue.arn))


def _program() -> None:
    provider = aws.Provider("aws", region="eu-central-1")
    first = _Shelf("first", pulumi.ResourceOptions(providers=[provider]))
    room = _Shelf("room")
    _Shelf("second", pulumi.ResourceOptions(providers=[provider], parent=room, depends_on=[first]))


def test_a_child_belongs_to_its_layer_whatever_the_layers_own_parent() -> None:
    assert build(_program).one("aws:sqs/queue:Queue", "second-queue").parent == "second"


def test_a_child_uses_the_provider_the_layer_was_given() -> None:
    assert build(_program).one("aws:sqs/queue:Queue", "first-queue").provider == "aws"


def test_a_child_waits_for_everything_in_the_layer_its_own_layer_waits_for() -> None:
    recording = build(_program)

    assert "first-queue" in recording.one("aws:sqs/queue:Queue", "second-queue").dependencies
    assert "second-queue" not in recording.one("aws:sqs/queue:Queue", "first-queue").dependencies


def test_a_childs_own_options_are_kept() -> None:
    assert build(_program).one("aws:sqs/queue:Queue", "first-queue").protect


def test_the_kind_is_the_written_constant() -> None:
    assert sorted(made.name for made in build(_program).of("platform:test:Shelf")) == ["first", "room", "second"]
