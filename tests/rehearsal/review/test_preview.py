"""The plans of `pulumi preview --json` are read as the engine means them, and a plan that is not whole is no plan."""

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.review import preview
from rehearsal.review.change import ABSENT, Change, Property, UnreadableError
from tests.rehearsal.review.cases import CASES

SIGNATURE = "4dabf18193072939515e22adb298388d"
NODES = "aws:eks/nodeGroup:NodeGroup"
URN = f"urn:pulumi:prod::platform::platform:compute:Nodes${NODES}::nodes"


def _state(inputs: dict[str, Any] | None = None, **other: Any) -> dict[str, Any]:
    return {"urn": URN, "type": NODES, "custom": True, "inputs": inputs or {}, **other}


def _step(op: str, old: dict[str, Any] | None, new: dict[str, Any] | None, **other: Any) -> dict[str, Any]:
    states = {"oldState": old, "newState": new}
    return {"op": op, "urn": URN, "detailedDiff": None, **{k: v for k, v in states.items() if v is not None}, **other}


def _changes(*steps: dict[str, Any]) -> tuple[Change, ...]:
    counted = {op: sum(step["op"] == op for step in steps) for op in ("create", "update", "delete", "replace", "same")}
    return preview.parsed("prod", {"steps": list(steps), "changeSummary": counted}, "plan.json").changes


@pytest.mark.parametrize(
    ("op", "operation"),
    [
        ("create", "create"),
        ("update", "update"),
        ("delete", "delete"),
        ("replace", "replace"),
        ("create-replacement", "replace"),
        ("delete-replaced", "replace"),
        ("import", "create"),
        ("import-replacement", "replace"),
        ("same", None),
        ("read", None),
        ("read-replacement", None),
        ("refresh", None),
        ("discard", None),
        ("discard-replaced", None),
        ("remove-pending-replace", None),
    ],
)
def test_each_operation_of_the_engine_is_understood(op: str, operation: str | None) -> None:
    assert [each.operation for each in _changes(_step(op, _state(), _state()))] == ([operation] if operation else [])


def test_the_parts_of_a_replacement_are_one() -> None:
    old, new = _state({"a": 1}), _state({"a": 2})
    steps = [
        _step("create-replacement", old, new, replaceReasons=["a"]),
        _step("replace", old, new, replaceReasons=["a"]),
        _step("delete-replaced", old, None),
    ]

    (change,) = _changes(*steps)

    assert change.properties == (Property("a", 1, 2, forces=True),)


def test_the_rest_of_an_earlier_replacement_is_told_beside_the_resource_itself() -> None:
    found = _changes(_step("delete", _state(delete=True), None), _step("update", _state({"a": 1}), _state({"a": 2})))

    assert [each.operation for each in found] == ["delete", "update"]


@pytest.mark.parametrize(
    ("op", "old", "new", "operation"),
    [
        ("same", True, False, ["unprotect"]),
        ("update", True, False, ["unprotect"]),
        ("same", False, True, []),
        ("update", False, True, ["update"]),
        ("delete", True, None, ["delete"]),
        ("replace", True, False, ["replace"]),
    ],
)
def test_protection_that_is_lifted_is_an_operation(op: str, old: bool, new: bool | None, operation: list[str]) -> None:  # noqa: FBT001 - a row of the table
    found = _changes(_step(op, _state(protect=old), None if new is None else _state(protect=new)))

    assert [each.operation for each in found] == operation
    assert all(each.protected == old for each in found)


@pytest.mark.parametrize(
    ("step", "properties"),
    [
        (
            _step("update", _state({"a": 1, "b": 2}), _state({"a": 1, "b": 3}), diffReasons=["b"]),
            [Property("b", 2, 3)],
        ),
        (
            _step(
                "replace",
                _state({"a": {"x": 1, "y": 1}}),
                _state({"a": {"x": 2, "y": 2}}),
                replaceReasons=["a"],
                detailedDiff={"a.x": {"kind": "update-replace", "inputDiff": True}, "a.y": {"kind": "update"}},
            ),
            [Property("a.x", 1, 2, forces=True), Property("a.y", 1, 2)],
        ),
        # The program says the same, and somebody has changed it in the cloud.
        (
            _step(
                "update",
                _state({"a": 1}, outputs={"a": 1, "drifted": "by hand"}),
                _state({"a": 1}),
                diffReasons=["drifted"],
                detailedDiff={"drifted": {"kind": "delete", "inputDiff": False}},
            ),
            [Property("drifted", "by hand", ABSENT)],
        ),
        # A secret was changed: the engine shows none of both.
        (
            _step("update", _state({"p": "[secret]"}), _state({"p": "[secret]"}), diffReasons=["p"]),
            [Property("p", "[secret]", "[secret]")],
        ),
        (
            _step(
                "update",
                _state({"p": {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"}}),
                _state({"p": "[secret]", "__defaults": ["a"]}),
                diffReasons=["p"],
            ),
            [Property("p", "[secret]", "[secret]")],
        ),
    ],
)
def test_what_differs_is_told_with_what_forces_a_replacement(step: dict[str, Any], properties: list[Property]) -> None:
    (change,) = _changes(step)

    assert list(change.properties) == properties


def test_components_and_the_stack_itself_are_no_changes() -> None:
    component = {**_state(), "custom": False}
    root = {"op": "create", "urn": "urn:pulumi:prod::platform::pulumi:pulumi:Stack::platform-prod"}

    assert _changes(_step("delete", component, None), root) == ()


def test_a_step_that_tells_no_state_is_a_change_all_the_same() -> None:
    (change,) = _changes(_step("delete", None, None))

    assert (change.type, change.name, change.operation) == (NODES, "nodes", "delete")


SUMMARY = {"same": 1}
ERROR = {"severity": "error", "message": "error: Preview failed: vpc is protected"}


@pytest.mark.parametrize(
    ("digest", "sentence"),
    [
        ([], "is not what pulumi preview --json writes"),
        ({}, "is not what pulumi preview --json writes"),
        ({"steps": [], "diagnostics": [ERROR]}, "the engine could not finish: error: Preview failed: vpc is protected"),
        ({"steps": [], "changeSummary": SUMMARY, "diagnostics": [ERROR]}, "the engine could not finish"),
        ({"steps": [], "changeSummary": {"delete": 2}}, "is not complete: it counts 2 deletes and shows 0"),
        ({"steps": None, "changeSummary": {"replace": 1}}, "is not complete: it counts 1 replace and shows 0"),
        ({"steps": [_step("explode", None, _state())], "changeSummary": SUMMARY}, "does not know: explode"),
        ({"steps": [{"op": "delete"}], "changeSummary": {}}, "is not of the form"),
        ({"steps": ["delete"], "changeSummary": {}}, "is not of the form"),
        ({"steps": 7, "changeSummary": {}}, "is not of the form"),
        (
            {"steps": [_step("delete", _state(), None, urn=URN.replace(":prod:", ":dev:"))], "changeSummary": {}},
            "is the plan of the stack dev, not of prod",
        ),
    ],
)
def test_a_plan_that_is_not_whole_is_no_plan(tmp_path: Path, digest: Any, sentence: str) -> None:
    file = tmp_path / "prod.json"
    file.write_text(json.dumps(digest), encoding="utf-8")

    with pytest.raises(UnreadableError, match=sentence):
        preview.read("prod", file)


@pytest.mark.parametrize("text", ["", "Previewing update (prod)", '{"steps": ['])
def test_what_is_no_json_is_no_plan(tmp_path: Path, text: str) -> None:
    (tmp_path / "prod.json").write_text(text, encoding="utf-8")

    with pytest.raises(UnreadableError, match="it is not JSON"):
        preview.read("prod", tmp_path / "prod.json")


def test_a_plan_that_is_cut_short_is_told(tmp_path: Path) -> None:
    case = CASES[-1]
    digest = json.loads((case.inputs / "plan" / "prod.json").read_text(encoding="utf-8"))
    digest["steps"].pop()
    (tmp_path / "prod.json").write_text(json.dumps(digest), encoding="utf-8")

    with pytest.raises(UnreadableError, match="is not complete"):
        preview.read("prod", tmp_path / "prod.json")
