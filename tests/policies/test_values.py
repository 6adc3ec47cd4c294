"""Absent, unknown and given are three answers, wherever they stand."""

from typing import Any

import pytest
from pulumi_policy import proxy

from policies.values import UNKNOWN_SENTINELS, Unknown, flag, located, read, split

_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def test_the_sentinels_are_those_of_pulumis_policy_sdk() -> None:
    assert {getattr(proxy, name) for name in dir(proxy) if name.startswith("UNKNOWN_")} == UNKNOWN_SENTINELS


@pytest.mark.parametrize("sentinel", sorted(UNKNOWN_SENTINELS))
def test_an_unknown_value_of_any_type_knows_where_it_stands(sentinel: str) -> None:
    inputs = {"a": [{"b": 1}, {"b": sentinel}], "metadata": {"labels": {"team/name": sentinel}}}

    assert located(inputs) == {
        "a": [{"b": 1}, {"b": Unknown("a[1].b")}],
        "metadata": {"labels": {"team/name": Unknown('metadata.labels["team/name"]')}},
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param({"a": {"b": False}}, False, id="given"),
        pytest.param({"a": {"b": None}}, "default", id="null is absent"),
        pytest.param({"a": {}}, "default", id="absent"),
        pytest.param({}, "default", id="absent above"),
        pytest.param({"a": "text"}, "default", id="no mapping above"),
        pytest.param({"a": {"b": _STRING}}, Unknown("a.b"), id="unknown"),
        pytest.param({"a": _STRING}, Unknown("a"), id="unknown above"),
    ],
)
def test_a_read_tells_absent_unknown_and_given_apart(value: Any, expected: Any) -> None:
    assert read(located(value), "a", "b", default="default") == expected


def test_a_list_is_parted_into_known_and_unknown() -> None:
    assert split(["a", Unknown("x[1]"), "b"]) == (["a", "b"], [Unknown("x[1]")])
    assert split("a") == (["a"], [])
    assert split(Unknown("x")) == ([], [Unknown("x")])
    assert split(None) == ([], [])


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), ("true", True), (False, False), ("false", False), (None, False), (Unknown("x"), Unknown("x"))],
    ids=str,
)
def test_a_flag_may_be_written_as_a_string(value: Any, expected: Any) -> None:
    assert flag(value) == expected
