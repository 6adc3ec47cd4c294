"""What a policy allows is known before Vault is asked, by its documented rules; what it would misread is refused."""

import os
import shutil
import string
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from components.security.vault.policies import Capability, Kv, Policy, allows, hcl
from tests.components.security.vault.dev_server import DevServer, dev_server

_TABLE = yaml.safe_load((Path(__file__).parent / "truth.yaml").read_text(encoding="utf-8"))
_ROWS = [
    pytest.param(case["policies"], *question, id=f"{case['about']}: {question[1]} {question[0]}")
    for case in _TABLE
    for question in case["questions"]
]
_LEAST_ROWS = 60


def _policies(written: Sequence[Mapping[str, Sequence[str]]]) -> list[Policy]:
    return [
        Policy(name=f"p{number}", rules={path: [Capability(each) for each in rule] for path, rule in rules.items()})
        for number, rules in enumerate(written)
    ]


@pytest.mark.parametrize(("policies", "path", "capability", "answer"), _ROWS)
def test_the_table_holds(policies: list[dict[str, list[str]]], path: str, capability: str, *, answer: bool) -> None:
    assert allows(_policies(policies), path, Capability(capability)) is answer


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(_ROWS) >= _LEAST_ROWS
    assert {row.values[3] for row in _ROWS} == {True, False}


@pytest.mark.skipif(not shutil.which("vault"), reason="no `vault` on PATH: the table was judged by `allows` alone")
@pytest.mark.parametrize("case", _TABLE, ids=lambda case: case["about"])
def test_a_real_vault_answers_as_the_table_says(case: Mapping[str, Any], real: DevServer) -> None:
    token = real.token([(policy.name, hcl(policy)) for policy in _policies(case["policies"])])
    for path, capability, answer in case["questions"]:
        # Asked of no operation, Vault does not know that a list is one of a folder.
        forms = (path, f"{path}/") if capability == Capability.LIST else (path,)
        assert any(capability in real.capabilities(token, form) for form in forms) is answer, (path, capability)


@pytest.fixture(scope="module")
def real() -> Any:
    with dev_server(os.environ["PATH"]) as server:
        yield server


_SEGMENTS = st.sampled_from(["secret", "data", "shop", "a", "ab", "+"])
_PATHS = st.lists(_SEGMENTS.filter(lambda each: each != "+"), min_size=1, max_size=5).map("/".join)
_PATTERNS = st.tuples(st.lists(_SEGMENTS, min_size=1, max_size=5).map("/".join), st.sampled_from(["", "/*"])).map(
    "".join
)
_GRANTED = st.sets(st.sampled_from([each for each in Capability if each is not Capability.DENY]), min_size=1).map(tuple)
_RULES = st.dictionaries(_PATTERNS, _GRANTED | st.just((Capability.DENY,)), min_size=1, max_size=5)
_ASKED = st.sampled_from([each for each in Capability if each is not Capability.DENY])


@settings(max_examples=300, deadline=None)
@given(_RULES, _PATTERNS, _PATHS, _ASKED)
def test_another_policy_that_denies_never_allows_more(
    rules: dict[str, Any], denied: str, path: str, asked: Capability
) -> None:
    held = [Policy(name="held", rules=rules)]
    denial = Policy(name="denial", rules={denied: (Capability.DENY,)})
    assert allows([*held, denial], path, asked) <= allows(held, path, asked)


@settings(max_examples=300, deadline=None)
@given(_RULES, _RULES, _PATHS, _ASKED)
def test_the_order_of_policies_does_not_matter(
    one: dict[str, Any], other: dict[str, Any], path: str, asked: Capability
) -> None:
    first, second = Policy(name="one", rules=one), Policy(name="other", rules=other)
    assert allows([first, second], path, asked) == allows([second, first], path, asked)


@settings(max_examples=300, deadline=None)
@given(_RULES, _PATHS, _ASKED)
def test_nothing_is_allowed_that_no_rule_grants(rules: dict[str, Any], path: str, asked: Capability) -> None:
    if allows([Policy(name="held", rules=rules)], path, asked):
        assert any(asked in granted for granted in rules.values())


@settings(max_examples=100, deadline=None)
@given(_RULES)
def test_equal_policies_are_written_equally(rules: dict[str, Any]) -> None:
    backwards = {path: tuple(reversed(granted)) for path, granted in reversed(rules.items())}
    assert hcl(Policy(name="one", rules=rules)) == hcl(Policy(name="one", rules=backwards))


def test_a_policy_is_written_as_vault_reads_it() -> None:
    policy = Policy(name="p", rules={"b/*": [Capability.UPDATE, Capability.READ], "a": [Capability.DENY]})
    assert hcl(policy) == (
        'path "a" {\n  capabilities = ["deny"]\n}\n\npath "b/*" {\n  capabilities = ["read", "update"]\n}\n'
    )


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/secret/a", "no slash at its start"),
        ("", "no slash at its start"),
        ("secret/*/a", "at the end of a path only"),
        ("secret/**", "at the end of a path only"),
        ("secret/a+", "one whole segment"),
        ("secret/+*", "one whole segment"),
        ("secret//a", "never matches"),
        ("secret/{{identity.entity.id}}", "cannot be judged"),
        ('secret/"', "cannot be judged"),
        ("secret/a\n", "cannot be judged"),
    ],
)
def test_a_path_that_vault_would_read_otherwise_is_refused(path: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Policy(name="p", rules={path: [Capability.READ]})


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({}, "of no use"),
        ({"a": []}, "give capabilities"),
        ({"a": [Capability.DENY, Capability.READ]}, "deny stands alone"),
    ],
)
def test_rules_without_a_meaning_are_refused(rules: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Policy(name="p", rules=rules)


@pytest.mark.parametrize("name", ["", "Shop", "a_b", "root", "default"])
def test_a_name_that_vault_changes_or_has_itself_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        Policy(name=name, rules={"a": [Capability.READ]})


@settings(max_examples=100, deadline=None)
@given(st.text(string.ascii_lowercase, min_size=1), st.text(string.ascii_lowercase, min_size=1))
def test_who_reads_a_prefix_does_not_read_names_that_begin_with_it(prefix: str, more: str) -> None:
    held = [Policy(name="held", rules=Kv("secret", prefix).write())]
    assert allows(held, f"secret/data/{prefix}/{more}", Capability.READ)
    assert not allows(held, f"secret/data/{prefix}{more}", Capability.READ)
    assert not allows(held, f"secret/destroy/{prefix}", Capability.UPDATE)
