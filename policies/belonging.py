"""Tells which resources are about which other: the access block about its bucket, the attachment about its role."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from policies.rule import Resource
from policies.values import read

# Under which of its properties a resource is named by others.
_NAMES: Final = ("id", "name", "bucket", "arn")


def parts_of(owner: Resource, parts: Sequence[Resource], naming: str) -> Iterator[Resource]:
    """Yield the resources that are about another.

    What another resource is called is not known at a first preview, but that a resource waits for it is. So a part is
    one that waits for its owner and, where both names are known, names it.

    Args:
        owner: The bucket, role or VPC.
        parts: What may be about it.
        naming: The property of a part that names its owner, ``bucket``.

    """
    own = {value for value in (read(owner.inputs, name) for name in _NAMES) if isinstance(value, str)}
    for part in parts:
        if owner.urn not in part.dependencies:
            continue
        named = read(part.inputs, naming)
        if not own or not isinstance(named, str) or any(_is_named(value, named) for value in own):
            yield part


def _is_named(own: str, named: str) -> bool:
    """Tell whether a name is a resource's own, or the end of its ARN: a provider need not tell the id besides."""
    return own == named or (own.startswith("arn:") and re.split(r"[/:]", own)[-1] == named)


def by_type(resources: Sequence[Resource]) -> Mapping[str, list[Resource]]:
    """Return resources by their type tokens."""
    found: dict[str, list[Resource]] = {}
    for each in resources:
        found.setdefault(each.type, []).append(each)
    return found
