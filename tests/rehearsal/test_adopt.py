"""Taking into the state what a killed update has made."""

import io
import json
from typing import Any

import pytest

from rehearsal.adopt import UnknownCreationError, adopt, main

_MADE = "urn:pulumi:test::platform::aws:ec2/vpc:Vpc::made"
_NOT_MADE = "urn:pulumi:test::platform::aws:ec2/vpc:Vpc::not-made"
_DELETING = "urn:pulumi:test::platform::aws:ec2/vpc:Vpc::old"


def _state() -> dict[str, Any]:
    def operation(kind: str, urn: str) -> dict[str, Any]:
        return {"type": kind, "resource": {"urn": urn, "inputs": {"cidrBlock": "10.0.0.0/16"}, "parent": "root"}}

    return {
        "resources": [{"urn": "root"}],
        "pending_operations": [
            operation("creating", _MADE),
            operation("creating", _NOT_MADE),
            operation("deleting", _DELETING),
        ],
    }


def test_what_was_made_becomes_a_resource_after_what_it_waits_for() -> None:
    adopted = adopt(_state(), {_MADE: "vpc-1"})

    assert [entry["urn"] for entry in adopted["resources"]] == ["root", _MADE]
    assert adopted["resources"][1] == {
        "urn": _MADE,
        "id": "vpc-1",
        "inputs": {"cidrBlock": "10.0.0.0/16"},
        "outputs": {},
        "parent": "root",
    }


def test_no_creation_stays_pending_and_other_operations_do() -> None:
    adopted = adopt(_state(), {})

    assert [each["resource"]["urn"] for each in adopted["pending_operations"]] == [_DELETING]
    assert adopted["resources"] == [{"urn": "root"}]


@pytest.mark.parametrize("urn", [_DELETING, "urn:misspelt"])
def test_a_urn_that_is_not_pending_is_refused_with_those_that_are(urn: str) -> None:
    with pytest.raises(UnknownCreationError, match=_NOT_MADE):
        adopt(_state(), {urn: "vpc-1"})


def test_an_exported_stack_goes_in_and_an_importable_one_comes_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"version": 3, "deployment": _state()})))

    assert main([f"{_MADE}=name=value"]) == 0

    written = json.loads(capsys.readouterr().out)
    assert written["version"] == 3
    assert written["deployment"]["resources"][1]["id"] == "name=value"


def test_a_mistake_writes_no_state(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"version": 3, "deployment": _state()})))

    assert main(["urn:misspelt=x"]) == 1

    assert capsys.readouterr().out == ""
