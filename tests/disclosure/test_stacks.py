"""Nothing that a stack registers in plain sight looks like a secret: a rehearsal says so, too, minutes later."""

import pytest

from rehearsal.report.disclosed import recognised_secrets
from tests.environments import STACKS, VARIANTS, assembled


@pytest.mark.parametrize("stack", [*STACKS, *VARIANTS])
def test_nothing_that_is_registered_in_plain_sight_looks_like_a_secret(stack: str) -> None:
    resources = [
        {"type": made.type, "urn": f"urn:pulumi:{stack}::platform::{made.type}::{made.name}", "inputs": made.inputs}
        for made in assembled(stack).resources
    ]

    assert recognised_secrets({"resources": resources}) == []
