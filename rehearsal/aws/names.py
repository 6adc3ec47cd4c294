"""Comparing names across AWS and Pulumi: `ThumbprintList` is `thumbprintLists`, `identity` is `identities`."""

import re
from collections.abc import Iterable
from functools import cache


@cache
def bare(name: str) -> str:
    """Return a name without case, underscores and hyphens."""
    return re.sub("[^a-z0-9]", "", name.lower())


@cache
def singular(name: str) -> str:
    """Return the bare name without a plural ending."""
    plain = bare(name)
    if plain.endswith("ies"):
        return plain[:-3] + "y"
    return plain.removesuffix("s")


def counterpart(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that is the same name, preferring one of the same number."""
    known = list(candidates)
    for form in (bare, singular):
        for candidate in known:
            if form(candidate) == form(name):
                return candidate
    return None


def pulumi_spelling(member: str) -> str:
    """Return how Pulumi would spell a member it has no alias for: ``SubnetId`` as ``subnetId``."""
    return member[:1].lower() + member[1:]
