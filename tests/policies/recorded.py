"""The environments as the entries of a resource graph, as policies are given them."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from policies.configuration import rules_of
from policies.rule import Rule
from tests.components.recording import Recorded
from tests.environments import VARIANTS, assembled

# What other resources are about, and which they name by what is known when it is made.
_OWNERS: Final = ("aws:ec2/vpc:Vpc", "aws:iam/role:Role", "aws:s3/bucket:Bucket")


@cache
def entries(stack: str) -> tuple[dict[str, Any], ...]:
    """Return the entries of an environment or a variant; treat them as read-only."""
    made = assembled(stack).resources
    kinds = {each.name: each.type for each in made if not each.custom}
    urns = defaultdict(list)
    for each in made:
        urns[each.name].append(_urn(stack, each, kinds))
    return tuple(
        {
            "urn": _urn(stack, each, kinds),
            "type": each.type,
            "name": each.name,
            "inputs": _named(each.type, each.name) | each.inputs,
            "parent": next(iter(urns[each.parent]), ""),
            "dependencies": [urn for name in each.dependencies for urn in urns[name]],
            "protect": each.protect,
        }
        for each in made
    )


def _urn(stack: str, made: Recorded, kinds: Mapping[str, str]) -> str:
    qualified = f"{kinds[made.parent]}${made.type}" if made.parent in kinds else made.type
    return f"urn:pulumi:{stack}::platform::{qualified}::{made.name}"


@cache
def rules_in_force(stack: str) -> tuple[Rule, ...]:
    """Return the rules of an environment, or of the one that a variant is of."""
    return rules_of(VARIANTS.get(stack, {"of": stack})["of"])


def _named(token: str, name: str) -> dict[str, str]:
    """Return what the engine knows besides of an AWS resource, as others name it; invented as the recording does."""
    return {"id": f"<{name}.id>", "name": f"<{name}.name>"} if token in _OWNERS else {}
