"""The tables are complete: every input of the SDK has a home, every name in them is one of AWS or the SDK."""

import re
import typing
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
import pytest

from rehearsal.aws.calls import creation, requests
from rehearsal.aws.definitions import operation
from rehearsal.aws.mapping import Request
from rehearsal.aws.rows import ROWS
from rehearsal.aws.rules import OF_INPUTS, OF_STATE
from rehearsal.aws.sdk import declared, properties
from rehearsal.aws.table import OWN_EVERYWHERE, Call, Row

_CONTEXT = {"id": "an-id", "region": "eu-central-1", "account": "111122223333", "location": None}


def _alternatives(hint: Any) -> Iterator[Any]:
    """Yield the plain types that an input may have; outputs and awaitables of them say nothing more."""
    if typing.get_origin(hint) is typing.Union or "Union" in str(typing.get_origin(hint)):
        for item in typing.get_args(hint):
            yield from _alternatives(item)
    elif typing.get_origin(hint) is not pulumi.Output and hint is not type(None) and "Awaitable" not in str(hint)[:40]:
        yield hint


def _sample(hint: Any) -> Any:
    """Return a value of an input's type that uses every nested input the SDK declares."""
    kinds = list(_alternatives(hint))
    for plain, value in ((str, "x"), (bool, True), (int, 1), (float, 1)):
        if plain in kinds:
            return value
    for kind in kinds:
        origin = typing.get_origin(kind)
        if isinstance(origin, type):
            return {"key": "value"} if issubclass(origin, Mapping) else [_sample(typing.get_args(kind)[0])]
    structures = (kind for kind in kinds if isinstance(kind, type) and not typing.is_typeddict(kind))
    structure = next((kind for kind in structures if kind.__module__.startswith("pulumi_")), None)
    return {name: _sample(item) for name, item in properties(structure)} if structure else "x"


def _everything(row: Row) -> tuple[dict[str, Any], list[Request]]:
    """Return every input of a type, and the requests that they lead to."""
    known = declared(row.type)
    assert known is not None
    inputs = {name: _sample(hint) for name, hint in known.inputs.items()}
    made = [creation(row, inputs, _CONTEXT)]
    for call in row.further:
        made += requests(row, call, inputs, _CONTEXT)
        # A value with which the call would not be made hides nothing.
        made += requests(row, call, {**inputs, **dict.fromkeys(call.unless, "x")}, _CONTEXT)
    return inputs, made


def _paths(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, Mapping) and value != {"key": "value"}:
        for name, item in value.items():
            yield from _paths(item, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for item in value:
            yield from _paths(item, path)
    else:
        yield path


@pytest.mark.parametrize("token", ROWS)
def test_every_input_that_the_sdk_declares_has_a_home(token: str) -> None:
    row = ROWS[token]
    inputs, made = _everything(row)

    placed = {re.sub(r"\[\d+\]", "", path) for request in made for path in request.origins.values()}
    homeless = [
        path
        for path in _paths(inputs)
        if path not in placed and not any(_covered(row, part) for part in _prefixes(path))
    ]
    faults = [fault for request in made for fault in request.faults if "is not rehearsed" not in fault.reason]

    assert homeless == []
    assert faults == []


def _prefixes(path: str) -> list[str]:
    names = path.split(".")
    return [".".join(names[:count]) for count in range(1, len(names) + 1)]


def _covered(row: Row, path: str) -> bool:
    return row.explained(path) or path in row.not_rehearsed


@pytest.mark.parametrize("token", ROWS)
def test_a_row_speaks_only_of_inputs_and_outputs_that_exist(token: str) -> None:
    row = ROWS[token]
    known = declared(token)
    assert known is not None
    inputs, _ = _everything(row)
    there = {prefix for path in _paths(inputs) for prefix in _prefixes(path)}

    calls = (row.create, *row.further, *row.updates, *row.reads, *row.delete)
    named = {*row.own, *row.not_rehearsed, *row.immutable, *row.references}
    for call in calls:
        named |= {*call.members, *call.takes, *call.unless, *call.only, *call.implied, call.each} - {"", "*"}

    assert named - there == set()
    assert set(row.attributes) - set(known.outputs) == set()


@pytest.mark.parametrize("token", ROWS)
def test_a_row_speaks_only_of_operations_and_members_that_exist(token: str) -> None:
    row = ROWS[token]
    for call in (row.create, *row.further, *row.updates, *row.reads, *row.delete):
        shape = operation(call.service or row.service, call.operation).input_shape
        wrong = [path for path in _member_paths(call) if not _exists(shape, path)]
        assert wrong == [], call.operation


def _member_paths(call: Call) -> Iterator[str]:
    yield from call.fixed
    for implied in call.implied.values():
        yield from implied
    yield from (member for path, member in call.members.items() if "." not in path)


def _exists(shape: Any, path: str) -> bool:
    for step in path.split("."):
        if shape.type_name == "map":
            shape = shape.value
        elif step.rstrip("[]*") in shape.members:
            shape = shape.members[step.rstrip("[]*")]
            shape = shape.member if step.endswith("]") else shape
        else:
            return False
    return True


@pytest.mark.parametrize("rules", [OF_INPUTS, OF_STATE], ids=["of inputs", "of state"])
def test_every_rule_is_of_a_type_with_a_row_and_names_its_source(rules: Mapping[str, tuple[Any, ...]]) -> None:
    assert set(rules) - set(ROWS) == set()
    assert [
        rule.__name__ for found in rules.values() for rule in found if "https://docs.aws." not in rule.__doc__
    ] == []


def test_what_is_the_providers_own_everywhere_is_said_once() -> None:
    assert [(row.type, name) for row in ROWS.values() for name in row.own if name in OWN_EVERYWHERE] == []
