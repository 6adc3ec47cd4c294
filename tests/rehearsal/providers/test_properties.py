"""Values cross the wire as they are: numbers whole, secrets open to the stand-in, the unknown recognisable."""

import copy
from typing import Any

import pytest
from google.protobuf import json_format, struct_pb2

from rehearsal.providers.properties import UNKNOWN, decode, encode, encode_like, is_known

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def _wire(values: dict[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(values, struct_pb2.Struct())


@pytest.mark.parametrize(
    ("wire", "plain"),
    [
        (3, 3),
        (0.5, 0.5),
        ("text", "text"),
        (None, None),
        ([1, {"a": True}], [1, {"a": True}]),
        (_UNKNOWN_TEXT, UNKNOWN),
        ({_SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": "open"}, "open"),
        ({_SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": {"a": 1}}, {"a": 1}),
        ({_SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4"}, UNKNOWN),
    ],
    ids=["whole", "fraction", "text", "null", "nested", "unknown", "secret", "output", "unknown output"],
)
def test_a_value_from_the_engine_is_read(wire: Any, plain: Any) -> None:
    value = decode(_wire({"key": wire}))["key"]

    assert value == plain
    assert type(value) is type(plain)


def test_what_is_sent_is_what_was_read() -> None:
    values = {"a": [1, {"b": "c"}], "d": None, "e": UNKNOWN}

    assert decode(encode(values)) == values


@pytest.mark.parametrize(
    ("value", "known"),
    [({"a": [1]}, True), ({"a": [{"b": UNKNOWN}]}, False), (UNKNOWN, False), ([], True)],
    ids=["plain", "deep inside", "itself", "empty"],
)
def test_what_is_not_known_is_found_at_any_depth(value: Any, known: bool) -> None:  # noqa: FBT001 - the row's value
    assert is_known(value) is known


def test_a_copy_of_the_unknown_is_the_unknown() -> None:
    assert copy.copy(UNKNOWN) is UNKNOWN
    assert copy.deepcopy({"a": UNKNOWN})["a"] is UNKNOWN


@pytest.mark.parametrize(
    ("values", "like", "secret"),
    [
        ({"a": "x", "b": "y"}, {"a": "SECRET"}, {"a"}),
        ({"a": {"b": "x", "c": "y"}}, {"a": {"b": "SECRET"}}, {"a.b"}),
        ({"a": ["x", "y", "z"]}, {"a": ["plain", "SECRET"]}, {"a.1"}),
        ({"a": {"b": "x"}}, {"a": "SECRET"}, {"a"}),
        ({"a": "x"}, {"b": "SECRET"}, set()),
        ({"a": UNKNOWN}, {"a": "SECRET"}, {"a"}),
    ],
)
def test_what_was_secret_on_the_way_in_is_secret_on_the_way_out(
    values: dict[str, Any], like: dict[str, Any], secret: set[str]
) -> None:
    def sealed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: sealed(item) for key, item in value.items()}
        if isinstance(value, list):
            return [sealed(item) for item in value]
        return {_SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": "x"} if value == "SECRET" else value

    def found(value: Any, path: str = "") -> set[str]:
        if isinstance(value, dict) and _SIGNATURE in value:
            return {path.strip(".")}
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return {each for key, item in items for each in found(item, f"{path}.{key}")}

    wire = encode_like(values, _wire(sealed(like)))

    assert found(json_format.MessageToDict(wire)) == secret
    assert decode(wire) == values
