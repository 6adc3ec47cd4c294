"""A protected environment refuses to be destroyed as a whole: the guard is the first thing that would have to go."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components.kit.layer import Layer
from components.resilience.destroy_guard import DestroyGuard
from tests.components.recording import Recorded, build


class _Room(Layer, kind="platform:test:Room"):
    def __init__(self, name: str) -> None:
        super().__init__(name, pulumi.ResourceOptions())
        self.queue = aws.sqs.Queue(f"{name}-queue", opts=self.child())


def _guard(**values: Any) -> Recorded:
    recording = build(lambda: DestroyGuard("guard", guards=[_Room("east"), _Room("west")], **values))
    return recording.one(DestroyGuard.kind, "guard")


@pytest.mark.parametrize("retain", [True, False])
def test_the_guard_is_protected_where_data_is_retained(retain: bool) -> None:  # noqa: FBT001 - the row's value
    assert _guard(retain_data=retain).protect is retain


def test_the_guard_depends_on_everything_it_guards() -> None:
    assert {"east-queue", "west-queue"} <= set(_guard(retain_data=True).dependencies)
