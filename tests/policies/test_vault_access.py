"""Vault's rules, judged twice and independently: as the policies judge them, and as the platform's own code does."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as some

from components.security.vault import access as platform_access
from components.security.vault import policies as vault_policies
from components.security.vault.access_settings import VaultAccessSettings
from components.security.vault.policies import Capability, Policy
from components.security.vault.wanted import wanted
from policies import vault_access

_Rules = Mapping[str, Sequence[str]]

_READ: Final = ["read"]
# https://developer.hashicorp.com/vault/docs/concepts/policies: what is said there, and what follows from it.
TABLE: Final[Sequence[tuple[str, Sequence[_Rules], str, str, bool]]] = (
    ("nothing is granted by nobody", [], "secret/data/a", "read", False),
    ("what is said is granted", [{"secret/data/a": _READ}], "secret/data/a", "read", True),
    ("and no other capability", [{"secret/data/a": _READ}], "secret/data/a", "update", False),
    ("a path is not what is below it", [{"secret/data/a": _READ}], "secret/data/a/b", "read", False),
    ("a glob is whatever begins so", [{"secret/data/a*": _READ}], "secret/data/abc", "read", True),
    ("at any depth", [{"secret/data/a/*": _READ}], "secret/data/a/b/c", "read", True),
    ("but not what it begins with", [{"secret/data/a/*": _READ}], "secret/data/a", "read", False),
    ("a plus is one segment", [{"secret/+/a": _READ}], "secret/data/a", "read", True),
    ("and not two", [{"secret/+/a": _READ}], "secret/data/b/a", "read", False),
    ("a plus and a glob", [{"secret/+/a/*": _READ}], "secret/data/a/b", "read", True),
    ("capabilities on one path add up", [{"a/b": _READ}, {"a/b": ["update"]}], "a/b", "update", True),
    ("deny takes all away", [{"a/b": _READ}, {"a/b": ["deny"]}], "a/b", "read", False),
    ("deny is of its own path only", [{"a/*": ["deny"]}, {"a/b": _READ}], "a/b", "read", True),
    ("the exact path decides, less than the glob", [{"a/*": ["update"]}, {"a/b": _READ}], "a/b", "update", False),
    ("the longer glob decides", [{"a/*": _READ, "a/b/*": ["update"]}], "a/b/c", "read", False),
    ("the later wildcard decides", [{"a/+/c": ["update"], "a/b/*": _READ}], "a/b/c", "read", True),
    ("no glob before a glob", [{"a/+/*": ["update"], "a/+/c": _READ}], "a/b/c", "read", True),
    ("fewer plusses before more", [{"a/+/+/d": ["update"], "a/+/c/d": _READ}], "a/b/c/d", "read", True),
    ("a list is of a folder", [{"secret/metadata/a/*": ["list"]}], "secret/metadata/a", "list", True),
    ("with or without its slash", [{"secret/metadata/a": ["list"]}], "secret/metadata/a", "list", True),
    ("a prefix is not its neighbour", [{"s/data/a": _READ, "s/data/a/*": _READ}], "s/data/ab", "read", False),
)


@pytest.mark.parametrize(("says", "held", "path", "capability", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_both_judges_know_what_vault_documents(
    says: str,
    held: Sequence[_Rules],
    path: str,
    capability: str,
    expected: bool,  # noqa: FBT001 - a column of a table
) -> None:
    assert vault_access.allows(held, path, capability) is expected, says
    assert vault_policies.allows(_policies(held), path, Capability(capability)) is expected, says


_SEGMENTS: Final = some.sampled_from(["a", "b", "ab"])
_PATHS: Final = some.lists(_SEGMENTS, min_size=1, max_size=4).map("/".join)
_PATTERNS: Final = some.tuples(
    some.lists(some.one_of(_SEGMENTS, some.just("+")), min_size=1, max_size=4).map("/".join),
    some.sampled_from(["", "/*"]),
).map("".join)
_GRANTS: Final = some.one_of(
    some.just(["deny"]), some.lists(some.sampled_from(["read", "list", "update"]), min_size=1, max_size=2, unique=True)
)


@given(
    held=some.lists(some.dictionaries(_PATTERNS, _GRANTS, min_size=1, max_size=4), min_size=1, max_size=3),
    path=_PATHS,
    capability=some.sampled_from(["read", "list", "update"]),
)
def test_the_two_judges_never_disagree(held: list[dict[str, list[str]]], path: str, capability: str) -> None:
    ours = vault_policies.allows(_policies(held), path, Capability(capability))

    assert vault_access.allows(held, path, capability) is ours


def _wanted(hcl: str) -> str:
    return json.dumps({"owned": {"sys/policies/acl": {"p": {"policy": hcl}}, "auth/kubernetes/role": {}}})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        '{"owned": {}}',
        '{"owned": {"sys/policies/acl": []}}',
        _wanted('path "a" { capabilities = ["read"] } and more'),
        _wanted('path "a" { denied_parameters = {} }'),
    ],
)
def test_what_says_nothing_of_roles_and_policies_is_not_taken_for_it(text: str) -> None:
    assert vault_access.parse(text) is None


def test_what_the_platform_writes_for_vault_is_read_as_it_was_meant() -> None:
    settings = VaultAccessSettings.model_validate(
        {"roles": {"shop": {"namespace": "apps", "service_accounts": ["a", "b"], "secrets": ["shop"]}}}
    )
    granted = platform_access.roles(settings, external_secrets=True)
    access = vault_access.parse(json.dumps(wanted(settings, granted, replicas=3)))
    meant = platform_access.plain(granted)

    assert access is not None
    assert access.roles == meant["roles"]
    assert {name: _sorted(rules) for name, rules in access.policies.items()} == {
        name: _sorted(rules) for name, rules in meant["policies"].items()
    }


def _sorted(rules: _Rules) -> dict[str, list[str]]:
    return {path: sorted(capabilities) for path, capabilities in rules.items()}


def _policies(held: Sequence[_Rules]) -> list[Policy]:
    return [
        Policy(name=f"p{number}", rules={path: [Capability(each) for each in grants] for path, grants in rules.items()})
        for number, rules in enumerate(held)
    ]
